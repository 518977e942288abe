// S0: three hosts that are masters, members of etcd and nodes, on CentOS 7 behind a balancer of the cloud.
import { inventory } from 'tsplay'
import { cluster } from '../../playbooks/cluster.ts'

export default inventory(cluster, {
  vars: {
    user: 'root',
    os: { id: 'centos', version: '7' },
    api: {
      name: 'lb.ypvip.com.cn',
      // this balancer sends no connection back to the host that it comes from
      ownOnMasters: true,
    },
    // jq is EPEL's on CentOS 7, which has ended, and EPEL for it: mirrors have both in their archives. Hosts that still look for
    // the distribution itself where it was find it there, too:
    //   distribution: { mirror: 'https://vault.centos.org', release: '7.9.2009' },
    repositories: { epel: 'https://mirrors.aliyun.com/epel-archive', docker: 'https://mirrors.aliyun.com/docker-ce' },
    basePackages: {
      redhat: [
        ...['curl', 'device-mapper-persistent-data', 'jq', 'libtool-ltdl', 'lvm2', 'net-tools', 'nfs-utils'],
        ...['telnet', 'vim', 'wget', 'yum-utils'],
      ],
    },
    nodePackages: { redhat: ['conntrack-tools', 'libseccomp'] },
    // its documents install ntpdate, and nothing ever calls it: chrony keeps the clocks, by which certificates are good or not
    time: {},
    // kernel-ml of an archive of ELRepo's, which has none for CentOS 7 any more itself; from another place:
    //   repository: { name: 'elrepo-kernel', baseurl: '…/kernel/el7/$basearch/', gpgkey: '…', fingerprint: '…' },
    kernel: {
      minimum: '5.0',
      // those of CentOS' own kernel conflict with those of this one
      replaces: ['kernel-tools', 'kernel-tools-libs'],
      also: ['kernel-ml-tools'],
    },
    kernelModules: { ipvs: [] },
    sysctlFile: '/etc/sysctl.d/k8s.conf',
    rebootWhenRequired: true,
    docker: {
      from: 'package',
      version: '19.03.6',
      cgroupDriver: 'cgroupfs',
      registryMirrors: ['https://4xr1qpsp.mirror.aliyuncs.com'],
      logs: { maxSize: '500m', maxFiles: 3 },
    },
    network: {
      serviceCidr: '10.10.0.0/16',
      podCidr: '10.20.0.0/16',
      dns: '10.10.0.2',
      nodePorts: '30000-50000',
    },
    kubernetes: { version: '1.18.2', logDir: '/var/log/kubernetes', logFolders: false },
    etcd: { source: { type: 'package', names: ['etcd'] }, dataDir: '/var/lib/etcd/default.etcd' },
  },
  groups: {
    masters: {
      hosts: {
        'k8s-master1': { address: '192.168.0.216', etcdName: 'etcd01' },
        'k8s-master2': { address: '192.168.0.217', etcdName: 'etcd02' },
        'k8s-master3': { address: '192.168.0.218', etcdName: 'etcd03' },
      },
    },
    nodes: { children: ['masters'] },
  },
})
