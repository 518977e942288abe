// The site: which groups of hosts there are and which variables they have, each with its default. Knows no host.
import { site, z } from 'tsplay'
import { etcdVars } from './roles/etcd/vars.ts'

const ipAddress = z.union([z.ipv4(), z.ipv6()], { error: 'expected an IP address' })
const absolutePath = z.string().startsWith('/', { error: 'expected an absolute path' })
const packages = z.array(z.string().min(1))

/** Kernel parameters of a Kubernetes host. What reacts to a soft lockup with a panic is left to the inventory. */
const sysctlDefaults = {
  'net.ipv4.ip_forward': 1,
  'net.bridge.bridge-nf-call-iptables': 1,
  'net.bridge.bridge-nf-call-ip6tables': 1,
  'net.ipv4.tcp_slow_start_after_idle': 0,
  'net.ipv4.tcp_max_syn_backlog': 8096,
  'net.ipv4.tcp_rmem': '4096 12582912 16777216',
  'net.ipv4.tcp_wmem': '4096 12582912 16777216',
  'net.core.rmem_max': 16_777_216,
  'net.core.wmem_max': 16_777_216,
  'net.core.somaxconn': 32_768,
  'net.core.netdev_max_backlog': 16_384,
  'fs.file-max': 2_097_152,
  'fs.inotify.max_user_watches': 524_288,
  'fs.inotify.max_user_instances': 8192,
  'fs.inotify.max_queued_events': 16_384,
  'fs.may_detach_mounts': 1,
  'vm.max_map_count': 262_144,
  'vm.swappiness': 0,
  'vm.overcommit_memory': 1,
  'vm.panic_on_oom': 0,
}

const limitsDefaults = [
  { domain: '*', type: 'soft' as const, item: 'nofile', value: '65536' },
  { domain: '*', type: 'hard' as const, item: 'nofile', value: '131072' },
  { domain: '*', type: 'soft' as const, item: 'nproc', value: '65535' },
  { domain: '*', type: 'hard' as const, item: 'nproc', value: '655350' },
  { domain: '*', type: 'soft' as const, item: 'memlock', value: 'unlimited' },
  { domain: '*', type: 'hard' as const, item: 'memlock', value: 'unlimited' },
]

