// copy: a file, a text or a whole folder from the control side, or the host itself, to the host.
import { z } from 'zod'
import { type Change, type Desired, defineModule, type Output } from '../engine/module.ts'
import type { Prediction } from '../engine/prediction.ts'
import type { Probe } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import type { Script } from '../engine/script.ts'
import type { Text } from '../engine/secret.ts'
import { type CopyInput, type CopyRequest, copiesIntoItself, copyInput } from './common/copy-input.ts'
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
  writtenResources,
} from './common/written-file.ts'
import { desiredTree, predictTree, type TreeState, type TreeWriting, treeProbe } from './common/written-tree.ts'

/** Parameters of `copy`. Exactly one of `src` and `content` is given. */
export interface CopyParams extends Omit<WriteParams, 'mode'> {
  /**
   * A file or folder of the control side, looked up in the role's files/, the role, then beside the playbook. A folder is
   * copied into `dest`; with a slash at its end, what is in it. Default: none, where `content` is given.
   */
  src?: string
  /** True: `src` is an absolute path of the host itself. Default false. */
  remoteSrc?: boolean
  /** The text that the file shall have. A secret one is not shown in diffs. Default: none, where `src` is given. */
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
  /** Hex sha256 that the source must have, else the task fails. For a single file. Default: any. */
  checksum?: string
}

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
export const copy = defineModule<CopyParams, State, Partial<WriteResult>, CopyInput>({
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
    .refine((params) => !params.remoteSrc || !copiesIntoItself(params as CopyRequest), {
      error: 'lies in src: each run would copy what the one before has copied',
      path: ['dest'],
    }),
  subject: ({ dest }) => dest,
  prepare: copyInput,
  probe: (input) => wayOf(input).probe(input.writing),
  desired: (input, actual) => wayOf(input).desired(input.writing, actual),
  apply: (input, change) => wayOf(input).apply(input.writing, change),
  result: (input, actual, output) => wayOf(input).result(input.writing, actual, output),
  touches: (input) => wayOf(input).touches(input.writing),
  predict: (input, change) => wayOf(input).predict(input.writing, change),
})

/** The functions of a module, for what is copied in one way. */
interface Way<Writing, Found extends object> {
  probe(writing: Writing): Probe<Found>
  desired(writing: Writing, actual: Found): Desired<Found>
  apply(writing: Writing, change: Change<Found>): Script
  result(writing: Writing, actual: Found, output?: Output): Partial<WriteResult>
  touches(writing: Writing): readonly string[]
  predict(writing: Writing, change: Change<Found>): readonly Prediction[]
}

const file: Way<Writing, WrittenState> = {
  probe: writtenProbe,
  desired: desiredWritten,
  apply: writeScript,
  result: writeResult,
  touches: writtenResources,
  predict: predictWritten,
}

const tree: Way<TreeWriting, TreeState> = {
  probe: treeProbe,
  desired: desiredTree,
  apply: treeScript,
  result: ({ root }) => ({ dest: root }),
  touches: ({ root }) => [fileResource(root)],
  predict: predictTree,
}

const host: Way<HostCopy, HostCopyState> = {
  probe: hostCopyProbe,
  desired: desiredHostCopy,
  apply: hostCopyScript,
  result: hostCopyResult,
  touches: hostCopyResources,
  predict: predictHostCopy,
}

/** What a way is given is what the same way has found. */
const wayOf = ({ kind }: CopyInput): Way<CopyInput['writing'], State> =>
  ({ file, tree, host })[kind] as unknown as Way<CopyInput['writing'], State>
