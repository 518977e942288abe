// What the documents of each system say about prepared hosts, as they say it. Knows no inventory.
import type { Documented } from './documented-inventories.ts'

/** Kernel parameters, one a line, and their file; what the inventory leaves out is wrong in the documents, or of other kernels. */
export const documentedSysctl: Readonly<Record<Documented, { file: string; lines: string; left?: readonly string[] }>> =
  {
    s0: {
      file: '/etc/sysctl.d/k8s.conf',
      lines: `net.bridge.bridge-nf-call-ip6tables = 1
net.bridge.bridge-nf-call-iptables = 1
net.ipv4.ip_forward = 1`,
    },
    s1: {
      file: '/etc/sysctl.d/kubernetes.conf',
      lines: `net.bridge.bridge-nf-call-iptables=1
net.bridge.bridge-nf-call-ip6tables=1
net.ipv4.ip_forward=1
vm.swappiness=0
vm.overcommit_memory=1
vm.panic_on_oom=0
fs.inotify.max_user_watches=89100`,
    },
    s2: {
      file: '/etc/sysctl.d/99-k8s.conf',
      lines: `net.ipv4.ip_forward=1
net.ipv4.tcp_slow_start_after_idle=0
net.core.rmem_max=16777216
fs.inotify.max_user_watches=524288
kernel.softlockup_all_cpu_backtrace=1
kernel.softlockup_panic=1
fs.file-max=2097152
fs.inotify.max_user_instances=8192
fs.inotify.max_queued_events=16384
vm.max_map_count=262144
vm.swappiness=0
vm.overcommit_memory=1
vm.panic_on_oom=0
fs.may_detach_mounts=1
net.core.netdev_max_backlog=16384
net.ipv4.tcp_wmem=4096 12582912 16777216
net.core.wmem_max=16777216
net.core.somaxconn=32768
net.ipv4.ip_forward=1
net.ipv4.tcp_max_syn_backlog=8096
net.bridge.bridge-nf-call-iptables=1
net.bridge.bridge-nf-call-ip6tables=1
net.ipv4.tcp_rmem=4096 12582912 16777216`,
      left: ['kernel.softlockup_panic'],
    },
    s3: {
      file: '/etc/sysctl.d/k8s.conf',
      lines: `net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
fs.may_detach_mounts = 1
vm.overcommit_memory=1
vm.panic_on_oom=0
fs.inotify.max_user_watches=89100
fs.file-max=52706963
fs.nr_open=52706963
net.netfilter.nf_conntrack_max=2310720
net.ipv4.tcp_keepalive_time = 600
net.ipv4.tcp_keepalive_probes = 3
net.ipv4.tcp_keepalive_intvl =15
net.ipv4.tcp_max_tw_buckets = 36000
net.ipv4.tcp_tw_reuse = 1
net.ipv4.tcp_max_orphans = 327680
net.ipv4.tcp_orphan_retries = 3
net.ipv4.tcp_syncookies = 1
net.ipv4.tcp_max_syn_backlog = 16384
net.ipv4.ip_conntrack_max = 65536
net.ipv4.tcp_timestamps = 0
net.core.somaxconn = 16384`,
      left: ['fs.may_detach_mounts', 'net.ipv4.ip_conntrack_max', 'net.ipv4.tcp_timestamps'],
    },
    s4k: {
      file: '/etc/sysctl.d/k8s.conf',
      lines: `net.bridge.bridge-nf-call-ip6tables = 1
net.bridge.bridge-nf-call-iptables = 1
net.ipv4.ip_forward = 1
vm.swappiness = 0`,
    },
    s4b: {
      file: '/etc/sysctl.d/kubernetes.conf',
      lines: `net.bridge.bridge-nf-call-iptables=1
net.bridge.bridge-nf-call-ip6tables=1
net.bridge.bridge-nf-call-arptables=1
net.ipv4.ip_forward=1
vm.swappiness=0
vm.overcommit_memory=1
vm.panic_on_oom=0
fs.inotify.max_user_watches=89100`,
    },
  }

