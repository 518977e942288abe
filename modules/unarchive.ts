// unarchive: what is in an archive, in a folder of the host.
import { z } from 'zod'
import { TsplayError } from '../engine/error.ts'
import { type Change, type Desired, defineModule } from '../engine/module.ts'
import { all, always, map, type Probe, type StatAnswer, stat } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type FileAttributes, fileAttributeParams, modeParam } from './common/file-attributes.ts'
import {
  desiredHostArchive,
  type HostArchiveState,
  hostArchiveProbe,
  predictHostArchive,
} from './common/host-archive.ts'
import type { HostArchive } from './common/host-archive-listing.ts'
import { applyHostArchive } from './common/host-archive-unpacking.ts'
import { pathParam } from './common/params.ts'
import { treeScript } from './common/tree-script.ts'
import { desiredTree, predictTree, type TreeState, type TreeWriting, treeProbe } from './common/written-tree.ts'

/** Parameters of `unarchive`. */
export interface UnarchiveParams extends FileAttributes {
  /**
   * A tar archive (also with gzip, bzip2, xz or zstd) or a zip, of the control side: looked up in the role's files/, the
   * role, then beside the playbook. With `remoteSrc` an absolute path on the host.
   */
  src: string
  /** Absolute path of the folder that it is unpacked into. It is made where it is missing. */
  dest: string
  /** The archive is on the host, and unpacked there with its tar or unzip. Default false. */
  remoteSrc?: boolean
  /** Wildcards (`*`, `?`, `[…]`; a `*` takes slashes too) for what is unpacked, by the archive's own paths. Default: all. */
  include?: readonly string[]
  /** The same for what is left out. Default: nothing. */
  exclude?: readonly string[]
  /** How many leading folders are cut from each path; what has no more of them is left out. Default 0. */
  stripComponents?: number
  /** Do nothing where this path exists. Default: each file is compared. */
  creates?: string
  /** Leave files alone that were changed after those in the archive. Default false. */
  keepNewer?: boolean
  /** Tell in `files` what the archive holds. Default false. */
  listFiles?: boolean
  /** Mode of files. Default: as in the archive. */
  mode?: string
  /** Mode of the folders in it. Default: as in the archive. */
  directoryMode?: string
}

/** What `register` receives. */
export interface UnarchiveResult {
  /** The folder. */
  readonly dest: string
  /** With `listFiles`: paths below `dest` of what is unpacked, sorted. */
  readonly files?: readonly string[]
}

type Input =
  | { readonly kind: 'control'; readonly params: UnarchiveParams; readonly writing: TreeWriting }
  | { readonly kind: 'host'; readonly params: UnarchiveParams; readonly archive: HostArchive }

interface ControlState extends TreeState {
  readonly done: boolean
}

type State = ControlState | HostArchiveState

/**
 * A folder of the host holds what is in an archive. Each file is compared by its content, so a second run changes nothing
 * and a check foretells every file; owners are who unpacks, unless they are given. An archive with a path that leads out of
 * the folder is refused.
 *
 * @example one program of a release
 * ```ts
 * task('etcdctl', unarchive({
 *   src: 'etcd-v3.5.12-linux-amd64.tar.gz',
 *   dest: '/usr/local/bin',
 *   include: ['etcd-v3.5.12-linux-amd64/etcdctl'],
 *   stripComponents: 1,
 *   mode: '0755',
 * }))
 * ```
 * @example an archive that is on the host already, unpacked once
 * ```ts
 * task('harbor', unarchive({ src: '/opt/src/harbor.tgz', dest: '/opt', remoteSrc: true, creates: '/opt/harbor/install.sh' }))
 * ```
 */
