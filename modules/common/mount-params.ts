// What a mount can be asked to be, and what it is. Knows no host.
import { z } from 'zod'
import type { Content } from '../../engine/content.ts'
import type { FstabEntry } from './edit-fstab.ts'
import type { LiveMount } from './live-mount.ts'
import { filePathParam, nameParam } from './names.ts'

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

const field = (what: string) => nameParam(/^[^\r\n\0]+$/, what)

const mounts = ({ state = 'mounted' }: MountParams): boolean => /^(mounted|present|ephemeral)$/.test(state)

export const mountParams = z
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
  })

/** Whether the state is about fstab. */
export const usesFstab = ({ state = 'mounted' }: MountParams): boolean => /^(mounted|present|absent)$/.test(state)

/** The options, one by one. */
export const optionsOf = ({ opts = 'defaults' }: MountParams): string[] =>
  [opts].flat().flatMap((each) => each.split(','))

export const isBind = (params: MountParams): boolean => optionsOf(params).some((option) => /^r?bind$/.test(option))

/** The line of fstab. */
export function entryOf(params: MountParams): FstabEntry {
  const { path, src = '', fstype = 'none', dump = 0, passno = 0, boot = true } = params
  const options = optionsOf(params)
  const opts = boot || options.includes('noauto') ? options : [...options, 'noauto']
  return { src, path, fstype, opts: opts.join(','), dump, passno }
}

/** Options that the kernel shows of a mount as they were given. */
export const flagsOf = (params: MountParams): string[] =>
  optionsOf(params).filter((option) => /^(ro|rw|noexec|nosuid|nodev|noatime|nodiratime|sync|dirsync)$/.test(option))
