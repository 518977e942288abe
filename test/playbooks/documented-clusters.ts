// The clusters that the documented systems describe: their hosts, addresses and networks.
import type { ClusterView, Machine } from '../../playbooks/credentials/cluster.ts'

const hosts = (prefix: string, network: string, numbers: readonly number[], domain = ''): Machine[] =>
  numbers.map((number, index) => ({ name: `${prefix}${index + 1}${domain}`, address: `${network}.${number}` }))

const names = { clusterDomain: 'cluster.local', balancers: [], nodes: [] }

const s0Masters = hosts('k8s-master', '192.168.0', [216, 217, 218])
const s1Masters = hosts('test', '192.168.0', [91, 92, 93])

export const clusters = {
  s0: {
    ...{ ...names, masters: s0Masters, nodes: s0Masters, serviceCidr: '10.10.0.0/16', kubernetesVersion: '1.18.2' },
    api: { name: 'lb.ypvip.com.cn', port: 6443 },
  },
  s1: {
    ...{ ...names, masters: s1Masters, nodes: s1Masters, serviceCidr: '10.254.0.0/16', kubernetesVersion: '1.10.4' },
    // written with a dot, as the documents have it
    ...{ clusterDomain: 'cluster.local.', api: { vip: '192.168.0.235', port: 8443 } },
  },
  s2: {
    ...{ ...names, serviceCidr: '10.96.0.0/12', kubernetesVersion: '1.18.3', api: { name: 'lb.5179.top', port: 6443 } },
    masters: [
      { name: 'centos7-a', address: '10.10.10.128', vars: { etcdName: 'etcd01' } },
      { name: 'centos7-b', address: '10.10.10.129', vars: { etcdName: 'etcd02' } },
      { name: 'centos7-c', address: '10.10.10.130', vars: { etcdName: 'etcd03' } },
    ],
    nodes: [
      { name: 'centos7-d', address: '10.10.10.131' },
      { name: 'centos7-e', address: '10.10.10.132' },
    ],
    balancers: [{ name: 'centos7-nginx', address: '10.10.10.127' }],
  },
  s3: {
    ...{ ...names, serviceCidr: '10.96.0.0/12', kubernetesVersion: '1.25.0' },
    masters: hosts('k8s-master0', '172.31.3', [101, 102, 103], '.example.local'),
    nodes: hosts('k8s-node0', '172.31.3', [108, 109, 110], '.example.local'),
    balancers: hosts('k8s-ha0', '172.31.3', [104, 105], '.example.local'),
    api: { name: 'kubeapi.raymonds.cc', vip: '172.31.3.188', port: 6443 },
  },
  s4k: {
    ...{ ...names, serviceCidr: '10.10.0.0/16', kubernetesVersion: '1.13.4' },
    masters: hosts('k8s-master', '192.168.208', [190, 191, 192]),
    nodes: hosts('k8s-worker', '192.168.208', [201, 202, 203, 204]),
    api: { name: 'k8s-vip', vip: '192.168.208.200', port: 16443 },
  },
  s4b: {
    ...{ ...names, serviceCidr: '10.96.0.0/12', kubernetesVersion: '1.16.2' },
    masters: hosts('k8s-master', '192.168.208', [191, 192, 193]),
    nodes: hosts('k8s-worker', '192.168.208', [201, 202, 203, 204]),
    ...{ clusterDomain: 'cluster.local.', api: { vip: '192.168.208.200', port: 6443 } },
  },
} satisfies Record<string, ClusterView>
