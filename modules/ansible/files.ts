// Ansible's modules for files and their content: copy, template, file.
import { TsplayError } from '../../engine/error.ts'
import { copyInto } from './copy-into.ts'
import { type Args, fileParams, refusedParam, type Translation, type Wish } from './translation.ts'
import { booleanOf } from './yes-no.ts'

const times = refusedParam('times are not kept', "-m copy -a 'content= dest=… force=no' makes a file once", 'now')

export const files: readonly Translation[] = [
  {
    names: ['copy'],
    module: copyInto,
    ignored: [...fileParams.ignored!, 'decrypt', 'local_follow'],
    refused: {
      ...fileParams.refused,
      remote_src: refusedParam('sources are files of this machine', "-m command -a 'cp -a SRC DEST' with creates=DEST"),
      checksum: refusedParam('the content is compared by its sha256 as it is', 'leave it out'),
    },
  },
  {
    names: ['template'],
    module: 'template',
    ignored: [...fileParams.ignored!, 'newline_sequence', 'output_encoding', 'keep_trailing_newline'],
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
    ignored: [...fileParams.ignored!, 'modification_time_format', 'access_time_format'],
    refused: { ...fileParams.refused, access_time: times, modification_time: times },
    adapt: fileOf,
  },
]

/** One module of Ansible's is three of ours: `directory`, `link` and `file`. */
function fileOf({ recurse, state: wished, follow, force, src, ...args }: Args): Wish {
  const recursive = recurse !== undefined && booleanOf(recurse) !== false
  const state = wished ?? (recursive ? 'directory' : src === undefined ? 'file' : 'link')
  if (recursive && (state !== 'directory' || (args.mode ?? args.owner ?? args.group) !== undefined))
    throw new TsplayError("file: 'recurse': mode and owner are set on the path itself", {
      hint: "-m command -a 'chown -R OWNER PATH'; -m copy with mode and directory_mode sets them on what it copies",
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
  if (state === 'directory') return { module: 'directory', args }
  return { module: 'file', args: { ...args, state } }
}
