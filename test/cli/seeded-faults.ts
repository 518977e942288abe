// Faults that the documented inventories could have, most of which their documents do have. Data: what is wrong, and what is found.
import type { Documented, Replacements } from '../playbooks/documented-inventories.ts'

/** One fault. */
export interface SeededFault {
  readonly system: Documented
  /** What is wrong, with the id of the known bug where it is one. */
  readonly what: string
  readonly replacements: Replacements
  /** `error cidr-overlap`: level and rule of what is found. */
  readonly finding: string
  /** Text at whose line the finding points; none: it is about all hosts. Default: what was replaced first. */
  readonly at?: string | null
  /** What is found besides. */
  readonly also?: readonly string[]
}

type Rest = Pick<SeededFault, 'at' | 'also'> & { readonly and?: Replacements }

const of =
  (system: Documented) =>
  (what: string, text: string, instead: string, finding: string, { and = [], ...rest }: Rest = {}): SeededFault => ({
    ...{ system, what, finding, replacements: [[text, instead], ...and] },
    ...rest,
  })

const [s0, s1, s2, s3, s4k, s4b] = [of('s0'), of('s1'), of('s2'), of('s3'), of('s4k'), of('s4b')]

const line = (text: string): string => `${text},\n`

export const seededFaults: readonly SeededFault[] = [
  s0(
    'masters go through the balancer that they are behind (B13)',
    'ownOnMasters: true',
    'ownOnMasters: false',
    'warning balancer-loop',
  ),
  s0(
    'masters go to themselves, where nobody listens',
    'ownOnMasters: true',
    'ownOnMasters: true, serverPort: 7443',
    'error own-port',
  ),
  s0('pods among the services', "podCidr: '10.20.0.0/16'", "podCidr: '10.10.128.0/17'", 'error cidr-overlap'),
  s0('pods of both families', "'10.20.0.0/16'", "'10.20.0.0/16,fd01::/48'", 'error dual-stack'),
  s0('hosts among the pods', "podCidr: '10.20.0.0/16'", "podCidr: '192.168.0.0/16'", 'error cidr-hosts'),
  s0('DNS at the address of the API', "dns: '10.10.0.2'", "dns: '10.10.0.1'", 'error dns-address'),
  s0('node ports that hold those of etcd and kubelets', "'30000-50000'", "'2000-50000'", 'error node-ports'),
  s0(
    'two masters',
    line("        'k8s-master3': { address: '192.168.0.218', etcdName: 'etcd03' }"),
    '',
    'warning quorum',
    { at: null },
  ),
  s0('two members of etcd of one name', "etcdName: 'etcd03'", "etcdName: 'etcd01'", 'error etcd-name'),
  s0('docker as it comes', line("      version: '19.03.6'"), '', 'warning unpinned', { at: 'docker: {' }),
  s0('an address with a port', "address: '192.168.0.218'", "address: '192.168.0.218:22'", 'error host-address'),
  s0('a name where etcd wants an address', "'192.168.0.218'", "'k8s-master3.example.org'", 'error host-address'),

  s1('node ports that hold the port of haproxy (B28)', "'8444-9000'", "'8400-9000'", 'error node-ports'),
  s1('a weight that is less than the gap of priorities (B42)', 'weight: -30', 'weight: -5', 'error failover-weight'),
  s1('a weight that lifts a failing host up', 'weight: -30', 'weight: 30', 'error failover-weight'),
  s1('two equal priorities', 'vipPriority: 100', 'vipPriority: 110', 'warning failover-priority'),
  s1('a host to which nobody fails over (B42)', 'vipPriority: 100', 'vipPriority: 60', 'warning failover-reach'),
  s1('a virtual address among the services', "vip: '192.168.0.235'", "vip: '10.254.9.9'", 'error vip-network', {
    and: [[line("      hosts: '192.168.0.0/24'"), '']],
  }),
  s1(
    'one account twice',
    "groups: ['docker'], sudo: true }]",
    "groups: ['docker'] }, { name: 'k8s', sudo: true }]",
    'error account-twice',
  ),
  s1('an account that nobody makes', "user: 'k8s'", "user: 'kube'", 'warning account-missing'),
  s1('haproxy and the API server on one port', 'serverPort: 6443', 'serverPort: 8443', 'error shared-port'),
  s1("a host's address as the virtual one", "vip: '192.168.0.235'", "vip: '192.168.0.92'", 'error vip-host'),
  s1('no virtual address', "vip: '192.168.0.235'", "name: 'k8s.test'", 'error failover-address', { at: 'keepalived:' }),
  s1('nobody who moves it', line("    keepalived: { interface: 'eth0', weight: -30 }"), '', 'warning failover-unused', {
    at: 'vipPriority: 120',
  }),
  s1(
    'a bearer of it that runs no haproxy',
    "lb: { children: ['masters'] }",
    'lb: { hosts: { test1: {}, test2: {} } }',
    'error failover-port',
    { at: 'vipPriority: 100' },
  ),
  s1("host bits in the pods' network", "podCidr: '172.30.0.0/16'", "podCidr: '172.30.1.0/16'", 'error cidr-host-bits'),
  s1("host bits in the hosts' network", "hosts: '192.168.0.0/24'", "hosts: '192.168.0.91/24'", 'error cidr-host-bits'),
  s1('pods among the hosts', "podCidr: '172.30.0.0/16'", "podCidr: '192.168.0.128/25'", 'error cidr-overlap', {
    also: ['warning pod-size'],
  }),
  s1('a host of another network', "address: '192.168.0.93'", "address: '192.168.1.93'", 'error host-network'),
  s1('too few addresses for pods', "podCidr: '172.30.0.0/16'", "podCidr: '172.30.0.0/23'", 'warning pod-size'),
  s1('too many addresses for services', "'10.254.0.0/16'", "'10.0.0.0/8'", 'error service-size', {
    and: [["dns: '10.254.0.2'", "dns: '10.0.0.2'"]],
  }),

  s2('DNS that is no service', "dns: '10.96.0.10'", "dns: '10.254.0.10'", 'error dns-address'),
  s2('DNS at the address of the API', "dns: '10.96.0.10'", "dns: '10.96.0.1'", 'error dns-address'),
  s2(
    'a name of the API that leads to two addresses',
    'lb: { hosts: {',
    "lb: { vars: { extraHosts: [{ address: '10.10.10.200', names: ['lb.5179.top'] }] }, hosts: {",
    'error name-addresses',
  ),
  s2('kubelets that do not speak to docker', "version: '1.18.3'", "version: '1.24.0'", 'error runtime'),
  s2('a node with capital letters', "'centos7-d':", "'CentOS7-d':", 'error node-name'),
  s2('a node with an underscore', "'centos7-e':", "'centos7_e':", 'error node-name'),
  s2('one address for two hosts, with a zero before it', "'10.10.10.132'", "'010.10.10.131'", 'error host-address'),
  s2('an address that is read in two ways', "'10.10.10.132'", "'10.10.010.132'", 'error host-address'),
  s2(
    'a label with a blank',
    "address: '10.10.10.131', labels: { 'lb-type': 'nginx' }",
    "address: '10.10.10.131', labels: { 'lb type': 'nginx' }",
    'error node-label',
  ),
  s2('a web address for a name', "name: 'lb.5179.top'", "name: 'https://lb.5179.top:6443'", 'error api-name'),
  s2('pods among the services', "podCidr: '10.244.0.0/16'", "podCidr: '10.96.0.0/16'", 'error cidr-overlap'),
  s2("host bits in the services' network", "'10.96.0.0/12'", "'10.100.0.0/12'", 'error cidr-host-bits'),
  s2(
    'nginx and the API server on one port',
    "'centos7-nginx': { address: '10.10.10.127' }",
    "'centos7-a': {}",
    'error shared-port',
    { at: 'api: {' },
  ),

  s3(
    'no masters',
    "masters: {\n      hosts: {\n        'k8s-master01",
    "volume: {\n      hosts: {\n        'k8s-master01",
    'error no-masters',
    {
      at: null,
    },
  ),
  s3(
    'services of a family that pods are not of',
    "serviceCidr: '10.96.0.0/12'",
    "serviceCidr: '10.96.0.0/12,fd02::/112'",
    'error dual-stack',
  ),
  s3(
    'host bits in the second network of the pods (B58)',
    "'192.168.0.0/16'",
    "'192.168.0.0/16,fd01::1/48'",
    'error cidr-host-bits',
  ),
  s3("host bits in the pods' network (B58)", "'192.168.0.0/16'", "'192.168.0.0/12'", 'error cidr-host-bits'),
  s3('a weight that is less than the gap of priorities (B42)', 'weight: -30', 'weight: -5', 'error failover-weight'),
  s3(
    'the name of the API in a plan, and another in /etc/hosts (B59)',
    "balancer: 'haproxy' }",
    "balancer: 'haproxy', certificateHosts: ['k8s.example.local', '172.31.3.188', '172.31.3.101', '172.31.3.102', '172.31.3.103'] }",
    'error certificate-names',
  ),
  s3(
    'the name of the API at another address (B59)',
    "extraHosts: [{ address: '172.31.3.188', names: ['kubeapi', 'harbor.raymonds.cc'] }]",
    "extraHosts: [{ address: '172.31.3.189', names: ['kubeapi.raymonds.cc'] }]",
    'error name-addresses',
  ),
  s3(
    'the short name of a host at another address',
    "names: ['kubeapi', 'harbor.raymonds.cc']",
    "names: ['kubeapi', 'harbor.raymonds.cc', 'k8s-master01']",
    'error name-addresses',
  ),
  s3('kubelets that do not speak to docker', 'criDockerd: {', 'criDockerd: undefined && {', 'error runtime', {
    at: "version: '1.25.0'",
  }),
  s3(
    'a release of cri-dockerd whose package for this distribution nobody vouches for',
    "os: { id: 'rocky', version: '8' }",
    "os: { id: 'centos', version: '7' }",
    'error cri-dockerd',
    { at: 'source: {' },
  ),
  s3(
    'a mirror of a distribution that has none',
    "os: { id: 'rocky', version: '8' }",
    "os: { id: 'rhel', version: '8' }",
    'error distribution-mirror',
    { at: "distribution: 'https" },
  ),
  s3(
    'a package of cri-dockerd that may be anything',
    JSON.stringify('c'.repeat(64)),
    "'unverified'",
    'warning cri-dockerd',
  ),
  s3(
    'containerd, and what has kubelets speak to docker',
    'criDockerd: {',
    "containerRuntime: 'containerd', containerd: { version: '1.6.8' }, criDockerd: {",
    'error runtime',
  ),
  s0(
    'containerd, and settings of docker that nobody has',
    'docker: {',
    "containerRuntime: 'containerd', containerd: { version: '1.6.8' }, docker: {",
    'warning runtime',
  ),
  s4k(
    'two masters that are rebooted at a time',
    'rebootWhenRequired: true',
    "rebootWhenRequired: true, rebootSerial: '30%'",
    'warning reboot-quorum',
  ),
  s4k('containerd, and kubelets that are older than it', "version: '1.13.4'", "version: '1.9.11'", 'error runtime', {
    and: [['docker: {', "containerRuntime: 'containerd', containerd: { version: '1.6.8' }, docker: {"]],
    at: "containerRuntime: 'containerd'",
  }),
  s3('control groups by docker', "cgroupDriver: 'systemd'", "cgroupDriver: 'cgroupfs'", 'error cgroup-driver'),
  s3('control groups by chance', line("      cgroupDriver: 'systemd'"), '', 'error cgroup-driver', { at: 'docker: {' }),
  s3(
    'packages that their place does not have',
    "version: '1.25.0'",
    "version: '1.23.17'",
    'error kubernetes-repository',
    {
      at: 'kubernetes: {}',
      also: ['warning runtime'],
    },
  ),
  s3('another network in the files of the hosts', 'prefix: 21', 'prefix: 24', 'error host-prefix'),
  s3('a router that nobody reaches', "gateway: '172.31.0.2'", "gateway: '172.31.8.2'", 'error host-gateway'),
  s3('a router that is a host', "gateway: '172.31.0.2'", "gateway: '172.31.3.104'", 'error host-gateway'),
  s3('a router that is the virtual address', "gateway: '172.31.0.2'", "gateway: '172.31.3.188'", 'error host-gateway'),
  s3('a host of another network', "address: '172.31.3.110'", "address: '172.31.9.110'", 'error host-network'),
  s3('a virtual address of another network', "vip: '172.31.3.188'", "vip: '172.31.8.188'", 'error vip-network'),
  s3('a virtual address that is for all hosts', "vip: '172.31.3.188'", "vip: '172.31.7.255'", 'error vip-network'),
  s3(
    'a remark in the name of a kernel module (B18)',
    "'ip_vs_ftp', 'nf_conntrack']",
    "'ip_vs_ftp', 'nf_conntrack #kernel below 4.18: nf_conntrack_ipv4']",
    'error kernel-module',
    { also: ['warning sysctl-module'], at: 'ipvs: [' },
  ),
  s3(
    'bridges whose parameters the kernel does not have (B18)',
    'kernelModules: {\n',
    "kernelModules: { k8s: ['overlay'],\n",
    'warning sysctl-module',
  ),
  s3(
    'sockets that are to be reused without timestamps (B19)',
    "'net.ipv4.tcp_tw_reuse': 1",
    "'net.ipv4.tcp_tw_reuse': 1, 'net.ipv4.tcp_timestamps': 0",
    'warning sysctl-reuse',
    { at: 'sysctl: {' },
  ),
  s3('time from a group without hosts', "servers: 'lb'", "servers: 'volume'", 'error time-servers'),
  s3(
    'time from one another',
    "servers: 'lb'",
    "servers: 'lb', upstreams: ['172.31.3.105', 'ntp.aliyun.com']",
    'error time-loop',
  ),
  s3(
    'hosts in the domain of the services',
    "      dns: '10.96.0.10'",
    "      dns: '10.96.0.10', clusterDomain: 'example.local'",
    'warning cluster-domain',
  ),
  s3('files put in place one by one', "install: 'kubeadm'", "install: 'binaries'", 'error install'),

  s4k(
    'another virtual address for keepalived (B62)',
    "vip: '192.168.208.200'",
    "vip: '192.168.2.10'",
    'error vip-network',
  ),
  s4k(
    "the volume server's address as the virtual one",
    "vip: '192.168.208.200'",
    "vip: '192.168.208.195'",
    'error vip-host',
  ),
  s4k('a weight and priorities that never move it (B42)', 'weight: -30', 'weight: -2', 'error failover-weight', {
    and: [
      ['vipPriority: 240', 'vipPriority: 150'],
      ['vipPriority: 230', 'vipPriority: 150'],
    ],
    also: ['warning failover-priority'],
  }),
  s4k(
    'a certificate with an address of nobody, and not what is joined by (B61, B64)',
    "balancer: 'haproxy' }",
    "balancer: 'haproxy', certificateHosts: ['master.k8s.io', '192.168.208.200', '192.168.208.190', '192.168.208.193', '192.168.208.192'] }",
    'error certificate-names',
  ),
  s4k(
    'a master at two addresses (B64)',
    "names: ['ansible'] }]",
    "names: ['ansible'] }, { address: '192.168.208.193', names: ['k8s-master2'] }]",
    'error name-addresses',
  ),
  s4k(
    'a limit that no session can be given',
    "{ domain: '*', type: 'hard', item: 'nofile', value: '65536' }",
    "{ domain: '*', type: 'hard', item: 'nofile', value: '1024' }",
    'error limits',
    { at: 'limits: [' },
  ),
  s4k(
    'a limit that is no number',
    "type: 'soft', item: 'nofile', value: '65536'",
    "type: 'soft', item: 'nofile', value: '64k'",
    'error limits',
    { at: 'limits: [' },
  ),
  s4k(
    'more open files than the kernel gives',
    "type: 'hard', item: 'nofile', value: '65536'",
    "type: 'hard', item: 'nofile', value: 'unlimited'",
    'error limits',
    { at: 'limits: [' },
  ),
  s4k('time from a host that has it from there', 'time: {}', "time: { upstreams: ['k8s-master1'] }", 'error time-loop'),
  s4k('time from each host itself', 'time: {}', "time: { upstreams: ['127.0.0.1'] }", 'error time-loop'),
  s4k(
    'a certificate that pods do not trust',
    "balancer: 'haproxy' }",
    "balancer: 'haproxy', certificateHosts: ['k8s-vip', '192.168.208.200', '192.168.208.190', '192.168.208.191', '192.168.208.192'] }",
    'error certificate-names',
  ),
  s4k('docker as it comes', line("      version: '18.06.1'"), '', 'warning unpinned', { at: 'docker: {' }),
  s4k(
    'packages that their place does not have',
    line('        baseurl: `${aliyun}/kubernetes/yum/repos/kubernetes-el7-x86_64/`'),
    '',
    'error kubernetes-repository',
    { at: 'kubernetes: {\n' },
  ),
  s4k(
    'a distribution whose control groups kubelets and docker do not know',
    "os: { id: 'centos', version: '7' }",
    "os: { id: 'rocky', version: '9' }",
    'error control-groups',
    { at: "version: '1.13.4'" },
  ),

  s4b('nobody who bears the virtual address', ', vipPriority: 110', '', 'error failover-hosts', {
    and: [[', vipPriority: 100', '']],
    at: 'keepalived:',
  }),
  s4b('one who bears it alone', ', vipPriority: 100', '', 'warning failover-alone', { at: 'vipPriority: 110' }),
  s4b(
    'a distribution whose control groups kubelets and docker do not know',
    "os: { id: 'centos', version: '7' }",
    "os: { id: 'debian', version: '12' }",
    'error control-groups',
    { at: "version: '1.16.2'" },
  ),
  s4b('node ports that hold the port of the API', "'30000-33000'", "'6000-7000'", 'error node-ports'),
  s4b('node ports that hold the port of kubelets', "'30000-33000'", "'10000-10250'", 'error node-ports'),
  s4b('DNS that is no service', "dns: '10.96.0.2'", "dns: '10.112.0.2'", 'error dns-address'),
  s4b('no domain', "clusterDomain: 'cluster.local.'", "clusterDomain: 'cluster local'", 'error cluster-domain'),
  s4b('a virtual address among the pods', "vip: '192.168.208.200'", "vip: '10.244.9.9'", 'error vip-network', {
    and: [[line("      hosts: '192.168.208.0/24'"), '']],
  }),
]
