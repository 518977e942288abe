// mount: file systems and where they are mounted, now and at boot.
import { contentOf, contentOnHost, contentText } from '../engine/content.ts'
import { type Desired, defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, always, file, map, type Probe, target } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { removeFstabEntry, setFstabEntry } from './common/edit-fstab.ts'
import { liveMount, mountAnswer, mountLine } from './common/live-mount.ts'
import {
  entryOf,
  flagsOf,
  isBind,
  type MountParams,
  type MountState,
  mountParams,
  usesFstab,
} from './common/mount-params.ts'
import { mountScript } from './common/mount-script.ts'
import { willAnswer } from './common/will-answer.ts'

export type { MountParams, MountState } from './common/mount-params.ts'

/** What `register` receives. */
export interface MountResult {
  /** The copy of fstab that `backup` asked for. */
  readonly backupFile?: string
}

/**
 * A file system is mounted, now and at boot, or is not. What is mounted is read from the kernel.
 *
 * @example a share
 * ```ts
 * task('data', mount({ path: '/data/nfs', src: '192.168.208.195:/data/nfs', fstype: 'nfs', opts: ['rw', 'hard', '_netdev'] }))
 * ```
 *
 * @example no swap at the next boot
 * ```ts
 * task('no swap', mount({ path: 'none', src: '/swapfile', fstype: 'swap', state: 'absent' }))
 * ```
 */
export const mount = defineModule<MountParams, MountState, MountResult>({
  name: 'mount',
  params: mountParams,
  subject: ({ path }) => path,
  probe,
  desired,
  apply: mountScript,
  result(_params, _actual, output) {
    const backupFile = /^backup=(.*)$/m.exec(output?.stdout ?? '')?.[1]
    return backupFile === undefined ? {} : { backupFile }
  },
  touches: ({ path, fstab = '/etc/fstab' }) => ['mounts:', fileResource(fstab), fileResource(path)],
  predict(params, { from, to }) {
    const { path, src, fstab = '/etc/fstab' } = params
    const after = { ...from, ...to } as MountState
    const { fstype } = entryOf(params)
    const stays = from.found.live ?? { options: [] }
    const line = { src: src ?? '', fstype, options: [...stays.options, ...flagsOf(params)] }
    return [
      ...(to?.fstab ? [will.be(fstab, { type: 'file', follows: true, content: to.fstab })] : []),
      ...(to?.folder && !from.folder ? [will.be(path, { type: 'directory' })] : []),
      ...(after.mounted !== from.mounted || to?.src || to?.fstype || to?.flags
        ? [willAnswer(mountAnswer(path, src), { code: 0, stdout: after.mounted ? mountLine(line) : '' })]
        : []),
    ]
  },
})

function probe(params: MountParams): Probe<MountState> {
  const { path, src, fstab = '/etc/fstab' } = params
  const swap = !path.startsWith('/')
  return map(
    all({
      live: swap ? always(null) : liveMount(path, src),
      at: swap ? always(null) : target(path),
      fstab: usesFstab(params) ? file(fstab) : always(null),
    }),
    ({ live, at, fstab }) => {
      const { fstype } = entryOf(params)
      return {
        fstab: fstab && contentOnHost(fstab),
        folder: at !== null,
        mounted: live !== null,
        src: live && (live.same ? (src ?? live.src) : live.src),
        fstype: live && (sameType(fstype, live.fstype) ? fstype : live.fstype),
        flags: flagsOf(params).filter((flag) => live?.options.includes(flag)),
        remounted: false,
        found: { live, type: at?.type },
      }
    },
  )
}

const sameType = (wanted: string, live: string): boolean =>
  /^(none|auto)$/.test(wanted) || wanted.split(',').some((each) => live === each || (each === 'nfs' && live === 'nfs4'))

function desired(params: MountParams, actual: MountState): Desired<MountState> {
  const { path, src, fstab = '/etc/fstab', state = 'mounted' } = params
  if (state === 'unmounted') return { mounted: false }
  if (state === 'remounted') {
    if (!actual.mounted) throw new TaskFailure(`nothing is mounted at ${path}`, "state: 'mounted' mounts it")
    return { remounted: true }
  }
  const swap = !path.startsWith('/')
  const text = actual.fstab ? contentText(actual.fstab) : ''
  if (text === undefined) throw new TaskFailure(`${fstab} is no text`)
  if (state === 'absent') {
    const without = removeFstabEntry(text, { path, src })
    return { ...(without !== text && { fstab: contentOf(without) }), ...(!swap && { mounted: false }) }
  }
  const edited = setFstabEntry(text, entryOf(params))
  const listed = usesFstab(params) && edited !== text && { fstab: contentOf(edited) }
  if (state === 'present') return { ...listed }
  if (actual.found.type !== undefined && actual.found.type !== 'directory' && !isBind(params))
    throw new TaskFailure(`${path} is not a directory, so nothing can be mounted there`)
  return { ...listed, folder: true, mounted: true, src: src!, fstype: entryOf(params).fstype, flags: flagsOf(params) }
}
