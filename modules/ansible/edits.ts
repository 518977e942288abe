// Ansible's modules that edit files: lineinfile, blockinfile, replace.
import { fileParams, refusedParam, type Translation } from './translation.ts'

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
    refused: {
      ...common.refused,
      marker_begin: refusedParam('the markers say BEGIN and END', "marker='# {mark} my block'", 'BEGIN'),
      marker_end: refusedParam('the markers say BEGIN and END', "marker='# {mark} my block'", 'END'),
      append_newline: refusedParam('a block stands without blank lines around it', 'put them into the block'),
      prepend_newline: refusedParam('a block stands without blank lines around it', 'put them into the block'),
    },
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
]

/** `\1` and `\g<name>` stand for groups, and a dollar sign for itself; in JavaScript's words. */
const replacementOf = (text: string): string =>
  text
    .replaceAll('$', '$$$$')
    .replace(/\\(?:(\d{1,2})|g<(\w+)>)/g, (_whole, number?: string, name?: string) =>
      number !== undefined || /^\d+$/.test(name ?? '') ? `$${number ?? name}` : `$<${name}>`,
    )