/** Kernel modules. */
export const documentedModules: Readonly<Record<Documented, string>> = {
  s0: 'br_netfilter',
  s1: 'br_netfilter ip_vs',
  // its parameters need it, and nothing loads it
  s2: 'br_netfilter',
  s3: `br_netfilter ip_vs ip_vs_lc ip_vs_wlc ip_vs_rr ip_vs_wrr ip_vs_lblc ip_vs_lblcr ip_vs_dh ip_vs_sh ip_vs_fo ip_vs_nq
ip_vs_sed ip_vs_ftp nf_conntrack nf_conntrack_ipv4 ip_tables ip_set xt_set ipt_set ipt_rpfilter ipt_REJECT ipip`,
  s4k: 'br_netfilter',
  s4b: 'br_netfilter ip_vs_rr',
}

/** Packages of every host, and those that only masters and nodes get, by the names of the RHEL family. */
export const documentedPackages: Readonly<Record<Documented, readonly [everywhere: string, nodes: string]>> = {
  s0: [
    'nfs-utils curl yum-utils device-mapper-persistent-data lvm2 net-tools wget vim libtool-ltdl telnet jq',
    'conntrack-tools libseccomp',
  ],
  s1: ['jq sysstat curl psmisc net-tools', 'conntrack-tools ipvsadm ipset iptables libseccomp'],
  s2: ['yum-utils device-mapper-persistent-data lvm2', ''],
  s3: [
    'vim tree lrzsz wget jq psmisc net-tools telnet yum-utils device-mapper-persistent-data lvm2 git rsync',
    'ipvsadm ipset sysstat conntrack-tools libseccomp',
  ],
  s4k: [
    'wget vim curl mtr yum-utils device-mapper-persistent-data lvm2 lrzsz net-tools libtool-ltdl',
    'conntrack-tools libseccomp',
  ],
  s4b: ['jq sysstat curl wget', 'conntrack-tools ipvsadm ipset iptables libseccomp'],
}

const groups = (driver: string) => ({ 'exec-opts': [`native.cgroupdriver=${driver}`] })

/** daemon.json, with who makes control groups said in every system. */
export const documentedDaemon: Readonly<Record<Documented, object>> = {
  s0: {
    ...groups('cgroupfs'),
    'registry-mirrors': ['https://4xr1qpsp.mirror.aliyuncs.com'],
    'log-opts': { 'max-size': '500m', 'max-file': '3' },
  },
  s1: {
    ...groups('cgroupfs'),
    'registry-mirrors': ['https://hub-mirror.c.163.com', 'https://docker.mirrors.ustc.edu.cn'],
    'max-concurrent-downloads': 20,
  },
  s2: {
    ...groups('cgroupfs'),
    'registry-mirrors': ['https://ajpb7tdn.mirror.aliyuncs.com'],
    'log-opts': { 'max-size': '100m', 'max-file': '5' },
  },
  s3: {
    ...groups('systemd'),
    'registry-mirrors': [
      'https://registry.docker-cn.com',
      'http://hub-mirror.c.163.com',
      'https://docker.mirrors.ustc.edu.cn',
    ],
    'insecure-registries': ['harbor.raymonds.cc'],
    'max-concurrent-downloads': 10,
    'max-concurrent-uploads': 5,
    'log-opts': { 'max-size': '300m', 'max-file': '2' },
    'live-restore': true,
  },
  s4k: { ...groups('cgroupfs'), 'registry-mirrors': ['http://f1361db2.m.daocloud.io'] },
  s4b: { ...groups('cgroupfs'), 'registry-mirrors': ['https://hdi5v8p1.mirror.aliyuncs.com'] },
}

// with docker's own, that which has jq on CentOS 7
/** EPEL's seventh release has gone to its archive, and mirrors with it. */
const centos7 = [
  'epel https://mirrors.aliyun.com/epel-archive/7/$basearch',
  'docker-ce-stable https://mirrors.aliyun.com/docker-ce/linux/centos/$releasever/$basearch/stable',
]

/** `id place` of each repository. */
export const documentedRepositories: Readonly<Record<Documented, readonly string[]>> = {
  s0: centos7,
  s1: ['epel https://dl.fedoraproject.org/pub/archive/epel/7/$basearch'],
  s2: centos7,
  s3: [
    ...['BaseOS', 'AppStream', 'extras', 'PowerTools', 'plus'].map(
      (section) =>
        `${section.toLowerCase()} https://mirrors.sjtug.sjtu.edu.cn/rocky/$releasever/${section}/$basearch/os/`,
    ),
    'docker-ce-stable https://mirrors.cloud.tencent.com/docker-ce/linux/centos/$releasever/$basearch/stable',
    'kubernetes https://pkgs.k8s.io/core:/stable:/v1.25/rpm/',
  ],
  s4k: [...centos7, 'kubernetes https://mirrors.aliyun.com/kubernetes/yum/repos/kubernetes-el7-x86_64/'],
  s4b: centos7,
}

