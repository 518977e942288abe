// copy: a file, a text or a whole folder from the control side, or the host itself, to the host.
import path from 'node:path'
import { z } from 'zod'
import { contentOf } from '../engine/content.ts'
import { TsplayError } from '../engine/error.ts'
import type { Change, Control, Desired, SourceEntry } from '../engine/module.ts'
import { defineModule } from '../engine/module.ts'
import { fileResource } from '../engine/resource.ts'
import { isSecret, reveal, type Text } from '../engine/secret.ts'
import { copiedModeParam, modeParam } from './common/file-attributes.ts'
import {
  desiredHostCopy,
  type HostCopy,
  type HostCopyState,
  hostCopyProbe,
  hostCopyResources,
  hostCopyResult,
  hostCopyScript,
  predictHostCopy,
} from './common/host-copy.ts'
import { pathParam, sha256Param, textParam } from './common/params.ts'
import { treeScript } from './common/tree-script.ts'
import { type WriteResult, writeResult } from './common/write-result.ts'
import {
  desiredWritten,
  predictWritten,
  type WriteParams,
  type Writing,
  type WrittenState,
  writeParams,
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
  /** True: `src` is an absolute path of the host itself. Default false. */
  remoteSrc?: boolean
  /** The text that the file shall have. A secret one is not shown in diffs. */
  content?: Text
  /**
   * Absolute path on the host. A folder that exists, or a slash at the end, means: into it, by the source's name. Where it
   * has a slash at its end, the folder is made if it is missing.
   */
  dest: string
  /**
   * Mode of files, as in `file`; `'preserve'`: that of the source. Default: that of the file there, 0644 for a new one; in
   * a folder of the host that is copied, new files have the mode of their source.
   */
  mode?: string
  /** Mode of folders within a copied folder, and of those that `dest` with a slash has made. Default: as they are, 0755 for new ones. */
  directoryMode?: string
  /** Hex sha256 that the source must have, else the task fails. For a single file. */
  checksum?: string
}

type Input =
  | { readonly kind: 'file'; readonly writing: Writing }
  | { readonly kind: 'tree'; readonly writing: TreeWriting }
  | { readonly kind: 'host'; readonly copy: HostCopy }

type State = WrittenState | TreeState | HostCopyState

/**
 * Files and folders are on the host as they are in the source. A reader sees the old file or the new one, never half of it.
 *
 * @example a file that is checked before it takes its place
 * ```ts
 * task('sudoers', copy({ src: 'deploy.sudo', dest: '/etc/sudoers.d/deploy', mode: '0440', validate: 'visudo -cf %s' }))
 * ```
 *
 * @example what is in a folder, with modes and owner
 * ```ts
 * task('plugins', copy({ src: 'cni/', dest: '/opt/cni/bin/', mode: '0755', owner: 'root' }))
 * ```
 *
 * @example a copy on the host itself, made once
 * ```ts
 * task('keep the original', copy({ src: '/etc/nginx/nginx.conf', remoteSrc: true, dest: '/etc/nginx/nginx.conf.orig', force: false }))
 * ```
 */
export const copy = defineModule<CopyParams, State, Partial<WriteResult>, Input>({
  name: 'copy',
  params: z
    .strictObject({
      ...writeParams,
      src: z.string().min(1).optional(),
      remoteSrc: z.boolean().optional(),
      content: textParam.optional(),
      dest: pathParam,
      mode: copiedModeParam.optional(),
      directoryMode: modeParam.optional(),
      checksum: sha256Param.optional(),
    })
    .refine(({ src, content }) => (src === undefined) !== (content === undefined), {
      error: 'give either src or content',
    })
    .refine(({ content, dest }) => content === undefined || !dest.endsWith('/'), {
      error: 'content needs the name of a file in dest',
    })
    .refine(({ remoteSrc, src }) => !remoteSrc || pathParam.safeParse(src).success, {
      error: 'with remoteSrc, give the absolute path of what is on the host',
      path: ['src'],
    })
    .refine(({ remoteSrc, src = '', dest }) => !remoteSrc || !isWithin(rootOf(src, dest), plain(src)), {
      error: 'lies in src: each run would copy what the one before has copied',
      path: ['dest'],
    }),
  subject: ({ dest }) => dest,
  async prepare(params, control) {
    const { src, content, dest } = params
    if (content !== undefined || src === undefined) {
      const text = contentOf(isSecret(content) ? reveal(content) : (content ?? ''), { secret: isSecret(content) })
      checkSum(params, text.sha256)
      return {
        kind: 'file',
        writing: { params: ownParams(params), dest, content: text, inside: undefined, reports: true },
      }
    }
    if (params.remoteSrc) return { kind: 'host', copy: hostCopyOf(src, params) }
    if (await control.isFolder(src)) return { kind: 'tree', writing: treeOf(src, params, await control.tree(src)) }
    return { kind: 'file', writing: await fileOf(src, params, control) }
  },
  probe: (input) =>
    input.kind === 'file'
      ? writtenProbe(input.writing)
      : input.kind === 'tree'
        ? treeProbe(input.writing)
        : hostCopyProbe(input.copy),
  desired: (input, actual): Desired<State> =>
    input.kind === 'file'
      ? desiredWritten(input.writing, actual as WrittenState)
      : input.kind === 'tree'
        ? (desiredTree(input.writing, actual as TreeState) as Desired<State>)
        : (desiredHostCopy(input.copy, actual as HostCopyState) as Desired<State>),
  apply: (input, change) =>
    input.kind === 'file'
      ? writeScript(input.writing, change as Change<WrittenState>)
      : input.kind === 'tree'
        ? treeScript(input.writing, change as Change<TreeState>)
        : hostCopyScript(input.copy, change as Change<HostCopyState>),
  result: (input, actual, output) =>
    input.kind === 'file'
      ? writeResult(input.writing, actual as WrittenState, output)
      : input.kind === 'tree'
        ? { dest: input.writing.root }
        : hostCopyResult(input.copy, actual as HostCopyState, output),
  touches: (input) =>
    input.kind === 'file'
      ? [fileResource(input.writing.dest)]
      : input.kind === 'tree'
        ? [fileResource(input.writing.root)]
        : hostCopyResources(input.copy),
  predict: (input, change) =>
    input.kind === 'file'
      ? predictWritten(input.writing, change as Change<WrittenState>)
      : input.kind === 'tree'
        ? predictTree(input.writing, change as Change<TreeState>)
        : predictHostCopy(input.copy, change as Change<HostCopyState>),
})

