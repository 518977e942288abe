// mount: file systems and where they are mounted, now and at boot.
import { z } from 'zod'
import { type Content, contentOf, contentOnHost, contentText } from '../engine/content.ts'
import { type Change, type Desired, defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, always, file, map, type Probe, target } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type Script, sh } from '../engine/script.ts'
import { type FstabEntry, fstabEntry, removeFstabEntry, setFstabEntry } from './common/edit-fstab.ts'
import { type LiveMount, liveMount, mountAnswer, mountLine } from './common/live-mount.ts'
import { filePathParam, nameParam } from './common/names.ts'
import { replaceFile } from './common/replace-file.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `mount`. */
export interface MountParams {
  /** The mount point, an absolute path; `none` for swap space. */
  path: string
  /**
   * `mounted` (default): in fstab and mounted, remounted where fstab has changed; the mount point is made. `present`: in
   * fstab only. `unmounted`: not mounted, fstab stays. `absent`: neither, and an empty mount point goes. `remounted`:
   * always remounted. `ephemeral`: mounted and not in fstab.
   */
  state?: 'mounted' | 'present' | 'unmounted' | 'absent' | 'remounted' | 'ephemeral'
  /** A device, `UUID=…`, `LABEL=…`, `server:/export`, a folder to bind, or a name such as `tmpfs`. No default: needed to mount. */
  src?: string
  /** `ext4`, `nfs`, `tmpfs`, … Needed to mount; default `none` where the options say `bind`. */
  fstype?: string
  /** Options, in one text or a list. Default `defaults`. */
  opts?: string | string[]
  /** Field 5 of fstab. Default 0. */
  dump?: number
  /** Field 6 of fstab: when it is checked at boot. Default 0: never. */
  passno?: number
  /** False: not mounted at boot (`noauto`). Default true. */
  boot?: boolean
  /** Default `/etc/fstab`. */
  fstab?: string
  /** Keep a copy of fstab as it was, beside it. Default false. */
  backup?: boolean
}

/** The mount point. */
export interface MountState {
  readonly fstab: Content | null
  /** Whether the mount point is there. */
  readonly folder: boolean
  readonly mounted: boolean
  readonly src: string | null
  readonly fstype: string | null
  /** Of the options that can be told from the live mount (`ro`, `noexec`, …), those that are asked for and so. */
  readonly flags: readonly string[]
  /** Done in this run: never so before it. */
  readonly remounted: boolean
  /** What was looked up besides: never wished for. */
  readonly found: { readonly live: LiveMount | null; readonly type: string | undefined }
}

/** What `register` receives. */
export interface MountResult {
  /** The copy of fstab that `backup` asked for. */
  readonly backupFile?: string
}

const field = (what: string) => nameParam(/^[^\r\n\0]+$/, what)

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
  params: z
    .strictObject({
      path: nameParam(/^(\/[^\r\n\0]*|none|swap)$/, 'an absolute path, or none for swap space'),
      state: z.enum(['mounted', 'present', 'unmounted', 'absent', 'remounted', 'ephemeral']).optional(),
      src: field('a source').optional(),
      fstype: nameParam(/^[A-Za-z0-9_.,-]+$/, 'a file system type').optional(),
      opts: z
        .union([nameParam(/^[^\s\0]+$/, 'options without blanks'), z.array(nameParam(/^[^\s,\0]+$/, 'an option'))])
        .optional(),
      dump: z.int().min(0).max(9).optional(),
      passno: z.int().min(0).max(9).optional(),
      boot: z.boolean().optional(),
      fstab: filePathParam.optional(),
      backup: z.boolean().optional(),
    })
    .refine((params) => !mounts(params) || params.src !== undefined, { error: 'is needed', path: ['src'] })
    .refine((params) => !mounts(params) || params.fstype !== undefined || isBind(params), {
      error: 'is needed',
      path: ['fstype'],
    })
    .refine(({ path, state }) => path.startsWith('/') || state === 'present' || state === 'absent', {
      error: "swap space is state 'present' or 'absent'; it is not mounted",
      path: ['state'],
    })
    .refine(({ path, src }) => path.startsWith('/') || src !== undefined, {
      error: 'is needed: which swap space?',
      path: ['src'],
    }),
  subject: ({ path }) => path,
  probe,
  desired,
  apply,
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

