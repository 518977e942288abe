// kernels: the kernel that runs, those that are installed, and the one that would be booted. Changes nothing.
import { defineModule, probe, sh, TaskFailure, z } from 'tsplay'
import { isWanted, newestFirst, newestWanted, type WantedKernel } from './kernel-version.ts'

/** Parameters of `kernels`. */
export interface KernelsParams {
  /** What is wanted; undefined: anything. */
  wanted?: WantedKernel
  /** Fail where no kernel that is wanted is `installed`, or where none is `running`. Default: fail nowhere. */
  must?: 'installed' | 'running'
  /** Arguments that the running kernel must have been started with, where `must` is `running`. Default: none. */
  args?: string[]
}

/** Kernels, by their releases (`uname -r`). */
export interface KernelsState {
  readonly running: string
  /** What it was started with. */
  readonly args: readonly string[]
  /** Those in /boot, without rescue ones. */
  readonly installed: readonly string[]
  /** What the boot loader takes unless somebody interferes; null where it does not say. */
  readonly boots: string | null
}

/** What `register` receives: nothing of it where a check could not tell. */
export interface KernelsResult {
  readonly running?: string
  readonly boots?: string | null
  /** The newest installed kernel that is wanted; undefined where there is none. */
  readonly target?: string
}

const defaults = '/etc/default/grub'

// Debian's GRUB boots the first entry of its menu, and sorts the newest to the top; grubby tells by itself
const look = sh`uname -r
cat /proc/cmdline
for _kernel in /boot/vmlinuz-*; do if [ -f "$_kernel" ]; then printf 'installed=%s\n' "\${_kernel#/boot/vmlinuz-}"; fi; done
if command -v grubby >/dev/null 2>&1; then
  _kernel=$(grubby --default-kernel 2>/dev/null) && printf 'boots=%s\n' "\${_kernel##*/vmlinuz-}"
elif command -v update-grub >/dev/null 2>&1; then
  printf 'entry=%s\n' "$(sed -n 's/^[[:blank:]]*GRUB_DEFAULT=//p' ${defaults} 2>/dev/null | tail -n 1)"
fi`

/** Looks at a host's kernels, and fails where what it must have is not there. */
export const kernels = defineModule<KernelsParams, KernelsState, KernelsResult>({
  name: 'kernels',
  params: z.strictObject({
    wanted: z.strictObject({ minimum: z.string().optional(), release: z.string().optional() }).optional(),
    must: z.enum(['installed', 'running']).optional(),
    args: z.array(z.string()).optional(),
  }),
  subject: () => 'kernels',
  probe: () =>
    probe.map(probe.script(look, { reads: ['file:/boot', `file:${defaults}`, 'kernel'] }), ({ stdout }) =>
      kernelsIn(stdout.split('\n')),
    ),
  desired({ wanted = {}, must, args = [] }, { running, installed, args: given }) {
    const wish = wishOf(wanted)
    if (must === 'running' && !isWanted(running, wanted))
      throw new TaskFailure(
        `the host is up again with kernel ${running}, and ${wish} is wanted`,
        'its console shows what the boot loader did; no other host follows while this one is not right',
      )
    const missing = must === 'running' ? args.filter((each) => !given.includes(each)) : []
    if (missing.length > 0)
      throw new TaskFailure(
        `the host is up again, and its kernel was started without ${missing.join(' ')}`,
        'files in /etc/default/grub.d have the last word over /etc/default/grub, and another boot loader reads neither',
      )
    if (must === 'installed' && newestWanted(installed, wanted) === undefined)
      throw new TaskFailure(
        `the packages brought no kernel that is ${wish}: /boot has ${installed.join(', ') || 'none'}`,
        "ask for what 'uname -r' says of the kernel, which is not always the package's version",
      )
    return {}
  },
  apply: () => sh.empty,
  result({ wanted = {} }, { running, installed, boots }) {
    const target = newestWanted(installed, wanted)
    return { running, boots, ...(target !== undefined && { target }) }
  },
  touches: () => [],
})

const wishOf = ({ minimum, release }: WantedKernel): string =>
  [release, minimum && `${minimum} or newer`].filter(Boolean).join(', ')

function kernelsIn([running = '', given = '', ...lines]: readonly string[]): KernelsState {
  const all = (name: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []))
  const installed = newestFirst(all('installed').filter((release) => !release.startsWith('0-rescue')))
  const entry = all('entry')[0]?.replace(/^(["'])(.*)\1$/, '$2')
  return {
    running,
    args: given.split(' '),
    installed,
    boots: all('boots')[0] || (entry === undefined ? null : booted(entry, installed)),
  }
}

/** `0` and no entry at all are the newest; an entry by its id names its kernel; others (`saved`, `2`) tell nothing. */
const booted = (entry: string, installed: readonly string[]): string | null =>
  entry === '' || entry === '0'
    ? (installed[0] ?? null)
    : (installed.find((release) => entry.includes(`gnulinux-${release}-`)) ?? null)
