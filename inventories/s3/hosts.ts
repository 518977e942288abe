// S3: kubeadm's three masters and three nodes on Rocky 8, two balancers with a virtual address that also give the time, two
// image registries.
import { inventory } from 'tsplay'
import { cluster } from '../../playbooks/cluster.ts'

export default inventory(cluster, {
  vars: {
    user: 'root',
    // Ubuntu 20.04 as well, or nothing at all: then each host is asked what it runs
    os: { id: 'rocky', version: '8' },
    api: { name: 'kubeapi.raymonds.cc', vip: '172.31.3.188', port: 6443, balancer: 'haproxy' },
    keepalived: { interface: 'eth0', weight: -30 },
    extraHosts: [{ address: '172.31.3.188', names: ['kubeapi', 'harbor.raymonds.cc'] }],
    staticNetwork: {
      interface: 'eth0',
      prefix: 21,
      gateway: '172.31.0.2',
      dns: ['223.5.5.5', '180.76.76.76'],
    },
    sshKeys: { users: ['root'] },
    repositories: {
      distribution: 'https://mirrors.sjtug.sjtu.edu.cn/rocky',
      docker: 'https://mirrors.cloud.tencent.com/docker-ce',
      kubernetes: {},
    },
    basePackages: {
      debian: ['jq', 'lrzsz', 'tree'],
      redhat: [
        ...['device-mapper-persistent-data', 'git', 'jq', 'lrzsz', 'lvm2', 'net-tools', 'psmisc', 'rsync', 'telnet'],
        ...['tree', 'vim', 'wget', 'yum-utils'],
      ],
    },
    nodePackages: {
      debian: ['conntrack', 'ipset', 'ipvsadm', 'libseccomp-dev', 'sysstat'],
      redhat: ['conntrack-tools', 'ipset', 'ipvsadm', 'libseccomp', 'sysstat'],
    },
    timezone: 'Asia/Shanghai',
    // dates as ISO 8601 has them; its documents have that on Ubuntu only
    locale: { debian: { LC_TIME: 'en_DK.UTF-8' } },
    limits: [
      { domain: '*', type: 'soft', item: 'nofile', value: '65536' },
      { domain: '*', type: 'hard', item: 'nofile', value: '131072' },
      { domain: '*', type: 'soft', item: 'nproc', value: '65535' },
      { domain: '*', type: 'hard', item: 'nproc', value: '655350' },
      { domain: '*', type: 'soft', item: 'memlock', value: 'unlimited' },
      { domain: '*', type: 'hard', item: 'memlock', value: 'unlimited' },
    ],
    time: { servers: 'lb' },
    // only CentOS 7, with 3.10, gets another, and that one these arguments
    kernel: { minimum: '4.18', args: ['user_namespace.enable=1'] },
    kernelModules: {
      ipvs: [
        ...['ip_vs', 'ip_vs_lc', 'ip_vs_wlc', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_lblc', 'ip_vs_lblcr', 'ip_vs_dh'],
        ...['ip_vs_sh', 'ip_vs_fo', 'ip_vs_nq', 'ip_vs_sed', 'ip_vs_ftp', 'nf_conntrack'],
        ...['ip_tables', 'ip_set', 'xt_set', 'ipt_set', 'ipt_rpfilter', 'ipt_REJECT', 'ipip'],
      ],
    },
    sysctlFile: '/etc/sysctl.d/k8s.conf',
    // haproxy binds to the virtual address also where it is not borne at the moment
    balancerSysctl: { 'net.ipv4.ip_nonlocal_bind': 1 },
    // its documents also turn timestamps off, without which sockets are not reused, and set two names that only 3.10 has
    sysctl: {
      'vm.overcommit_memory': 1,
      'vm.panic_on_oom': 0,
      'fs.inotify.max_user_watches': 89_100,
      'fs.file-max': 52_706_963,
      'fs.nr_open': 52_706_963,
      'net.netfilter.nf_conntrack_max': 2_310_720,
      'net.ipv4.tcp_keepalive_time': 600,
      'net.ipv4.tcp_keepalive_probes': 3,
      'net.ipv4.tcp_keepalive_intvl': 15,
      'net.ipv4.tcp_max_tw_buckets': 36_000,
      'net.ipv4.tcp_tw_reuse': 1,
      'net.ipv4.tcp_max_orphans': 327_680,
      'net.ipv4.tcp_orphan_retries': 3,
      'net.ipv4.tcp_syncookies': 1,
      'net.ipv4.tcp_max_syn_backlog': 16_384,
      'net.core.somaxconn': 16_384,
    },
    rebootWhenRequired: true,
    docker: {
      from: 'package',
      version: '20.10.17',
      cgroupDriver: 'systemd',
      registryMirrors: [
        'https://registry.docker-cn.com',
        'http://hub-mirror.c.163.com',
        'https://docker.mirrors.ustc.edu.cn',
      ],
      insecureRegistries: ['harbor.raymonds.cc'],
      maxConcurrentDownloads: 10,
      maxConcurrentUploads: 5,
      logs: { maxSize: '300m', maxFiles: 2 },
      liveRestore: true,
      // on Ubuntu; a boot follows
      swapAccounting: true,
    },
    criDockerd: {
      // Its project signs no package and tells no checksum. Fetch what your hosts take, and give what sha256sum says of it:
      //   'cri-dockerd-0.2.5-3.el8.x86_64.rpm': '…', 'cri-dockerd_0.2.5.3-0.ubuntu-focal_amd64.deb': '…'
      source: { release: '0.2.5', sha256: {} },
      pauseImage: 'harbor.raymonds.cc/google_containers/pause:3.8',
    },
    network: {
      hosts: '172.31.0.0/21',
      serviceCidr: '10.96.0.0/12',
      // its documents say /12, which is 192.160.0.0/12
      podCidr: '192.168.0.0/16',
      dns: '10.96.0.10',
    },
    kubernetes: { version: '1.25.0', install: 'kubeadm', pkiDir: '/etc/kubernetes/pki', cfgDir: '/etc/kubernetes' },
  },
  groups: {
    masters: {
      hosts: {
        'k8s-master01.example.local': { address: '172.31.3.101' },
        'k8s-master02.example.local': { address: '172.31.3.102' },
        'k8s-master03.example.local': { address: '172.31.3.103' },
      },
    },
    nodes: {
      hosts: {
        'k8s-node01.example.local': { address: '172.31.3.108' },
        'k8s-node02.example.local': { address: '172.31.3.109' },
        'k8s-node03.example.local': { address: '172.31.3.110' },
      },
    },
    lb: {
      hosts: {
        'k8s-ha01.example.local': { address: '172.31.3.104', vipPriority: 100 },
        'k8s-ha02.example.local': { address: '172.31.3.105', vipPriority: 90 },
      },
    },
    harbor: {
      hosts: {
        'k8s-harbor01.example.local': { address: '172.31.3.106' },
        'k8s-harbor02.example.local': { address: '172.31.3.107' },
      },
    },
  },
})
