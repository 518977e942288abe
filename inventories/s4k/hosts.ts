// S4K: kubeadm's three masters and four nodes on CentOS 7, with a virtual address in front of haproxy on each master, and a
// volume server.
import { inventory } from 'tsplay'
import { cluster } from '../../playbooks/cluster.ts'

const aliyun = 'https://mirrors.aliyun.com'

export default inventory(cluster, {
  vars: {
    user: 'root',
    os: { id: 'centos', version: '7' },
    api: { name: 'k8s-vip', vip: '192.168.208.200', port: 16443, serverPort: 6443, balancer: 'haproxy' },
    keepalived: { interface: 'ens192', weight: -30 },
    extraHosts: [{ address: '192.168.208.199', names: ['ansible'] }],
    repositories: {
      // where mirrors have its seventh release, as it has ended
      epel: `${aliyun}/epel-archive`,
      docker: `${aliyun}/docker-ce`,
      kubernetes: {
        baseurl: `${aliyun}/kubernetes/yum/repos/kubernetes-el7-x86_64/`,
        gpgkey: [`${aliyun}/kubernetes/yum/doc/yum-key.gpg`, `${aliyun}/kubernetes/yum/doc/rpm-package-key.gpg`],
        repoGpgcheck: true,
      },
    },
    basePackages: {
      redhat: [
        ...['curl', 'device-mapper-persistent-data', 'libtool-ltdl', 'lrzsz', 'lvm2', 'mtr', 'net-tools', 'psmisc'],
        ...['vim', 'wget', 'yum-utils'],
      ],
    },
    nodePackages: { redhat: ['conntrack-tools', 'libseccomp'] },
    // chrony, and no ntpdate beside it, which its documents install as well: one daemon keeps a clock
    time: {},
    limits: [
      { domain: '*', type: 'soft', item: 'nofile', value: '65536' },
      { domain: '*', type: 'hard', item: 'nofile', value: '65536' },
      { domain: '*', type: 'soft', item: 'nproc', value: '65536' },
      { domain: '*', type: 'hard', item: 'nproc', value: '65536' },
      { domain: '*', type: 'soft', item: 'memlock', value: 'unlimited' },
      { domain: '*', type: 'hard', item: 'memlock', value: 'unlimited' },
    ],
    kernelModules: { k8s: ['br_netfilter'], ipvs: [] },
    sysctl: { 'vm.swappiness': 0 },
    sysctlFile: '/etc/sysctl.d/k8s.conf',
    rebootWhenRequired: true,
    docker: {
      from: 'package',
      // its documents leave it open, and end with two releases side by side
      version: '18.06.1',
      cgroupDriver: 'cgroupfs',
      registryMirrors: ['http://f1361db2.m.daocloud.io'],
    },
    network: {
      hosts: '192.168.208.0/24',
      serviceCidr: '10.10.0.0/16',
      podCidr: '10.20.0.0/16',
      dns: '10.10.0.10',
    },
    kubernetes: { version: '1.13.4', install: 'kubeadm', pkiDir: '/etc/kubernetes/pki', cfgDir: '/etc/kubernetes' },
  },
  groups: {
    masters: {
      hosts: {
        'k8s-master1': { address: '192.168.208.190', vipPriority: 250 },
        // no two alike, and near enough to one another that a failing check is felt
        'k8s-master2': { address: '192.168.208.191', vipPriority: 240 },
        'k8s-master3': { address: '192.168.208.192', vipPriority: 230 },
      },
      // its documents' masters have 1 processor and 2 GB: kubeadm is told to let that pass
      vars: { minimum: { cpus: 1, memoryMb: 1700 } },
    },
    nodes: {
      hosts: {
        'k8s-worker1': { address: '192.168.208.201' },
        'k8s-worker2': { address: '192.168.208.202' },
        'k8s-worker3': { address: '192.168.208.203' },
        'k8s-worker4': { address: '192.168.208.204' },
      },
    },
    lb: { children: ['masters'] },
    volume: { hosts: { volume: { address: '192.168.208.195' } } },
  },
})
