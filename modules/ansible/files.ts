// Ansible's modules for files and their content: copy, template, file, assemble.
import { TsplayError } from '../../engine/error.ts'
import { copyInto } from './copy-into.ts'
import { type Args, fileParams, refusedParam, type Translation, type Wish } from './translation.ts'
import { booleanOf } from './yes-no.ts'

/** What Ansible has as a format and we as a time with its zone. */
const format = refusedParam(
  'a time is written out, with its zone',
  'modification_time=2026-01-31T12:00:00Z',
  '%Y%m%d%H%M.%S',
)

const ends: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\r\\n': '\r\n' }

export const files: readonly Translation[] = [
  {
    names: ['copy'],
    module: copyInto,
    ignored: [...fileParams.ignored!, 'decrypt', 'local_follow'],
    refused: fileParams.refused!,
    adapt(args) {
      if (/^[0-9a-f]{40}$/i.test(String(args.checksum)))
        throw new TsplayError("copy: 'checksum': a sha1 is not taken", {
          hint: 'give the sha256: sha256sum FILE',
        })
      return { module: copyInto, args }
    },
  },
  {
    names: ['template'],
    module: 'template',
    values: {
      newline_sequence: ends,
      output_encoding: {
        utf8: 'utf-8',
        utf_8: 'utf-8',
        'latin-1': 'latin1',
        latin_1: 'latin1',
        'iso-8859-1': 'latin1',
      },
    },
    ignored: [...fileParams.ignored!, 'keep_trailing_newline'],
    refused: {
      ...fileParams.refused,
      ...Object.fromEntries(
        [
          'block_start_string',
          'block_end_string',
          'variable_start_string',
          'variable_end_string',
          'comment_start_string',
          'comment_end_string',
          'trim_blocks',
          'lstrip_blocks',
        ].map((name) => [name, refusedParam('templates are EJS, not Jinja', 'write <%= name %> and <% if (…) { %>')]),
      ),
    },
    adapt(args) {
      if (String(args.src).endsWith('.j2'))
        throw new TsplayError(`template: '${args.src}' looks like Jinja, and templates are EJS`, {
          hint: 'write <%= name %> for {{ name }}, and name the file without .j2; a file without variables goes with -m copy',
        })
      return { module: 'template', args }
    },
  },
  {
    names: ['file'],
    module: 'file',
    renamed: { dest: 'path', name: 'path' },
    ignored: fileParams.ignored!,
    refused: { ...fileParams.refused, access_time_format: format, modification_time_format: format },
    adapt: fileOf,
  },
  {
    names: ['assemble'],
    module: 'assemble',
    ignored: [...fileParams.ignored!, 'decrypt'],
    refused: fileParams.refused!,
    // Ansible reads escapes in it
    adapt: ({ delimiter, ...args }) => ({
      module: 'assemble',
      args: {
        ...args,
        ...(delimiter !== undefined && {
          delimiter: String(delimiter).replace(/\\([nrt\\])/g, (_whole, char: string) => escapes[char]!),
        }),
      },
    }),
  },
]

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' }

/** One module of Ansible's is three of ours: `directory`, `link` and `file`. */
function fileOf({ recurse, state: wished, follow, force, src, access_time, modification_time, ...args }: Args): Wish {
  const recursive = recurse !== undefined && booleanOf(recurse) !== false
  const state = wished ?? (recursive ? 'directory' : src === undefined ? 'file' : 'link')
  if (recursive && state !== 'directory')
    throw new TsplayError(`file: 'recurse': only a directory has something in it, and state is '${state}'`, {
      hint: 'state=directory',
    })
  const times = timesOf({ access_time, modification_time })
  if (state !== 'file' && state !== 'touch' && Object.values(times).some((time) => time !== 'preserve'))
    throw new TsplayError(`file: 'modification_time': state is '${state}', and times are those of a file`, {
      hint: 'state=file, or state=touch',
    })
  if (state === 'link' || state === 'hard') {
    if (args.mode !== undefined)
      throw new TsplayError("file: 'mode': a link has no mode of its own", { hint: 'set it on what the link leads to' })
    const hard = state === 'hard' ? { hard: true } : {}
    return {
      module: 'link',
      args: { ...args, ...(src !== undefined && { target: src }), ...(force !== undefined && { force }), ...hard },
    }
  }
  if (src !== undefined)
    throw new TsplayError(`file: 'src': only a link has one, and state is '${state}'`, { hint: 'state=link' })
  if (follow !== undefined && booleanOf(follow) === false && state !== 'absent')
    throw new TsplayError("file: 'follow': mode and owner are those of what a link leads to", {
      hint: "-m command -a 'chown -h OWNER PATH'",
    })
  // where there is nothing to be set below, there is nothing to recurse for
  const deep = recursive && (args.mode ?? args.owner ?? args.group) !== undefined
  if (state === 'directory') return { module: 'directory', args: { ...args, ...(deep && { recurse: true }) } }
  return { module: 'file', args: { ...args, ...times, state } }
}

function timesOf(given: Args): Args {
  for (const [name, time] of Object.entries(given))
    if (/^\d{12}(\.\d\d)?$/.test(String(time)))
      throw new TsplayError(`file: '${name}': '${time}' says no zone`, { hint: `${name}=2026-01-31T12:00:00Z` })
  return Object.fromEntries(Object.entries(given).filter(([, time]) => time !== undefined))
}
