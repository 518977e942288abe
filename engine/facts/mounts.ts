// Mounted file systems and disks, from /proc and /sys. Nothing is asked of a network's file system: one that is gone would hang.
import { map, type Probe, script } from '../probe.ts'
import { sh } from '../script.ts'

/** A mounted file system; those of the kernel's own (proc, sysfs, tmpfs, …) are left out. */
export interface MountFacts {
  readonly device: string
  readonly path: string
  /** `ext4`, `xfs`, `nfs4`, … */
  readonly type: string
  readonly options: readonly string[]
  /** MiB; null for network file systems, and where the user may not ask. */
  readonly sizeMb: number | null
  /** MiB that a user without privileges can still write; null as above. */
  readonly availableMb: number | null
}

export const mountsProbe = (root = ''): Probe<readonly MountFacts[]> =>
  map(
    script(
      // the kernel writes blanks and backslashes of names as octal escapes, which printf turns back
      sh`set --
while read -r _d _p _t _o _r; do
  case $_d in /*|*:/*) ;; *) if [ "$_t" != zfs ] && [ "$_p" != / ]; then continue; fi;; esac
  printf 'mount %s %s %s %s\n' "$_d" "$_p" "$_t" "$_o"
  case $_t in nfs*|cifs|smb*|ceph|gluster*|fuse*|9p|afs|lustre|beegfs|davfs*|autofs) continue;; esac
  case $_d in //*|*:/*) continue;; esac
  case $_p in *\\*) _q=$(printf "$(printf '%s' "$_p" | sed 's/%/%%/g')x"); _q=\${_q%x};; *) _q=$_p;; esac
  set -- "$@" "$_q"
done < ${`${root}/proc/self/mounts`}
[ $# -eq 0 ] || stat -f -c 'size %b %S %a %n' -- "$@" 2>/dev/null; :`,
      { reads: ['mount', 'file:/etc/fstab', 'facts'] },
    ),
    ({ stdout }) => readMounts(stdout.split('\n')),
  )

function readMounts(lines: readonly string[]): MountFacts[] {
  const sizes = new Map(
    lines.flatMap((line): [string, { sizeMb: number; availableMb: number }][] => {
      const [, blocks, size, available, path] = /^size (\d+) (\d+) (\d+) (.*)$/.exec(line) ?? []
      const mb = (count: string): number => Math.floor((Number(count) * Number(size)) / 2 ** 20)
      return path === undefined ? [] : [[path, { sizeMb: mb(blocks!), availableMb: mb(available!) }]]
    }),
  )
  const mounts = lines.flatMap((line): [string, MountFacts][] => {
    const [kind, device, path, type, options] = line.split(' ')
    if (kind !== 'mount' || options === undefined) return []
    const at = unescaped(path!)
    const { sizeMb = null, availableMb = null } = sizes.get(at) ?? {}
    return [
      [at, { device: unescaped(device!), path: at, type: type!, options: options.split(','), sizeMb, availableMb }],
    ]
  })
  // what is mounted over another is all that can be seen there
  return [...new Map(mounts).values()]
}

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_all, code) => String.fromCharCode(Number.parseInt(code, 8)))

/** A disk: a block device that is one, and no part or combination of others. */
export interface DiskFacts {
  /** `sda`, `vda`, `nvme0n1`. */
  readonly name: string
  /** MiB. */
  readonly sizeMb: number
  /** What its vendor calls it; empty where it does not say. */
  readonly model: string
  /** False for solid state. */
  readonly rotational: boolean
  readonly partitions: readonly { readonly name: string; readonly sizeMb: number }[]
}

export const disksProbe = (root = ''): Probe<readonly DiskFacts[]> =>
  map(
    script(
      sh`for _d in ${`${root}/sys/block`}/*; do
  { [ -e "$_d/device" ] || [ -L "$_d/device" ]; } || continue
  _s=0; _r=0; _m=
  read -r _s < "$_d/size"; read -r _r < "$_d/queue/rotational"; read -r _m < "$_d/device/model"
  [ "$_s" -gt 0 ] || continue
  printf 'disk %s %s %s %s\n' "\${_d##*/}" "$_s" "$_r" "$_m"
  for _p in "$_d/\${_d##*/}"*; do if read -r _s < "$_p/size"; then printf 'part %s %s\n' "\${_p##*/}" "$_s"; fi; done
done 2>/dev/null; :`,
      { reads: ['disk', 'facts'] },
    ),
    ({ stdout }) => readDisks(stdout.split('\n')),
  )

function readDisks(lines: readonly string[]): DiskFacts[] {
  const disks: (DiskFacts & { partitions: { name: string; sizeMb: number }[] })[] = []
  for (const line of lines) {
    const [kind, name, sectors, rotational, ...model] = line.trim().split(/\s+/)
    // the kernel counts sectors of 512 bytes here, whatever the disk's own are
    const sizeMb = Math.floor(Number(sectors) / 2048)
    if (kind === 'part') disks.at(-1)?.partitions.push({ name: name!, sizeMb })
    else if (kind === 'disk')
      disks.push({ name: name!, sizeMb, model: model.join(' '), rotational: rotational === '1', partitions: [] })
  }
  return disks
}
