// Ansible's modules that edit files: lineinfile, blockinfile, replace, ini_file.
import { type Args, fileParams, refusedParam, type Translation, type Wish } from './translation.ts'
import { booleanOf } from './yes-no.ts'

const path = { dest: 'path', destfile: 'path', name: 'path' }

const common = {
  ignored: fileParams.ignored!,
  refused: {
    ...fileParams.refused,
    encoding: refusedParam('files are UTF-8', "-m shell -a 'iconv …'", 'utf-8', 'UTF-8', 'utf8'),
  },
}

export const edits: readonly Translation[] = [
  {
    ...common,
    names: ['lineinfile'],
    module: 'lineInFile',
    renamed: { ...path, regex: 'regexp', search_string: 'search', value: 'line' },
  },
  {
    ...common,
    names: ['blockinfile'],
    module: 'blockInFile',
    renamed: { ...path, content: 'block' },
    // blocks that Ansible has written are found again
    adapt: (args) => ({
      module: 'blockInFile',
      args: { block: '', marker: '# {mark} ANSIBLE MANAGED BLOCK', ...args },
    }),
  },
  {
    ...common,
    names: ['replace'],
    module: 'replace',
    renamed: path,
    adapt: (args) => ({
      module: 'replace',
      args: typeof args.replace === 'string' ? { ...args, replace: replacementOf(args.replace) } : args,
    }),
  },
  {
    names: ['ini_file'],
    module: 'iniFile',
    renamed: { dest: 'path' },
    ignored: fileParams.ignored!,
    refused: {
      ...fileParams.refused,
      follow: refusedParam('what a link leads to is edited, and the link stays', 'leave it out', 'yes', 'true', 'True'),
      section_has_values: refusedParam(
        'of several sections with one name the first is meant',
        "-m blockinfile -a 'path=… block=…' for one of them",
      ),
    },
    adapt: iniFileOf,
  },
]

/** `\1` and `\g<name>` stand for groups, and a dollar sign for itself; in JavaScript's words. */
const replacementOf = (text: string): string =>
  text
    .replaceAll('$', '$$$$')
    .replace(/\\(?:(\d{1,2})|g<(\w+)>)/g, (_whole, number?: string, name?: string) =>
      number !== undefined || /^\d+$/.test(name ?? '') ? `$${number ?? name}` : `$<${name}>`,
    )

/** A section without a name is what stands before the first; an option may stand alone, and need not. */
function iniFileOf({ section, allow_no_value, ...args }: Args): Wish {
  const hasValue = (args.value ?? args.values) !== undefined
  return {
    module: 'iniFile',
    args: {
      ...args,
      ...(section !== undefined && section !== null && section !== '' && { section }),
      ...(!hasValue && booleanOf(allow_no_value ?? false) === true && { allow_no_value: true }),
    },
  }
}
