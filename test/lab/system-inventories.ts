// The six documented inventories on a lab's hosts: their groups and variables, but for what a lab cannot have.
import path from 'node:path'
import { inventory, labConnection } from 'tsplay'
import s0 from '../../inventories/s0/hosts.ts'
import s1 from '../../inventories/s1/hosts.ts'
import s2 from '../../inventories/s2/hosts.ts'
import s3 from '../../inventories/s3/hosts.ts'
import s4b from '../../inventories/s4b/hosts.ts'
import s4k from '../../inventories/s4k/hosts.ts'
import { type ClusterInventory, cluster } from '../../playbooks/cluster.ts'
import { hostsOf, type System, subnet, systemsLab, virtualAddressOf } from './system-hosts.ts'
import { criDockerdFile, criDockerdPlace, repositories } from './system-mirror.ts'

export const documented: Readonly<Record<System, ClusterInventory>> = { s0, s1, s2, s3, s4k, s4b } as never

type Vars = ClusterInventory['vars']

/** What the test has made. */
export interface Made {
  /** Where the private key of this machine is to lie. */
  readonly controlKey: string
  /** Checksum of the archive that hosts of S1 have in /srv/docker.tgz. */
  readonly archive: string
  /** And of cri-dockerd's release, where hosts of S3 find it. */
  readonly criDockerd: string
}

/** The inventory of a system. */
export function systemOnLab(system: System, made: Made) {
  const { vars, groups } = documented[system]
  return inventory(cluster, {
    vars: { ...labVars(system, vars, made), ...labConnection(systemsLab.name) } as never,
    groups: labGroups(system, groups) as never,
  })
}

function labVars(system: System, documentedVars: Vars, { controlKey, archive, criDockerd }: Made): object {
  // addresses of the documents are those of the lab wherever they stand
  const vip = documentedVars.api.vip
  const network = documentedVars.network?.hosts
  const { os: _, ...vars } = JSON.parse(JSON.stringify(documentedVars), (_, value) =>
    value === vip ? virtualAddressOf(system) : value === network ? subnet : value,
  ) as Vars
  return {
    ...vars,
    // hosts of both families, which say themselves what they are; their packages come from the lab's mirror
    ...(vars.repositories && { repositories: mirrored(Object.keys(vars.repositories)) }),
    // hosts share the machine's board, clock and kernel, with its modules and its swap
    preflight: { distinct: ['hostname', 'machineId', 'macs'] },
    liveSwapOff: false,
    kernelModules: { ...vars.kernelModules, required: false },
    // what documents have on one family only is shown on both
    ...(vars.locale && { locale: { debian: vars.locale.debian, redhat: vars.locale.debian } }),
    ...(vars.time && { time: { ...vars.time, setsClock: false, upstreams: ['127.0.0.1'] } }),
    // whichever kernel runs is new enough; it keeps its arguments, which no boot loader here could change
    ...(vars.kernel && { kernel: { ...vars.kernel, minimum: '3.10' } }),
    ...(vars.sysctl && { sysctl: { ...vars.sysctl, ...notOfHosts } }),
    ...(vars.limits && { limits: vars.limits.map((each) => ({ ...each, value: lower[each.item] ?? each.value })) }),
    ...(vars.sshKeys && { sshKeys: { ...vars.sshKeys, controlKey } }),
    ...(vars.staticNetwork && {
      staticNetwork: { ...vars.staticNetwork, prefix: 26, gateway: '10.116.0.1', interface: 'eth0' },
    }),
    ...(vars.criDockerd && {
      criDockerd: {
        ...vars.criDockerd,
        source: {
          ...{ release: '0.2.5', mirror: criDockerdPlace },
          sha256: { [path.basename(criDockerdFile)]: criDockerd },
        },
      },
    }),
    ...(vars.docker?.from === 'archive' && {
      docker: { ...vars.docker, url: 'file:///srv/docker.tgz', sha256: archive },
    }),
  }
}

const mirrored = (names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, repositories[name as keyof typeof repositories]]))

/** Kernel parameters that no host of a lab can have. */
const notOfHosts = {
  // the machine's, although they are called the network's
  ...{ 'net.netfilter.nf_conntrack_max': null, 'net.core.rmem_max': null, 'net.core.wmem_max': null },
  // a file in a host, in which a shorter number that is set at boot leaves the end of the longer one
  'fs.file-max': null,
}

/** Not every machine may raise limits, its hosts neither. */
const lower: Readonly<Record<string, string>> = { nofile: '16384', nproc: '4096', memlock: '4096' }

/** A distribution's mirror is one family's: hosts of the other keep the places that they came with, and no rpm is in their way. */
function familyVars(system: System, image: string): object {
  const { repositories = {}, kernel } = documented[system].vars
  if (image !== 'debian') return {}
  const names = Object.keys(repositories)
  return {
    ...(names.includes('distribution') && { repositories: mirrored(names.filter((name) => name !== 'distribution')) }),
    ...(kernel && { kernel: { minimum: '3.10', args: kernel.args ?? [] } }),
  }
}

/** Groups with those hosts that the lab has, and with whoever stands for a group that has none left. */
function labGroups(system: System, groups: ClusterInventory['groups']): object {
  const hosts = hostsOf(system)
  return Object.fromEntries(
    Object.entries(groups ?? {}).map(([name, group]) => [
      name,
      {
        ...group,
        hosts: Object.fromEntries(
          hosts.flatMap((host) => {
            const own = (group?.hosts as Record<string, object> | undefined)?.[host.name]
            if (own) return [[host.name, { ...own, address: host.address, ...familyVars(system, host.image) }]]
            return host.also.includes(name) ? [[host.name, {}]] : []
          }),
        ),
      },
    ]),
  )
}