/** What is said of a single file. */
function ownParams({ mode, owner, group, backup, force, validate, follow }: CopyParams): WriteParams {
  const own = { owner, group, backup, force, validate, follow, mode: mode === 'preserve' ? undefined : mode }
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
}

const foldersOf = ({ dest, directoryMode, owner, group }: CopyParams): Pick<Writing, 'folder'> =>
  dest.endsWith('/')
    ? {
        folder: {
          ...(directoryMode !== undefined && { mode: directoryMode }),
          ...(owner !== undefined && { owner }),
          ...(group !== undefined && { group }),
        },
      }
    : {}

async function fileOf(src: string, params: CopyParams, control: Control): Promise<Writing> {
  const file = await control.file(src)
  checkSum(params, file.content.sha256)
  return {
    params: { ...ownParams(params), ...(params.mode === 'preserve' && { mode: file.mode }) },
    dest: params.dest,
    content: file.content,
    inside: path.basename(file.path),
    ...foldersOf(params),
    reports: true,
  }
}

function checkSum({ src, checksum }: CopyParams, sha256: string): void {
  if (checksum !== undefined && checksum.replace('sha256:', '') !== sha256)
    throw new TsplayError(
      `copy: ${src === undefined ? 'content' : `'${src}'`} has the sha256 ${sha256}, not ${checksum}`,
    )
}

const hostCopyOf = (src: string, params: CopyParams): HostCopy => ({
  src,
  file: {
    params: ownParams(params),
    dest: params.dest,
    inside: path.posix.basename(src),
    ...foldersOf(params),
    reports: true,
  },
  tree: treeParams(src, params),
  ...(params.checksum !== undefined && { checksum: params.checksum.replace('sha256:', '') }),
})

/** The source's entries where they go: the folder itself, or what is in it. */
function treeOf(src: string, params: CopyParams, entries: readonly SourceEntry[]): TreeWriting {
  if (params.validate !== undefined || params.checksum !== undefined)
    throw new TsplayError(
      `copy: '${src}' is a folder, and ${params.validate === undefined ? 'checksum' : 'validate'} checks a single file`,
      { hint: 'copy the file that can be checked in a task of its own' },
    )
  const common = treeParams(src, params)
  return {
    ...common,
    entries: [
      { type: 'directory', path: common.root, mode: '0755' },
      ...entries.map((entry) => ({ ...entry, path: path.posix.join(common.root, entry.path) })),
    ],
  }
}

function treeParams(
  src: string,
  { dest, mode, directoryMode, owner, group, backup = false, force = true }: CopyParams,
): Omit<TreeWriting, 'entries'> {
  const owners = { ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) }
  return {
    root: rootOf(src, dest),
    files: { ...owners, ...(mode !== undefined && mode !== 'preserve' && { mode }) },
    directories: { ...owners, ...(directoryMode !== undefined && { mode: directoryMode }) },
    preserve: mode === 'preserve',
    backup,
    force,
  }
}

const plain = (folder: string): string => folder.replace(/(.)\/+$/, '$1')

const rootOf = (src: string, dest: string): string =>
  src.endsWith('/') ? plain(dest) : path.posix.join(plain(dest), path.basename(src))

const isWithin = (at: string, folder: string): boolean => folder === '/' || at === folder || at.startsWith(`${folder}/`)
