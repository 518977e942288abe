// What apt-get would do if it were called so: its own simulation, as packages and versions. Changes nothing.
import { map, type Probe, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { sh } from '../../engine/script.ts'

/** What a call of apt-get would change, or why it would fail. */
export interface AptPlan {
  /** By package: the installed version and the one it would have; null where it is not or would not be installed. */
  readonly changes: Readonly<Record<string, { readonly from: string | null; readonly to: string | null }>>
  /** apt's message where it cannot do what was asked. */
  readonly failure: string | undefined
  /** Whether dpkg was interrupted: what it had begun has to be ended first. */
  readonly interrupted: boolean
}

/** What apt reads: its lists and settings, and what is installed. */
export const aptFiles: readonly string[] = ['/var/lib/apt', '/etc/apt', '/var/lib/dpkg'].map(fileResource)

/** Apt unpacks signed lists to files that have no name, and notes what it plans: neither is to touch the host's disks. */
export const aptAside = sh`if [ -w /dev/shm ]; then TMPDIR=/dev/shm; export TMPDIR; fi`

/** The plan of `apt-get <args>`. */
export const aptPlan = (args: readonly string[]): Probe<AptPlan> =>
  map(aptPlanScript(args), ({ code, stdout }) => readPlan(stdout, code))

/** The question itself. Where dpkg was interrupted apt refuses to say anything, and the first line is enough. */
export const aptPlanScript = (args: readonly string[]) =>
  script(
    sh`command -v apt-get >/dev/null 2>&1 || { printf 'E: the host has no apt-get\n'; exit 127; }
for _p in /var/lib/dpkg/updates/[0-9]*; do if [ -e "$_p" ]; then echo interrupted; fi; break; done
${aptAside}
apt-get -s -q -o Debug::NoLocking=1 -o Dir::Log::Planner=/dev/null ${args} 2>&1`,
    { reads: aptFiles },
  )

/** Where there is nothing left to do. */
export const emptyPlan = { code: 0, stdout: '' }

export function readPlan(output: string, code: number): AptPlan {
  const changes: Record<string, { from: string | null; to: string | null }> = {}
  for (const line of output.split('\n')) {
    const install = /^Inst (\S+)(?: \[([^\]]*)\])? \((\S+)/.exec(line)
    const remove = /^(?:Remv|Purg) (\S+) \[([^\]]*)\]/.exec(line)
    const configure = /^Conf (\S+) \((\S+)/.exec(line)
    if (install) changes[install[1]!] = { from: install[2] ?? null, to: install[3]! }
    else if (remove) changes[remove[1]!] = { from: remove[2]!, to: null }
    else if (configure) changes[configure[1]!] ??= { from: null, to: configure[2]! }
  }
  return {
    changes,
    failure: code === 0 ? undefined : messageOf(output) || `apt-get: exit code ${code}`,
    interrupted: /^interrupted$/m.test(output),
  }
}

/** What follows `E: `; the reasons that stand before it as well, where packages do not fit together. */
function messageOf(output: string): string {
  const errors = [...output.matchAll(/^E: (.*)$/gm)].map(([, text]) => text!)
  const reasons = [...output.matchAll(/^ (?: {2}|)\S+ ?: .*$/gm)].map(([text]) => text.trim())
  return [...errors, ...reasons].join('; ')
}
