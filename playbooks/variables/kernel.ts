// Variables of the kernel of masters and nodes: which, its modules, its parameters.
import { z } from 'tsplay'
import { hostCount, packagesByFamily, sha256 } from './shapes.ts'

/** What container networks cannot do without. */
const sysctlDefaults = {
  'net.ipv4.ip_forward': 1,
  'net.bridge.bridge-nf-call-iptables': 1,
  'net.bridge.bridge-nf-call-ip6tables': 1,
}

export const kernelVars = {
  kernel: z
    .strictObject({
      minimum: z
        .string()
        .exactOptional()
        .describe('oldest kernel that will do, by `uname -r`: 4.19; newer ones are left alone'),
      package: z
        .string()
        .exactOptional()
        .describe("package to install; default: the distribution's own, kernel-ml on RHEL 7"),
      version: z.string().exactOptional().describe('its version; default: the newest'),
      also: z.array(z.string().min(1)).default([]).describe('packages installed together with it: kernel-ml-devel'),
      replaces: z
        .array(z.string().min(1))
        .default([])
        .describe("rpm packages removed before: kernel-tools, which kernel-ml's own conflict with"),
      release: z
        .string()
        .exactOptional()
        .describe('what `uname -r` is to print in the end; default: what package and version tell of it'),
      from: z
        .string()
        .exactOptional()
        .describe(
          'a release of apt (bookworm-backports, which is brought) or a yum repository by its id; default: what is enabled',
        ),
      mirror: z
        .url()
        .exactOptional()
        .describe('where that release of apt is to be had; default: where the host has its own from'),
      repository: z
        .object({ name: z.string().min(1), baseurl: z.url(), gpgkey: z.url(), fingerprint: z.string().min(1) })
        .exactOptional()
        .describe("a yum repository of kernels; default: an archive of elrepo's on RHEL 7"),
      files: z
        .array(z.object({ url: z.url(), sha256 }))
        .exactOptional()
        .describe('rpm packages as files with their checksums, instead of a repository'),
      args: z
        .array(z.string())
        .default([])
        .describe('arguments of the kernel that is brought; hosts whose own is new enough keep theirs'),
    })
    .optional()
    .describe('kernel of masters and nodes, upgraded host by host with a reboot; default: whatever runs'),
  rebootWhenRequired: z
    .boolean()
    .default(false)
    .describe(
      'reboot masters and nodes, one by one, that ask for it: after an upgrade, or when SELinux was turned off',
    ),
  rebootSerial: z
    .union([hostCount, z.array(hostCount).min(1)], {
      error: "expected a number of hosts, a share of them such as '20%', or a list of these",
    })
    .default(1)
    .describe(
      "how many hosts at a time get their kernel and are rebooted, masters first: 5, '20%', [1, 1, 1, 5]; the last of a list repeats",
    ),
  kernelModules: z
    .strictObject({
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
  sysctlFile: z
    .string()
    .regex(/^\/etc\/sysctl\.d\/[\w.-]+\.conf$/, {
      error: 'expected a file that is read at boot, such as /etc/sysctl.d/99-k8s.conf',
    })
    .default('/etc/sysctl.d/99-k8s.conf')
    .describe('their file, which holds nothing else'),
  balancerSysctl: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .default({})
    .describe('kernel parameters of the hosts of lb, in /etc/sysctl.d/haproxy.conf'),
  nodePackages: packagesByFamily(
    ['conntrack', 'ipset', 'iptables', 'ipvsadm', 'libseccomp2'],
    ['conntrack-tools', 'ipset', 'iptables', 'ipvsadm', 'libseccomp'],
  )
    .prefault({})
    .describe('packages that masters and nodes have besides, by family of distributions'),
}

function withoutNulls<Value>(values: Record<string, Value | null>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== null))
}