const mounts = ({ state = 'mounted' }: MountParams): boolean => /^(mounted|present|ephemeral)$/.test(state)

const usesFstab = ({ state = 'mounted' }: MountParams): boolean => /^(mounted|present|absent)$/.test(state)

const optionsOf = ({ opts = 'defaults' }: MountParams): string[] => [opts].flat().flatMap((each) => each.split(','))

const isBind = (params: MountParams): boolean => optionsOf(params).some((option) => /^r?bind$/.test(option))

function entryOf(params: MountParams): FstabEntry {
  const { path, src = '', fstype = 'none', dump = 0, passno = 0, boot = true } = params
  const options = optionsOf(params)
  const opts = boot || options.includes('noauto') ? options : [...options, 'noauto']
  return { src, path, fstype, opts: opts.join(','), dump, passno }
}

/** Options that the kernel shows of a mount as they were given. */
const flagsOf = (params: MountParams): string[] =>
  optionsOf(params).filter((option) => /^(ro|rw|noexec|nosuid|nodev|noatime|nodiratime|sync|dirsync)$/.test(option))

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

function apply(params: MountParams, change: Change<MountState>): Script {
  const { path, state = 'mounted', fstab = '/etc/fstab', backup } = params
  const { from, to, has } = change
  const another = from.mounted && to?.mounted === true && (has('src') || has('fstype'))
  const written =
    to?.fstab &&
    sh`(
${replaceFile(fstab, { content: to.fstab, mode: '0644', owner: null, group: null, ...(backup && from.fstab && { backup }), ...(from.fstab && { replaces: from.fstab.sha256 }) })}
) || exit 1`
  return sh.join([
    written,
    // its units are made of fstab, and the old ones could unmount what is mounted now
    written && fstab === '/etc/fstab' && sh`if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi`,
    (to?.mounted === false && from.mounted) || another ? unmount(path) : undefined,
    state === 'absent' && path.startsWith('/') && sh`if [ -d ${path} ]; then rmdir -- ${path} 2>/dev/null || :; fi`,
    to?.folder && !from.folder && sh`mkdir -p -- ${path} || exit 1`,
    to?.mounted && (!from.mounted || another) && sh`mount ${mountArguments(params)} || exit 1`,
    (has('remounted') || (from.mounted && to?.mounted && !another && (has('flags') || optionsChanged(params, from)))) &&
      remount(params),
  ])
}

const unmount = (path: string): Script => sh`umount -- ${path} || exit 1`

/** Whether fstab had other options; what else it says of a mount point changes nothing that is live. */
function optionsChanged(params: MountParams, { fstab }: MountState): boolean {
  if (!usesFstab(params)) return false
  const before = fstabEntry((fstab && contentText(fstab)) ?? '', params)
  return before !== undefined && before.opts !== entryOf(params).opts
}

/** What only fstab's readers understand is left out: not every mount ignores it. */
const liveOptions = (params: MountParams): string =>
  optionsOf(params)
    .filter((option) => !/^(no)?auto$|^nofail$|^_netdev$|^x-|^comment=/.test(option))
    .join(',') || 'defaults'

const mountArguments = (params: MountParams): string[] => {
  const { src, fstype, path } = entryOf(params)
  return [...(fstype === 'none' ? [] : ['-t', fstype]), '-o', liveOptions(params), '--', src, path]
}

/** With the options that are given, else with those of fstab. */
function remount(params: MountParams): Script {
  const bind = isBind(params) ? ['bind'] : []
  const given =
    params.opts === undefined
      ? []
      : liveOptions(params)
          .split(',')
          .filter((option) => !/^(r?bind|defaults)$/.test(option))
  return sh`mount -o ${['remount', ...bind, ...given].join(',')} -- ${params.path} || exit 1`
}
