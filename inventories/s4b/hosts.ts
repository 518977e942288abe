// S4B: three masters that run no pods and four nodes on CentOS 7, a virtual address straight onto two of the API servers, and a
// volume server.
import { inventory } from 'tsplay'
import { cluster } from '../../playbooks/cluster.ts'

export default inventory(cluster, {
  vars: {
    user: 'root',
    os: { id: 'centos', version: '7' },
    api: { vip: '192.168.208.200', port: 6443 },
    keepalived: { interface: 'eth0', weight: -30 },
    sshKeys: {},
    // jq is EPEL's on CentOS 7; mirrors have that in their archives, as it has ended
    repositories: { epel: 'https://mirrors.aliyun.com/epel-archive', docker: 'https://mirrors.aliyun.com/docker-ce' },
    basePackages: { redhat: ['curl', 'jq', 'psmisc', 'sysstat', 'wget'] },
    time: {},
    kernelModules: { k8s: ['br_netfilter'], ipvs: ['ip_vs_rr'] },
    sysctlFile: '/etc/sysctl.d/kubernetes.conf',
    sysctl: {
      'net.bridge.bridge-nf-call-arptables': 1,
      'vm.swappiness': 0,
      'vm.overcommit_memory': 1,
      'vm.panic_on_oom': 0,
      'fs.inotify.max_user_watches': 89_100,
    },
    docker: {
      from: 'package',
      version: '18.06.1',
      cgroupDriver: 'cgroupfs',
      registryMirrors: ['https://hdi5v8p1.mirror.aliyuncs.com'],
    },
    network: {
      hosts: '192.168.208.0/24',
      serviceCidr: '10.96.0.0/12',
      podCidr: '10.244.0.0/16',
      dns: '10.96.0.2',
      nodePorts: '30000-33000',
      clusterDomain: 'cluster.local.',
    },
    kubernetes: {
      version: '1.16.2',
      binDir: '/usr/local/bin',
      cfgDir: '/etc/kubernetes',
      pkiDir: '/etc/kubernetes/pki',
      logDir: '/var/log/kubernetes',
      logFolders: false,
      folders: [{ path: '/etc/kubernetes/addons' }, { path: '/var/lib/kubelet' }, { path: '/var/lib/kube-proxy' }],
    },
    certificates: { ou: 'seven', st: 'BeiJing', l: 'BeiJing' },
    etcd: {
      source: { type: 'package', names: ['etcd'] },
      dataDir: '/var/lib/etcd',
      token: 'etcd-cluster-0',
    },
  },
  groups: {
    masters: {
      hosts: {
        'k8s-master1': { address: '192.168.208.191', vipPriority: 110 },
        'k8s-master2': { address: '192.168.208.192', vipPriority: 100 },
        // does not bear the address
        'k8s-master3': { address: '192.168.208.193' },
      },
    },
    nodes: {
      hosts: {
        'k8s-worker1': { address: '192.168.208.201' },
        'k8s-worker2': { address: '192.168.208.202' },
        'k8s-worker3': { address: '192.168.208.203' },
        'k8s-worker4': { address: '192.168.208.204' },
      },
    },
    volume: { hosts: { volume: { address: '192.168.208.195' } } },
  },
})