/** `path mode owner` of each folder on a master and on a host that is a node only; none where kubeadm makes them. */
export const documentedFolders: Readonly<Record<Documented, { master: readonly string[]; node?: readonly string[] }>> =
  (() => {
    const root = (mode: string, ...paths: string[]) => paths.map((path) => `${path} ${mode} root`)
    const k8s = (mode: string, ...paths: string[]) => paths.map((path) => `${path} ${mode} k8s`)
    const cni = root('0755', '/opt/cni/bin', '/etc/cni/net.d')
    const opt = [...root('0755', '/opt/kubernetes/bin', '/opt/kubernetes/cfg'), ...root('0750', '/opt/kubernetes/ssl')]
    const s2 = [
      ...opt,
      ...root('0755', '/opt/kubernetes/logs', '/opt/kubernetes/logs/kubelet', '/opt/kubernetes/logs/kube-proxy'),
      ...cni,
    ]
    const s4b = [
      ...root('0755', '/usr/local/bin', '/etc/kubernetes', '/var/log/kubernetes'),
      ...root('0755', '/etc/kubernetes/addons', '/var/lib/kubelet', '/var/lib/kube-proxy'),
      ...root('0750', '/etc/kubernetes/pki'),
      ...cni,
    ]
    return {
      s0: { master: [...opt, ...root('0755', '/var/log/kubernetes'), ...cni] },
      s1: {
        master: [
          ...root('0755', '/opt/k8s/bin', '/var/lib/kubelet', '/var/lib/kube-proxy'),
          ...k8s('0755', '/etc/kubernetes', '/var/log/kubernetes'),
          ...k8s('0750', '/etc/kubernetes/cert'),
          ...k8s('0700', '/etc/etcd/cert', '/var/lib/etcd'),
          ...root('0750', '/etc/flanneld/cert'),
          ...cni,
        ],
      },
      s2: {
        master: [
          ...s2,
          ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].flatMap((name) =>
            root('0755', `/opt/kubernetes/logs/${name}`),
          ),
        ],
        node: s2,
      },
      s3: { master: [], node: [] },
      s4k: { master: [], node: [] },
      s4b: { master: s4b, node: s4b },
    }
  })()

/** Lines of /etc/hosts on every host, where masters have no line of their own. */
export const documentedNames: Readonly<Record<Exclude<Documented, 's0'>, string>> = {
  s1: `192.168.0.91 test1
192.168.0.92 test2
192.168.0.93 test3`,
  s2: `10.10.10.127 centos7-nginx lb.5179.top ng.5179.top
10.10.10.128 centos7-a
10.10.10.129 centos7-b
10.10.10.130 centos7-c
10.10.10.131 centos7-d
10.10.10.132 centos7-e`,
  s3: `172.31.3.101 k8s-master01.example.local k8s-master01
172.31.3.102 k8s-master02.example.local k8s-master02
172.31.3.103 k8s-master03.example.local k8s-master03
172.31.3.104 k8s-ha01.example.local k8s-ha01
172.31.3.105 k8s-ha02.example.local k8s-ha02
172.31.3.106 k8s-harbor01.example.local k8s-harbor01
172.31.3.107 k8s-harbor02.example.local k8s-harbor02
172.31.3.108 k8s-node01.example.local k8s-node01
172.31.3.109 k8s-node02.example.local k8s-node02
172.31.3.110 k8s-node03.example.local k8s-node03
172.31.3.188 kubeapi.raymonds.cc kubeapi harbor.raymonds.cc`,
  s4k: `192.168.208.190 k8s-master1
192.168.208.191 k8s-master2
192.168.208.192 k8s-master3
192.168.208.195 volume
192.168.208.199 ansible
192.168.208.200 k8s-vip
192.168.208.201 k8s-worker1
192.168.208.202 k8s-worker2
192.168.208.203 k8s-worker3
192.168.208.204 k8s-worker4`,
  s4b: `192.168.208.191 k8s-master1
192.168.208.192 k8s-master2
192.168.208.193 k8s-master3
192.168.208.195 volume
192.168.208.201 k8s-worker1
192.168.208.202 k8s-worker2
192.168.208.203 k8s-worker3
192.168.208.204 k8s-worker4`,
}
