// What copy is asked for, as one of three kinds: a file with its content, a folder, or something of the host itself.
import path from 'node:path'
import { contentOf } from '../../engine/content.ts'
import { TsplayError } from '../../engine/error.ts'
import type { Control, SourceEntry } from '../../engine/module.ts'
import { isSecret, reveal, type Text } from '../../engine/secret.ts'
import type { HostCopy } from './host-copy.ts'
import type { WriteParams, Writing } from './written-file.ts'
import type { TreeWriting } from './written-tree.ts'

/** The parameters that say so. */
export interface CopyRequest extends Omit<WriteParams, 'mode'> {
  readonly src?: string
  readonly remoteSrc?: boolean
  readonly content?: Text
  readonly dest: string
  readonly mode?: string
  readonly directoryMode?: string
  readonly checksum?: string
}

export type CopyInput =
  | { readonly kind: 'file'; readonly writing: Writing }
  | { readonly kind: 'tree'; readonly writing: TreeWriting }
  | { readonly kind: 'host'; readonly writing: HostCopy }

/** Reads the source, where it is one of the control side. @throws TsplayError where it is not what it should be. */
export async function copyInput(params: CopyRequest, control: Control): Promise<CopyInput> {
  const { src, content, dest } = params
  if (content !== undefined || src === undefined) {
    const text = contentOf(isSecret(content) ? reveal(content) : (content ?? ''), { secret: isSecret(content) })
    checkSum(params, text.sha256)
    return {
      kind: 'file',
      writing: { params: ownParams(params), dest, content: text, inside: undefined, reports: true },
    }
  }
  if (params.remoteSrc) return { kind: 'host', writing: hostCopyOf(src, params) }
  if (await control.isFolder(src)) return { kind: 'tree', writing: treeOf(src, params, await control.tree(src)) }
  return { kind: 'file', writing: await fileOf(src, params, control) }
}

/** Whether what is copied would lie in what it is copied from. */
export const copiesIntoItself = ({ src = '', dest }: CopyRequest): boolean => {
  const [at, folder] = [rootOf(src, dest), plain(src)]
  return folder === '/' || at === folder || at.startsWith(`${folder}/`)
}

/** What is said of a single file. */
function ownParams({ mode, owner, group, backup, force, validate, follow }: CopyRequest): WriteParams {
  const own = { owner, group, backup, force, validate, follow, mode: mode === 'preserve' ? undefined : mode }
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
}

const foldersOf = ({ dest, directoryMode, owner, group }: CopyRequest): Pick<Writing, 'folder'> =>
  dest.endsWith('/')
    ? {
        folder: {
          ...(directoryMode !== undefined && { mode: directoryMode }),
          ...(owner !== undefined && { owner }),
          ...(group !== undefined && { group }),
        },
      }
    : {}

async function fileOf(src: string, params: CopyRequest, control: Control): Promise<Writing> {
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

function checkSum({ src, checksum }: CopyRequest, sha256: string): void {
  if (checksum !== undefined && checksum.replace('sha256:', '') !== sha256)
    throw new TsplayError(
      `copy: ${src === undefined ? 'content' : `'${src}'`} has the sha256 ${sha256}, not ${checksum}`,
    )
}

const hostCopyOf = (src: string, params: CopyRequest): HostCopy => ({
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
function treeOf(src: string, params: CopyRequest, entries: readonly SourceEntry[]): TreeWriting {
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
  { dest, mode, directoryMode, owner, group, backup = false, force = true }: CopyRequest,
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
