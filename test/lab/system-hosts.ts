// The hosts on which the six documented systems are prepared: which of each inventory's hosts a lab has, and what they are there.
import type { LabImage, LabSpec } from '../../engine/lab/lab.ts'

export const systems = ['s0', 's1', 's2', 's3', 's4k', 's4b'] as const

export type System = (typeof systems)[number]

/** A host of a documented inventory, as the lab has it. */
export interface SystemHost {
  /** Name in the inventory. The lab's own is another one, which the role `hostname` replaces. */
  readonly name: string
  readonly labName: string
  readonly address: string
  readonly image: LabImage
  /** Groups that it stands for besides its own, whose hosts the lab does not have. */
  readonly also: readonly string[]
}

/** Outside of every network that an inventory has for its services and pods. */
export const subnet = '10.116.0.0/26'

/** Two hosts of each system, the first of the RHEL family; together they are in every group that their inventory has. */
const chosen: Readonly<Record<System, readonly (readonly [name: string, image: LabImage, ...also: string[]])[]>> = {
  s0: [
    ['k8s-master1', 'dnf'],
    ['k8s-master2', 'debian'],
  ],
  s1: [
    ['test1', 'dnf'],
    ['test2', 'debian'],
  ],
  s2: [
    ['centos7-a', 'dnf', 'nodes'],
    ['centos7-nginx', 'debian'],
  ],
  s3: [
    ['k8s-master01.example.local', 'dnf', 'nodes'],
    ['k8s-ha01.example.local', 'debian', 'harbor'],
  ],
  s4k: [
    ['k8s-master1', 'dnf'],
    ['k8s-worker1', 'dnf', 'volume'],
  ],
  s4b: [
    ['k8s-master1', 'dnf'],
    ['k8s-worker1', 'debian', 'volume'],
  ],
}

export const hostsOf = (system: System): readonly SystemHost[] =>
  chosen[system].map(([name, image, ...also], index) => ({
    ...{ name, image, also },
    labName: `${system}-${index + 1}`,
    address: addressOf(system, index),
  }))

/** The virtual address of a system's API, where it has one: no host's. */
export const virtualAddressOf = (system: System): string => addressOf(system, 8)

const addressOf = (system: System, index: number): string => `10.116.0.${10 * systems.indexOf(system) + index + 2}`

/** One lab for all of them. Hosts have iptables, as those of the RHEL family do. */
export const systemsLab: LabSpec = {
  ...{ name: 'systems', subnet, packages: ['iptables'] },
  hosts: systems.flatMap(hostsOf).map(({ labName: name, address, image }) => ({ name, address, image })),
}