export const unarchive = defineModule<UnarchiveParams, State, UnarchiveResult, Input>({
  name: 'unarchive',
  params: z
    .strictObject({
      src: z.string().min(1),
      dest: pathParam,
      remoteSrc: z.boolean().optional(),
      include: z.array(z.string().min(1)).readonly().optional(),
      exclude: z.array(z.string().min(1)).readonly().optional(),
      stripComponents: z.int().min(0).optional(),
      creates: pathParam.optional(),
      keepNewer: z.boolean().optional(),
      listFiles: z.boolean().optional(),
      ...fileAttributeParams,
      directoryMode: modeParam.optional(),
    })
    .refine(({ src, remoteSrc }) => !remoteSrc || src.startsWith('/'), {
      path: ['src'],
      error: 'is an absolute path on the host with remoteSrc',
    })
    .refine(({ src }) => !/^(https?|ftp):/.test(src), { path: ['src'], error: 'is a file: getUrl downloads it first' }),
  subject: ({ dest }) => dest,
  async prepare(params, control) {
    const { src, include = [], exclude = [], stripComponents = 0 } = params
    if (params.remoteSrc) return { kind: 'host', params, archive: { ...params, include, exclude, stripComponents } }
    const file = await control.file(src)
    const entries = await control.archive(file, { include, exclude, stripComponents })
    if (entries.length === 0)
      throw new TsplayError(`unarchive: nothing in '${src}' is unpacked`, {
        hint: "include, exclude and stripComponents leave nothing; include: ['*/name'] takes a name in any folder",
      })
    return { kind: 'control', params, writing: writingOf(params, entries) }
  },
  probe: (input): Probe<State> =>
    input.kind === 'host'
      ? hostArchiveProbe(input.archive)
      : map(all({ tree: treeProbe(input.writing), created: createdProbe(input.params) }), ({ tree, created }) => ({
          ...tree,
          done: created !== null,
        })),
  desired: (input, actual): Desired<State> =>
    input.kind === 'host'
      ? desiredHostArchive(input.archive, actual as HostArchiveState)
      : (desiredControl(input, actual as ControlState) as Desired<State>),
  apply: (input, change) =>
    input.kind === 'host'
      ? applyHostArchive(input.archive, change as Change<HostArchiveState>)
      : treeScript(planned(input.writing, change), change as Change<TreeState>),
  result: (input, actual) => ({
    dest: input.params.dest,
    ...(input.params.listFiles && {
      files:
        input.kind === 'host'
          ? (actual as HostArchiveState).files
          : input.writing.entries.slice(1).map((entry) => entry.path.slice(input.writing.root.length + 1)),
    }),
  }),
  touches: ({ params: { dest } }) => [fileResource(dest)],
  predict: (input, change) =>
    input.kind === 'host'
      ? predictHostArchive(input.archive, change as Change<HostArchiveState>)
      : predictTree(planned(input.writing, change), change as Change<TreeState>),
})

const createdProbe = ({ creates }: UnarchiveParams): Probe<StatAnswer | null> =>
  creates === undefined ? always(null) : stat(creates)

function writingOf(
  { dest, mode, directoryMode, owner, group }: UnarchiveParams,
  entries: TreeWriting['entries'],
): TreeWriting {
  const root = dest.replace(/(.)\/+$/, '$1')
  const below = root === '/' ? '' : root
  const owners = { ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) }
  return {
    root,
    entries: [
      { type: 'directory', path: root },
      ...entries.map((entry) => ({ ...entry, path: `${below}/${entry.path}` })),
    ],
    files: { ...owners, ...(mode !== undefined && { mode }) },
    directories: { ...owners, ...(directoryMode !== undefined && { mode: directoryMode }) },
    preserve: true,
    times: true,
    backup: false,
    force: true,
  }
}

/** The folder itself is only there for what is in it. */
function desiredControl(
  { params, writing }: Extract<Input, { kind: 'control' }>,
  actual: ControlState,
): Desired<TreeState> {
  if (actual.done) return {}
  const left = params.keepNewer ? writing.entries.filter((entry) => !isNewer(entry, actual)) : writing.entries
  const desired = desiredTree({ ...writing, entries: left }, actual)
  const root = actual.entries[writing.root]
  return {
    entries: { ...desired?.entries, ...(root?.type === 'directory' && { [writing.root]: { type: 'directory' } }) },
  }
}

const isNewer = (entry: TreeWriting['entries'][number], { entries }: TreeState): boolean => {
  const found = entries[entry.path]
  return entry.type === 'file' && found?.type === 'file' && (found.stat?.mtime ?? 0) > (entry.file.mtime ?? 0)
}

/** Only what is wished for. */
const planned = (writing: TreeWriting, { to }: Change<State>): TreeWriting => {
  const wanted = (to as Desired<TreeState>)?.entries ?? {}
  return { ...writing, entries: writing.entries.filter(({ path }) => path in wanted) }
}
