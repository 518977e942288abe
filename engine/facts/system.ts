// Small facts that few plays read: the full name, swap, uptime, SELinux, host keys, the machine's id.
import { map, type Probe, script } from '../probe.ts'
import { sh } from '../script.ts'

/** Looking the name up may wait for a name server, so it is bounded where the host can bound it. */
export const fqdnProbe: Probe<string> = map(
  script(
    sh`_h=$(uname -n); printf '%s\n' "$_h"
case $_h in *.*) exit 0;; esac
if command -v hostname >/dev/null 2>&1; then
  if timeout 1 true 2>/dev/null; then timeout 5 hostname -f 2>/dev/null; else hostname -f 2>/dev/null; fi
else getent hosts "$_h" 2>/dev/null | { read -r _a _n _r && printf '%s\n' "$_n"; }; fi; :`,
    { reads: ['hostname', 'file:/etc/hostname', 'file:/etc/hosts', 'file:/etc/resolv.conf', 'facts'] },
  ),
  ({ stdout }) => {
    const [own = '', full = ''] = stdout.split('\n')
    return /^[\w-]+(\.[\w-]+)+$/.test(full) ? full : own
  },
)

/** What changes while a host runs. */
export interface LiveFacts {
  readonly swapMb: number
  readonly uptimeSeconds: number
}

export const liveProbe = (root = ''): Probe<LiveFacts> =>
  map(
    script(
      sh`while read -r _k _v _u; do case $_k in SwapTotal:) echo "swap=$_v"; break;; esac; done < ${`${root}/proc/meminfo`}
if read -r _t _i < ${`${root}/proc/uptime`}; then echo "uptime=$_t"; fi`,
      { reads: ['swap', 'file:/etc/fstab', 'facts'] },
    ),
    ({ stdout }) => ({
      swapMb: Math.floor(Number(/^swap=(\d+)/m.exec(stdout)?.[1] ?? 0) / 1024),
      uptimeSeconds: Math.floor(Number(/^uptime=([\d.]+)/m.exec(stdout)?.[1] ?? 0)),
    }),
  )

export type Selinux = 'enforcing' | 'permissive' | 'disabled'

export const selinuxProbe = (root = ''): Probe<Selinux> =>
  map(
    script(sh`cat ${`${root}/sys/fs/selinux/enforce`} 2>/dev/null; :`, { reads: ['selinux', 'facts'] }),
    ({ stdout }) => (stdout.startsWith('1') ? 'enforcing' : stdout.startsWith('0') ? 'permissive' : 'disabled'),
  )

/** The host's public ssh keys by type: `ssh-ed25519` to `AAAA…`. */
export const sshHostKeysProbe = (root = ''): Probe<Readonly<Record<string, string>>> =>
  map(
    script(
      sh`for _f in ${`${root}/etc/ssh`}/ssh_host_*_key.pub; do if [ -r "$_f" ] && read -r _t _k _c < "$_f"; then printf '%s %s\n' "$_t" "$_k"; fi; done`,
      { reads: ['file:/etc/ssh', 'facts'] },
    ),
    ({ stdout }) =>
      Object.fromEntries(
        stdout.split('\n').flatMap((line) => {
          const [type, key] = line.split(' ')
          return type && key ? [[type, key]] : []
        }),
      ),
  )

/** Unique per installation; empty where the host has none. */
export const machineIdProbe = (root = ''): Probe<string> =>
  map(
    script(
      sh`for _f in ${`${root}/etc/machine-id`} ${`${root}/var/lib/dbus/machine-id`}; do if [ -r "$_f" ] && read -r _i < "$_f" && [ -n "$_i" ]; then printf '%s\n' "$_i"; break; fi; done`,
      { reads: ['file:/etc/machine-id', 'facts'] },
    ),
    ({ stdout }) => /^[0-9a-f]{32}$/m.exec(stdout)?.[0] ?? '',
  )
