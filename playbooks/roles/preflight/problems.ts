// problemsOf: what a host lacks, by its facts. Pure; asks no host.
import type { Facts } from 'tsplay'
import { isBefore } from '../../version.ts'

/** What a host must have. What is left out does not matter. */
export interface Wants {
  /** Releases by the id of the distribution: `{ rocky: ['8', '9'] }`. Default: those that the roles are made for. */
  systems?: Readonly<Record<string, readonly string[]>>
  /** `uname -m`. Default: `x86_64` and `aarch64`. */
  architectures?: readonly string[]
  /** Processors. kubeadm wants 2 of a master. */
  cpus?: number
  /** Memory in MiB. kubeadm wants 1700 of a master. */
  memoryMb?: number
  /** MiB that must be free for a folder: `{ '/var/lib': 10240 }`. */
  diskMb?: Readonly<Record<string, number>>
  /** Oldest kernel, such as `4.18`. */
  kernel?: string
}

/** Releases that the roles are made for, by the id of the distribution. */
export const served = {
  centos: ['7', '8', '9'],
  rhel: ['7', '8', '9'],
  rocky: ['8', '9'],
  almalinux: ['8', '9'],
  debian: ['11', '12', '13'],
  ubuntu: ['18', '20', '22', '24'],
} satisfies Wants['systems']

/** Each as `what is, and what is wanted`; none where the host is fit. */
export function problemsOf(found: Partial<Facts>, wants: Wants): string[] {
  const { architectures = ['x86_64', 'aarch64'] } = wants
  const systems: NonNullable<Wants['systems']> = wants.systems ?? served
  const { os, arch = '', kernel = '', cpus = 0, memoryMb = 0 } = found
  const releases = os && systems[os.id]
  return [
    !releases && `runs ${os?.id || 'an unknown system'}, which is none of ${Object.keys(systems).join(', ')}`,
    releases &&
      !releases.includes(os.majorVersion) &&
      `runs ${os.id} ${os.version}, which is none of ${releases.map((each) => `${os.id} ${each}`).join(', ')}`,
    !architectures.includes(arch) && `is ${arch || 'of an unknown kind'}, not ${architectures.join(' or ')}`,
    found.serviceManager !== undefined && found.serviceManager !== 'systemd' && 'does not run systemd',
    wants.cpus !== undefined && cpus < wants.cpus && `has ${cpus} processors, and needs ${wants.cpus}`,
    wants.memoryMb !== undefined &&
      memoryMb < wants.memoryMb &&
      `has ${memoryMb} MiB of memory, and needs ${wants.memoryMb}`,
    wants.kernel !== undefined &&
      isBefore(numbersOf(kernel), numbersOf(wants.kernel)) &&
      `runs Linux ${kernel}, and needs ${wants.kernel} or a newer one`,
    ...Object.entries(wants.diskMb ?? {}).map(([folder, wanted]) => {
      const free = freeFor(folder, found.mounts ?? [])
      return free !== undefined && free < wanted && `has ${free} MiB free for ${folder}, and needs ${wanted}`
    }),
  ].filter((each): each is string => typeof each === 'string')
}

/** `4.18.0` of `4.18.0-372.el8.x86_64`. */
const numbersOf = (kernel: string): string => /^[\d.]+/.exec(kernel)?.[0] ?? ''

/** Of the mount that holds the folder; undefined where nobody can tell. */
function freeFor(folder: string, mounts: Facts['mounts']): number | undefined {
  const holds = ({ path }: { path: string }): boolean =>
    path === '/' || folder === path || folder.startsWith(`${path}/`)
  const [deepest] = mounts.filter(holds).sort((a, b) => b.path.length - a.path.length)
  return deepest?.availableMb ?? undefined
}
