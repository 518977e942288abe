// The documented site: three masters and two nodes on CentOS 7 behind one nginx, two image registries, a volume server.
import { inventory } from 'tsplay'
import { cluster } from '../playbooks/cluster.ts'

export default inventory(cluster, {
  vars: {
    user: 'root',
    api: { name: 'lb.5179.top', port: 6443 },
    family: 'redhat',
    // CentOS 7 brings 3.10
    kernel: { minimum: '4.19' },
    basePackages: {
      redhat: [
        'conntrack-tools',
        'curl',
        'device-mapper-persistent-data',
        'epel-release',
        'ipset',
        'iptables',
        'ipvsadm',
        'jq',
        'libseccomp',
        'lvm2',
        'psmisc',
        'sysstat',
        'yum-utils',
      ],
    },
    etcd: {
      // The release that the site was built with is 3.4.9:
      //   source: { type: 'url', url: 'https://github.com/etcd-io/etcd/releases/download/v3.4.9/etcd-v3.4.9-linux-amd64.tar.gz', sha256: '…' }
      // Its checksum stands in the release's SHA256SUMS; take it from there before you switch.
      source: { type: 'package', names: ['etcd'] },
      enableV2: true,
    },
  },
  groups: {
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
    harbor: {
      hosts: {
        'k8s-harbor01.example.local': { address: '172.31.3.106' },
        'k8s-harbor02.example.local': { address: '172.31.3.107' },
      },
    },
    volume: { hosts: { volume: { address: '192.168.208.195' } } },
  },
})
