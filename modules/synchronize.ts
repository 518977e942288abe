// synchronize: a folder of the host is like one of the control side, or the other way round.
import path from 'node:path'
import { z } from 'zod'
import { type Change, type Desired, defineModule } from '../engine/module.ts'
import type { Probe } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { wildcardPicks } from '../engine/wildcard.ts'
import { type FileAttributes, fileAttributeParams, modeParam } from './common/file-attributes.ts'
import { desiredPull, type Pull, type PullState, pullProbe, pullScript, receivePull } from './common/pulled-tree.ts'
import { desiredPush, type Push, type PushState, predictPush, pushProbe, pushScript } from './common/pushed-tree.ts'

/** Parameters of `synchronize`. */
export interface SynchronizeParams extends FileAttributes {
  /**
   * The folder that is taken over: of the control side, looked up like that of `copy`; with `direction: 'pull'` an absolute
   * path on the host. With a slash at its end what is in it, else itself by its name.
   */
  src: string
  /** The folder it goes into: an absolute path on the host; with `'pull'` of the control side, relative to the playbook's folder. */
  dest: string
  /** `'push'` (default): to the host. `'pull'`: to the control side. */
  direction?: 'push' | 'pull'
  /** Remove what is in the folder and not in `src`. Default false. */
  delete?: boolean
  /** Wildcards (`*`, `?`, `[…]`; a `*` takes slashes too) for what is neither taken over nor removed, by paths below `src`. Default: nothing. */
  exclude?: readonly string[]
  /** Mode of files on the host. Default: as in `src`. */
  mode?: string
  /** Mode of folders on the host. Default: as in `src`. */
  directoryMode?: string
}

/** What `register` receives. */
export interface SynchronizeResult {
  /** The folder that is like `src` now. */
  readonly dest: string
}

type Input = { readonly kind: 'push'; readonly push: Push } | { readonly kind: 'pull'; readonly pull: Pull }

type State = PushState | PullState

/**
 * A folder holds what another one holds, by content, mode and link target. Only what differs travels, in one stream, and
 * neither side needs rsync.
 *
 * @example a site, and nothing else in its folder
 * ```ts
 * task('site', synchronize({ src: 'public/', dest: '/var/www/site', delete: true, exclude: ['uploads'] }))
 * ```
 * @example certificates of a host, kept on the control side
 * ```ts
 * task('pki', synchronize({ src: '/etc/kubernetes/pki/', dest: `backup/${host.name}`, direction: 'pull' }))
 * ```
 */
export const synchronize = defineModule<SynchronizeParams, State, SynchronizeResult, Input>({
  name: 'synchronize',
  params: z
    .strictObject({
      src: z.string().min(1),
      dest: z.string().min(1),
      direction: z.enum(['push', 'pull']).optional(),
      delete: z.boolean().optional(),
      exclude: z.array(z.string().min(1)).readonly().optional(),
      ...fileAttributeParams,
      directoryMode: modeParam.optional(),
    })
    .refine(({ dest, direction }) => direction === 'pull' || dest.startsWith('/'), {
      path: ['dest'],
      error: 'is an absolute path on the host',
    })
    .refine(({ src, direction }) => direction !== 'pull' || src.startsWith('/'), {
      path: ['src'],
      error: "is an absolute path on the host with direction: 'pull'",
    })
    .refine(
      ({ direction, mode, directoryMode, owner, group }) =>
        direction !== 'pull' || (mode ?? directoryMode ?? owner ?? group) === undefined,
      {
        path: ['direction'],
        error: 'mode, owner and group are those of files on the host: a pull keeps modes as they are',
      },
    ),
  // tasks before it may make what is on the control side
  late: true,
  subject: ({ dest }) => dest,
  async prepare(params, control) {
    const { src, dest, exclude = [], delete: removes = false, direction } = params
    const isLeftOut = wildcardPicks(exclude)
    const into = src.endsWith('/') ? plain(dest) : path.posix.join(plain(dest), path.posix.basename(src))
    if (direction === 'pull') {
      const local = (await control.presentTree(into)) ?? []
      return {
        kind: 'pull',
        pull: {
          src: plain(src),
          dest: into,
          exclude,
          removes,
          local: local.filter(({ path }) => !isLeftOut(path)),
          kept: local.map(({ path }) => path).filter(isLeftOut),
        },
      }
    }
    const entries = (await control.tree(src)).filter(({ path }) => !isLeftOut(path))
    return { kind: 'push', push: { writing: writingOf(params, into, entries), exclude, removes } }
  },
  probe: (input): Probe<State> => (input.kind === 'push' ? pushProbe(input.push) : pullProbe(input.pull)),
  desired: (input, actual): Desired<State> =>
    (input.kind === 'push'
      ? desiredPush(input.push, actual as PushState)
      : desiredPull(input.pull, actual as PullState)) as Desired<State>,
  apply: (input, change) =>
    input.kind === 'push'
      ? pushScript(input.push, change as Change<PushState>)
      : pullScript(input.pull, change as Change<PullState>),
  async receive(input, change, output, control) {
    if (input.kind === 'pull') await receivePull(input.pull, change as Change<PullState>, output, control)
  },
  result: (input) => ({ dest: input.kind === 'push' ? input.push.writing.root : input.pull.dest }),
  touches: (input) => (input.kind === 'push' ? [fileResource(input.push.writing.root)] : []),
  predict: (input, change) => (input.kind === 'push' ? predictPush(input.push, change as Change<PushState>) : []),
})

const plain = (folder: string): string => folder.replace(/(.)\/+$/, '$1')

function writingOf(
  { mode, directoryMode, owner, group }: SynchronizeParams,
  root: string,
  entries: Push['writing']['entries'],
): Push['writing'] {
  const owners = { ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) }
  return {
    root,
    entries: [
      { type: 'directory', path: root },
      ...entries.map((entry) => ({ ...entry, path: path.posix.join(root, entry.path) })),
    ],
    files: { ...owners, ...(mode !== undefined && { mode }) },
    directories: { ...owners, ...(directoryMode !== undefined && { mode: directoryMode }) },
    preserve: true,
    backup: false,
    force: true,
  }
}
