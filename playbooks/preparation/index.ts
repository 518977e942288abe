// preparation: the first plays of every system, from bare hosts to hosts that Kubernetes can be put on.
//
// One order for all: what a system does without, its inventory does not ask for.
import { type Play, play } from 'tsplay'
import type { Cluster, ClusterContext } from '../cluster.ts'
import { accounts, address, hostname, hostsFile, sshKeys } from './access.ts'
import { limits, time, zone } from './clock.ts'
import { layout, pathEnv } from './folders.ts'
import { cluster, type Group } from './groups.ts'
import { balancerSysctl, kernelModules, kernelUpgrade, reboot, sysctl } from './kernel.ts'
import { basePackages, nodePackages, repos } from './packages.ts'
import { preflight } from './preflight.ts'
import { firewallOff, selinuxOff, swapOff } from './quiet.ts'
import { containerRuntime, criDockerd, criDockerdKnown, forwardAccept } from './runtime.ts'
import { on, steps } from './step.ts'

export interface PreparationOptions {
  /** Hosts that run containers. Default: masters and nodes. */
  readonly containers?: readonly Group[]
  /** Shells on masters have an alias for etcdctl. Default: no, its certificates lie elsewhere than the role etcd's. */
  readonly etcdctl?: boolean
}

/** One after the other unless the inventory has more at a time, and none behind one that does not come back, or that was lost before. */
const rolling = {
  serial: ({ vars }: Pick<ClusterContext, 'vars'>) => vars.rebootSerial,
  maxFailPercentage: 0,
  requireAllHosts: true,
} as const

/** The plays of a system's preparation; each takes what its roles need from the inventory's variables. */
export const preparation = ({ containers = cluster, etcdctl = false }: PreparationOptions = {}): Play<Cluster>[] => [
  play({
    name: 'preflight',
    hosts: 'all',
    // nothing is changed on any host before all are fit
    anyErrorsFatal: true,
    tasks: steps(preflight(containers), on(cluster, criDockerdKnown)),
  }),
  play({
    name: 'prepare every host',
    hosts: 'all',
    tasks: steps(
      ...[address, hostname, hostsFile, repos, basePackages, accounts, sshKeys],
      ...[firewallOff, selinuxOff, swapOff, zone, limits, time],
    ),
  }),
  play({ name: 'kernels', hosts: [...cluster], ...rolling, tasks: steps(kernelUpgrade) }),
  play({
    name: 'prepare masters and nodes',
    hosts: 'all',
    tasks: steps(
      ...[nodePackages, kernelModules, sysctl, layout, pathEnv(etcdctl)].map((step) => on(cluster, step)),
      on(['lb'], balancerSysctl),
      ...[containerRuntime, forwardAccept].map((step) => on(containers, step)),
      on(cluster, criDockerd),
    ),
  }),
  play({ name: 'reboots', hosts: [...new Set([...cluster, ...containers])], ...rolling, tasks: steps(reboot) }),
]
