// S2: three masters that run pods and two nodes, on CentOS 7 behind one nginx.
import { inventory } from 'tsplay'
import { type ClusterInventory, cluster } from '../../playbooks/cluster.ts'

export const vars = {
  user: 'root',
  os: { id: 'centos', version: '7' },
  api: { name: 'lb.5179.top', port: 6443 },
  // sites of the cluster, whose front is the balancer, too
  extraHosts: [{ address: '10.10.10.127', names: ['ng.5179.top'] }],
  // nginx and its stream module are EPEL's; the distribution has ended, and mirrors have what is for it in their archives:
  //   distribution: { mirror: 'https://vault.centos.org', release: '7.9.2009' },
  repositories: { epel: 'https://mirrors.aliyun.com/epel-archive', docker: 'https://mirrors.aliyun.com/docker-ce' },
  basePackages: { redhat: ['curl', 'device-mapper-persistent-data', 'jq', 'lvm2', 'psmisc', 'yum-utils'] },
  kernelModules: { ipvs: [] },
  // its documents also have hosts panic at a soft lockup, which virtual machines have whenever their machine is busy
  sysctl: {
    'net.ipv4.tcp_slow_start_after_idle': 0,
    'net.ipv4.tcp_max_syn_backlog': 8096,
    'net.ipv4.tcp_rmem': '4096 12582912 16777216',
    'net.ipv4.tcp_wmem': '4096 12582912 16777216',
    'net.core.rmem_max': 16_777_216,
    'net.core.wmem_max': 16_777_216,
    'net.core.somaxconn': 32_768,
    'net.core.netdev_max_backlog': 16_384,
    'kernel.softlockup_all_cpu_backtrace': 1,
    'fs.file-max': 2_097_152,
    'fs.inotify.max_user_watches': 524_288,
    'fs.inotify.max_user_instances': 8192,
    'fs.inotify.max_queued_events': 16_384,
    'fs.may_detach_mounts': 1,
    'vm.max_map_count': 262_144,
    'vm.swappiness': 0,
    'vm.overcommit_memory': 1,
    'vm.panic_on_oom': 0,
  },
  docker: {
    from: 'package',
    version: '19.03.11',
    cgroupDriver: 'cgroupfs',
    registryMirrors: ['https://ajpb7tdn.mirror.aliyuncs.com'],
    logs: { maxSize: '100m', maxFiles: 5 },
  },
  network: {
    serviceCidr: '10.96.0.0/12',
    podCidr: '10.244.0.0/16',
    dns: '10.96.0.10',
    nodePorts: '30000-50000',
  },
  kubernetes: { version: '1.18.3' },
  etcd: {
    // The release that the site was built with is 3.4.9:
    //   source: { type: 'url', url: 'https://github.com/etcd-io/etcd/releases/download/v3.4.9/etcd-v3.4.9-linux-amd64.tar.gz', sha256: '…' }
    // Its checksum stands in the release's SHA256SUMS; take it from there before you switch.
    source: { type: 'package', names: ['etcd'] },
    enableV2: true,
  },
} satisfies ClusterInventory['vars']

export const groups = {
  masters: {
    hosts: {
      'centos7-a': { address: '10.10.10.128', etcdName: 'etcd01' },
      'centos7-b': { address: '10.10.10.129', etcdName: 'etcd02' },
      'centos7-c': { address: '10.10.10.130', etcdName: 'etcd03' },
    },
  },
  nodes: {
    hosts: {
      'centos7-d': { address: '10.10.10.131', labels: { 'lb-type': 'nginx' } },
      'centos7-e': { address: '10.10.10.132', labels: { 'lb-type': 'nginx' } },
    },
  },
  lb: { hosts: { 'centos7-nginx': { address: '10.10.10.127' } } },
} satisfies ClusterInventory['groups']

export default inventory(cluster, { vars, groups })