const vars = z.object({
  api: z
    .object({
      name: z.string().min(1).describe('DNS name under which every host reaches the API servers'),
      vip: ipAddress.optional().describe('virtual address of the load balancers, where they share one'),
      port: z.int().min(1).max(65535).default(6443).describe('port of the load balancer and of each API server'),
    })
    .describe('the API endpoint: the load balancer in front of the masters'),
  family: z
    .enum(['debian', 'redhat'])
    .default('debian')
    .describe('distributions that name packages alike; said here, so that no host need be asked before all is checked'),
  timezone: z.string().default('Asia/Shanghai').describe('time zone of every host, a name of the tz database'),
  extraHosts: z
    .array(z.object({ address: ipAddress, names: z.array(z.string().min(1)).min(1) }))
    .default([])
    .describe('lines of /etc/hosts beyond the hosts of the inventory'),
  basePackages: z
    .object({
      debian: packages.default([
        'conntrack',
        'curl',
        'ipset',
        'iptables',
        'ipvsadm',
        'jq',
        'libseccomp2',
        'psmisc',
        'sysstat',
        'tzdata',
      ]),
      redhat: packages.default([
        'conntrack-tools',
        'curl',
        'ipset',
        'iptables',
        'ipvsadm',
        'jq',
        'libseccomp',
        'psmisc',
        'sysstat',
        'tzdata',
      ]),
    })
    .prefault({})
    .describe('packages that every host has, by family of distributions'),
  liveSwapOff: z
    .boolean()
    .default(true)
    .describe('turn off swap that is in use, too; false where hosts share their kernel with others'),
  limits: z
    .array(
      z.object({
        domain: z.string().regex(/^\S+$/),
        type: z.enum(['soft', 'hard', '-']),
        item: z.string().regex(/^\S+$/),
        value: z.string().regex(/^\S+$/),
      }),
    )
    .default(limitsDefaults)
    .describe('limits of login sessions, as in limits.conf(5)'),
  kernel: z
    .object({
      minimum: z
        .string()
        .exactOptional()
        .describe('oldest kernel that will do, by `uname -r`: 4.19; newer ones are left alone'),
      package: z
        .string()
        .exactOptional()
        .describe("package to install; default: the distribution's own, kernel-ml on RHEL 7"),
      version: z.string().exactOptional().describe('its version; default: the newest'),
      args: z.array(z.string()).default([]).describe('arguments that the kernel gets'),
    })
    .optional()
    .describe('kernel of masters and nodes, upgraded host by host with a reboot; default: whatever runs'),
  rebootWhenRequired: z
    .boolean()
    .default(false)
    .describe(
      'reboot masters and nodes, one by one, that ask for it: after an upgrade, or when SELinux was turned off',
    ),
  kernelModules: z
    .object({
      k8s: z.array(z.string()).default(['br_netfilter', 'overlay']).describe('what container networks and images need'),
      ipvs: z
        .array(z.string())
        .default(['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh', 'nf_conntrack'])
        .describe('what kube-proxy needs in ipvs mode'),
      required: z.boolean().default(true).describe('false: modules that the kernel does not have are left out'),
    })
    .prefault({})
    .describe('kernel modules of masters and nodes, loaded now and at boot'),
  sysctl: z
    .record(z.string(), z.union([z.string(), z.number(), z.null()]))
    .default({})
    .transform((own) => withoutNulls({ ...sysctlDefaults, ...own }))
    .describe('kernel parameters of masters and nodes, over the defaults; null leaves a parameter alone'),
  network: z
    .object({
      serviceCidr: z
        .union([z.cidrv4(), z.cidrv6()], { error: 'expected a network, such as 10.96.0.0/12' })
        .default('10.96.0.0/12')
        .describe('network of the services; its first address is that of the API'),
      podCidr: z
        .union([z.cidrv4(), z.cidrv6()], { error: 'expected a network, such as 10.244.0.0/16' })
        .default('10.244.0.0/16')
        .describe('network of the pods'),
      dns: ipAddress.optional().describe("address of the cluster's DNS service; default: the tenth of the services'"),
      nodePorts: z
        .string()
        .regex(/^\d+-\d+$/, { error: "expected a range of ports, such as '30000-32767'" })
        .default('30000-32767')
        .describe('ports of every node that services may have'),
      clusterDomain: z.string().min(1).default('cluster.local').describe('domain of the services'),
    })
    .prefault({})
    .describe('networks inside of the cluster'),
  kubernetes: z
    .object({
      version: z
        .string()
        .regex(/^1\.\d+\.\d+$/, { error: 'expected a version, such as 1.18.3' })
        .default('1.18.3')
        .describe('version, which decides what some files look like'),
      binDir: absolutePath.default('/opt/kubernetes/bin').describe('programs'),
      cfgDir: absolutePath.default('/opt/kubernetes/cfg').describe('configuration of the components'),
      pkiDir: absolutePath.default('/opt/kubernetes/ssl').describe('certificates and keys'),
      logDir: absolutePath.default('/opt/kubernetes/logs').describe('logs, a folder for each component'),
    })
    .prefault({})
    .describe('where Kubernetes lies on masters and nodes'),
  certificates: z
    .object({
      o: z.string().default('k8s').describe('organisation'),
      ou: z.string().default('System').describe('organisational unit'),
      c: z.string().length(2).default('CN').describe('country, two letters'),
      st: z.string().default('Beijing').describe('state or province'),
      l: z.string().default('Beijing').describe('locality'),
    })
    .prefault({})
    .describe('what the subjects of all certificates have in common'),
  etcd: etcdVars.prefault({}).describe('the etcd cluster on the masters'),
})

/** Clusters of masters, nodes, a load balancer, image registries and a volume server. */
export const cluster = site({
  vars,
  groups: {
    masters: z.object({
      etcdName: z
        .string()
        .regex(/^[\w.-]+$/)
        .optional()
        .describe("name of the host's etcd member; default: the host's name"),
    }),
    nodes: z.object({
      labels: z.record(z.string(), z.string()).default({}).describe('labels of the Kubernetes node'),
    }),
    lb: z.object({}),
    harbor: z.object({}),
    volume: z.object({}),
  },
})

function withoutNulls<Value>(values: Record<string, Value | null>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== null))
}
