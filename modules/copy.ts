// copy: a file, a text or a whole folder from the control side to the host.
import path from 'node:path'
import { z } from 'zod'
import { contentOf } from '../engine/content.ts'
import { TsplayError } from '../engine/error.ts'
import type { Change, Desired, Output, SourceEntry } from '../engine/module.ts'
import { defineModule } from '../engine/module.ts'
import { fileResource } from '../engine/resource.ts'
import { isSecret, reveal, type Text } from '../engine/secret.ts'
import { copiedModeParam, modeParam } from './common/file-attributes.ts'
import { pathParam, textParam } from './common/params.ts'
import { treeScript } from './common/tree-script.ts'
import {
  desiredWritten,
  predictWritten,
  type WriteParams,
  type WriteResult,
  type Writing,
  type WrittenState,
  writeParams,
  writeResult,
  writeScript,
  writtenProbe,
} from './common/written-file.ts'
import { desiredTree, predictTree, type TreeState, type TreeWriting, treeProbe } from './common/written-tree.ts'

/** Parameters of `copy`. Exactly one of `src` and `content` is given. */
export interface CopyParams extends Omit<WriteParams, 'mode'> {
  /**
   * A file or folder of the control side, looked up in the role's files/, the role, then beside the playbook. A folder is
   * copied into `dest`; with a slash at its end, what is in it.
   */
  src?: string
  /** The text that the file shall have. A secret one is not shown in diffs. */
  content?: Text
  /** Absolute path on the host. A folder that exists, or a slash at the end, means: into it, by the source's name. */
  dest: string
  /** Mode of files, as in `file`; `'preserve'`: that of the source. Default: that of the file there, 0644 for a new one. */
  mode?: string
  /** Mode of folders within a copied folder. Default: as they are, 0755 for new ones. */
  directoryMode?: string
}

type Input =
  | { readonly kind: 'file'; readonly writing: Writing }
  | { readonly kind: 'tree'; readonly writing: TreeWriting }

type State = WrittenState | TreeState

/** Copies so that a reader sees the old file or the new one, never half of it. */
export const copy = defineModule<CopyParams, State, Partial<WriteResult>, Input>({
  name: 'copy',
  params: z
    .strictObject({
      ...writeParams,
      src: z.string().min(1).optional(),
      content: textParam.optional(),
      dest: pathParam,
      mode: copiedModeParam.optional(),
      directoryMode: modeParam.optional(),
    })
    .refine(({ src, content }) => (src === undefined) !== (content === undefined), {
      error: 'give either src or content',
    })
    .refine(({ content, dest }) => content === undefined || !dest.endsWith('/'), {
      error: 'content needs the name of a file in dest',
    }),
  subject: ({ dest }) => dest,
  async prepare(params, control) {
    const { src, content, dest, mode, directoryMode: _directoryMode, ...rest } = params
    const common = { ...rest, ...(mode !== undefined && mode !== 'preserve' && { mode }) }
    if (content !== undefined || src === undefined) {
      const text = contentOf(isSecret(content) ? reveal(content) : (content ?? ''), { secret: isSecret(content) })
      return { kind: 'file', writing: { params: common, dest, content: text, inside: undefined } }
    }
    if (await control.isFolder(src)) return { kind: 'tree', writing: treeOf(params, await control.tree(src)) }
    const file = await control.file(src)
    const own = mode === 'preserve' ? { ...common, mode: file.mode } : common
    return { kind: 'file', writing: { params: own, dest, content: file.content, inside: path.basename(file.path) } }
  },
  probe: (input) => (input.kind === 'file' ? writtenProbe(input.writing) : treeProbe(input.writing)),
  desired: (input, actual): Desired<State> =>
    input.kind === 'file'
      ? desiredWritten(input.writing, actual as WrittenState)
      : (desiredTree(input.writing, actual as TreeState) as Desired<State>),
  apply: (input, change) =>
    input.kind === 'file'
      ? writeScript(input.writing, change as Change<WrittenState>)
      : treeScript(input.writing, change as Change<TreeState>),
  result: (input, actual, output?: Output) =>
    input.kind === 'file' ? writeResult(input.writing, actual as WrittenState, output) : { dest: input.writing.root },
  touches: (input) => [fileResource(input.kind === 'file' ? input.writing.dest : input.writing.root)],
  predict: (input, change) =>
    input.kind === 'file'
      ? predictWritten(input.writing, change as Change<WrittenState>)
      : predictTree(input.writing, change as Change<TreeState>),
})

/** The source's entries where they go: the folder itself, or what is in it. */
function treeOf(
  { src = '', dest, mode, directoryMode, owner, group, backup = false, force = true, validate }: CopyParams,
  entries: readonly SourceEntry[],
): TreeWriting {
  if (validate !== undefined)
    throw new TsplayError(`copy: '${src}' is a folder, and validate checks a single file`, {
      hint: 'copy the file that can be checked in a task of its own',
    })
  const folder = dest.replace(/(.)\/+$/, '$1')
  const root = src.endsWith('/') ? folder : path.posix.join(folder, path.basename(src))
  const owners = { ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) }
  return {
    root,
    entries: [
      { type: 'directory', path: root, mode: '0755' },
      ...entries.map((entry) => ({ ...entry, path: path.posix.join(root, entry.path) })),
    ],
    files: { ...owners, ...(mode !== undefined && mode !== 'preserve' && { mode }) },
    directories: { ...owners, ...(directoryMode !== undefined && { mode: directoryMode }) },
    preserve: mode === 'preserve',
    backup,
    force,
  }
}
