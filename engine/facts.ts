// What a host says of itself. Each fact is a probe, so that only what is read is asked; facts of one question come together.
import { envProbe, type UserFacts, userProbe } from './facts/account.ts'
import { type BaseFacts, baseProbe } from './facts/base.ts'
import { type CustomFacts, customFactsProbe } from './facts/custom-facts.ts'
import { type DiskFacts, disksProbe, type MountFacts, mountsProbe } from './facts/mounts.ts'
import { type Addresses, addressesOf, type Interfaces, interfacesProbe } from './facts/network.ts'
import {
  fqdnProbe,
  type LiveFacts,
  liveProbe,
  machineIdProbe,
  type Selinux,
  selinuxProbe,
  sshHostKeysProbe,
} from './facts/system.ts'
import { type Virtualization, virtualizationProbe } from './facts/virtualization.ts'
import { map, type Probe } from './probe.ts'
import type { Question } from './question/question.ts'
import type { Host } from './site.ts'

/** Facts of a host, as its login user can see them. */
export interface Facts extends BaseFacts, LiveFacts {
  /** The host name with its domain; the host name where it knows of none. */
  readonly fqdn: string
  /** The login user. */
  readonly user: UserFacts
  /** The login user's environment. Never kept in a fact cache. */
  readonly env: Readonly<Record<string, string>>
  /** Network interfaces by name. */
  readonly interfaces: Interfaces
  readonly addresses: Addresses
  readonly mounts: readonly MountFacts[]
  readonly disks: readonly DiskFacts[]
  readonly selinux: Selinux
  /** `none`, `kvm`, `vmware`, …, `container:docker`, …: what the host runs in. */
  readonly virtualization: Virtualization
  /** Public ssh host keys by type. */
  readonly sshHostKeys: Readonly<Record<string, string>>
  /** Content of /etc/machine-id; empty where there is none. */
  readonly machineId: string
  /**
   * Custom facts, by the names of their files: `*.fact` in /etc/ansible/facts.d and /etc/tsplay/facts.d, run where they
   * are executable and read where not, JSON or else INI. What could not be had is `{ error }`.
   */
  readonly local: CustomFacts
}

export type FactKey = keyof Facts

const base = baseProbe()
const live = liveProbe()
const interfaces = interfacesProbe()

const part = <T, Key extends keyof T>(probe: Probe<T>, key: Key): Probe<T[Key]> => map(probe, (all) => all[key])

/** How each fact is asked. */
export const factProbes: { readonly [Key in FactKey]: Probe<Facts[Key]> } = {
  os: part(base, 'os'),
  kernel: part(base, 'kernel'),
  arch: part(base, 'arch'),
  hostname: part(base, 'hostname'),
  packageManager: part(base, 'packageManager'),
  serviceManager: part(base, 'serviceManager'),
  defaultIpv4: part(base, 'defaultIpv4'),
  cpus: part(base, 'cpus'),
  memoryMb: part(base, 'memoryMb'),
  bootId: part(base, 'bootId'),
  swapMb: part(live, 'swapMb'),
  uptimeSeconds: part(live, 'uptimeSeconds'),
  fqdn: fqdnProbe,
  user: userProbe(),
  env: envProbe,
  interfaces,
  addresses: map(interfaces, addressesOf),
  mounts: mountsProbe(),
  disks: disksProbe(),
  selinux: selinuxProbe(),
  virtualization: virtualizationProbe(),
  sshHostKeys: sshHostKeysProbe(),
  machineId: machineIdProbe(),
  local: customFactsProbe(),
}

export const factKeys = Object.keys(factProbes) as readonly FactKey[]

/** The questions behind some facts (all by default), each once. */
export const factQuestions = (keys: Iterable<FactKey> = factKeys): readonly Question<unknown>[] => [
  ...new Map([...keys].flatMap((key) => factProbes[key].questions).map((question) => [question.id, question])).values(),
]

/** Facts that earlier runs have kept, as answers to the questions about them. */
export interface FactCache {
  /** What is kept of a host and not too old, by question id. */
  load(host: Host): Promise<ReadonlyMap<string, unknown>>
  /** Keeps answers. */
  save(host: Host, answers: ReadonlyMap<string, unknown>): Promise<void>
  /** Something was changed that these questions ask about. */
  forget(host: Host, questions: Iterable<string>): Promise<void>
}
