// S1: three hosts that are everything, on CentOS 7, with a virtual address in front of haproxy on each of them.
import { inventory } from 'tsplay'
import { cluster } from '../../playbooks/cluster.ts'

export default inventory(cluster, {
  vars: {
    user: 'root',
    os: { id: 'centos', version: '7' },
    api: { vip: '192.168.0.235', port: 8443, serverPort: 6443, balancer: 'haproxy' },
    keepalived: { interface: 'eth0', weight: -30 },
    servicesOff: ['dnsmasq'],
    // who runs the control plane; it has no password
    accounts: [{ name: 'k8s', comment: 'Kubernetes', groups: ['docker'], sudo: true }],
    sshKeys: { users: ['root', 'k8s'] },
    repositories: { epel: true },
    basePackages: { redhat: ['curl', 'jq', 'net-tools', 'psmisc', 'sysstat'] },
    timezone: 'Asia/Shanghai',
    hardwareClock: 'UTC',
    kernelModules: { k8s: ['br_netfilter'], ipvs: ['ip_vs'] },
    sysctlFile: '/etc/sysctl.d/kubernetes.conf',
    // Its documents also mount the control groups of cpu and cpuacct by hand, which fails where they are mounted. They always
    // are: systemd, of which all services here are units, does so before it starts anything.
    sysctl: {
      'vm.swappiness': 0,
      'vm.overcommit_memory': 1,
      'vm.panic_on_oom': 0,
      'fs.inotify.max_user_watches': 89_100,
    },
    docker: {
      from: 'archive',
      url: 'https://download.docker.com/linux/static/stable/x86_64/docker-18.03.1-ce.tgz',
      sha256: '0e245c42de8a21799ab11179a4fce43b494ce173a8a2d6567ea6825d6c5265aa',
      cgroupDriver: 'cgroupfs',
      registryMirrors: ['https://hub-mirror.c.163.com', 'https://docker.mirrors.ustc.edu.cn'],
      maxConcurrentDownloads: 20,
    },
    network: {
      hosts: '192.168.0.0/24',
      serviceCidr: '10.254.0.0/16',
      podCidr: '172.30.0.0/16',
      dns: '10.254.0.2',
      // from 8400 on, a service might claim the port of the balancer
      nodePorts: '8444-9000',
      clusterDomain: 'cluster.local.',
    },
    kubernetes: {
      version: '1.10.4',
      binDir: '/opt/k8s/bin',
      cfgDir: '/etc/kubernetes',
      pkiDir: '/etc/kubernetes/cert',
      logDir: '/var/log/kubernetes',
      logFolders: false,
      user: 'k8s',
      folders: [
        { path: '/etc/etcd/cert', mode: '0700', owner: 'k8s' },
        { path: '/etc/flanneld/cert', mode: '0750' },
        { path: '/var/lib/etcd', mode: '0700', owner: 'k8s' },
        { path: '/var/lib/kubelet' },
        { path: '/var/lib/kube-proxy' },
      ],
    },
    certificates: { ou: '4Paradigm', st: 'BeiJing', l: 'BeiJing' },
    etcd: {
      source: { type: 'package', names: ['etcd'] },
      dir: '/opt/k8s',
      dataDir: '/var/lib/etcd',
      token: 'etcd-cluster-0',
      enableV2: true,
    },
  },
  groups: {
    masters: {
      hosts: {
        test1: { address: '192.168.0.91', vipPriority: 120 },
        test2: { address: '192.168.0.92', vipPriority: 110 },
        // each has a priority of its own, or it is left to chance who is next
        test3: { address: '192.168.0.93', vipPriority: 100 },
      },
    },
    nodes: { children: ['masters'] },
    lb: { children: ['masters'] },
  },
})
