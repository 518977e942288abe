// Inventories that are legal and not what the documents have: rules find nothing in them, and every task list can be made.
import { expect, test } from 'vitest'
import { ruleFindings } from '../../../engine/cli/lint/rule-findings.ts'
import { resolveInventory } from '../../../engine/inventory/resolve-inventory.ts'
import { typedSource } from '../../../engine/inventory/sources/typed-source.ts'
import { type InventoryFile, inventory } from '../../../engine/inventory.ts'
import type { Site } from '../../../engine/site.ts'
import { type ClusterInventory, cluster } from '../../../playbooks/cluster.ts'
import { preparation } from '../../../playbooks/preparation/index.ts'
import { clusterRules } from '../../../playbooks/rules/cluster-rules.ts'
import { siteOver } from '../tasks-of.ts'

type Vars = ClusterInventory['vars']
type Groups = ClusterInventory['groups']

const os = { id: 'ubuntu', version: '20.04' } as const
const hosts = (prefix: string, network: string, ...numbers: readonly number[]) => ({
  hosts: Object.fromEntries(
    numbers.map((number, index) => [`${prefix}${index + 1}`, { address: `${network}${number}` }]),
  ),
})
const masters = hosts('m', '10.0.0.', 11, 12, 13)
const nodes = hosts('n', '10.0.0.', 21, 22)
const three: Groups = { masters, nodes }
const runtime = { version: '20.10.24', from: 'package', package: 'docker.io' } as const

test.each<[what: string, vars: Vars, groups: Groups, install?: 'kubeadm']>([
  [
    'one master that is the whole cluster, and reached by its own name',
    { api: { name: 'm1' } },
    { masters: hosts('m', '10.0.0.', 11), nodes: { children: ['masters'] } },
  ],
  [
    'one master whose name the API has in a line of /etc/hosts',
    { api: { name: 'api.test' }, extraHosts: [{ address: '10.0.0.11', names: ['api.test'] }] },
    { masters: hosts('m', '10.0.0.', 11), nodes: { children: ['masters'] } },
  ],
  [
    'one master whose address the API has',
    { api: { name: '10.0.0.11' } },
    { masters: hosts('m', '10.0.0.', 11), nodes },
  ],
  [
    "somebody else's balancer, with ports of its own, that /etc/hosts leads to",
    {
      api: { name: 'api.example.org', port: 443, serverPort: 6443 },
      extraHosts: [{ address: '198.51.100.7', names: ['api.example.org'] }],
    },
    three,
  ],
  [
    'a balancer in front of masters that go to themselves',
    { api: { name: 'api.test', ownOnMasters: true }, extraHosts: [{ address: '198.51.100.7', names: ['api.test'] }] },
    { masters, nodes: { children: ['masters'], ...nodes } },
  ],
  [
    'a balancer whose port a service could not be given anyway, as it runs on no node',
    { api: { name: 'api.test', port: 30_443, serverPort: 6443 } },
    { ...three, lb: hosts('lb', '10.0.0.', 31) },
  ],
  [
    'a virtual address that something in the cluster moves',
    { api: { vip: '10.0.0.100' } },
    { ...three, harbor: hosts('h', '10.0.0.', 41) },
  ],
  [
    'three bearers, the last of which comes when both others fail',
    { api: { vip: '10.0.0.100', balancer: 'haproxy' }, keepalived: { interface: 'eth0', weight: -30 } },
    {
      ...three,
      lb: {
        hosts: {
          lb1: { address: '10.0.0.31', vipPriority: 120 },
          lb2: { address: '10.0.0.32', vipPriority: 110 },
          lb3: { address: '10.0.0.33', vipPriority: 100 },
        },
      },
    },
  ],
  [
    'hosts of IPv6 alone, in several spellings',
    {
      api: { vip: 'fd00::100', name: 'api.test' },
      network: { hosts: 'fd00::/64', podCidr: 'fd01::/48', serviceCidr: 'fd02::/112', dns: 'fd02::a' },
      extraHosts: [{ address: 'FD00:0::11', names: ['m1'] }],
    },
    { masters: hosts('m', 'fd00::', 11, 12, 13), nodes: { hosts: { n1: { address: 'FD00:0:0::21' } } } },
  ],
  [
    'hosts with an address of each family, and a virtual one of the other',
    {
      api: { vip: 'fd00::100', name: 'api.test' },
      network: { hosts: '10.0.0.0/24' },
      extraHosts: ['1', '2', '3'].map((each) => ({ address: `fd00::1${each}`, names: [`m${each}`] })),
    },
    three,
  ],
  [
    'pods and services of both families',
    {
      api: { name: 'api.test' },
      kubernetes: { version: '1.23.17' },
      network: {
        hosts: '10.0.0.0/24',
        podCidr: '10.244.0.0/16,fd01::/48',
        serviceCidr: '10.96.0.0/12,fd02::/112',
        dns: 'fd02::1',
      },
    },
    three,
  ],
  [
    'hosts that are several things at once',
    { api: { name: 'api.test', port: 8443, serverPort: 6443 } },
    {
      masters,
      nodes: { children: ['masters'] },
      lb: { hosts: { m1: {} } },
      harbor: { hosts: { m2: {} } },
      volume: { hosts: { m2: {} } },
    },
  ],
  [
    'hosts named in full, and in capitals where no node is',
    { api: { name: 'API.example.org' } },
    {
      masters: {
        hosts: {
          'a.one.example.org': { address: '10.0.0.1' },
          'b.one.example.org': { address: '10.0.0.2' },
          'c.two.example.org': { address: '10.0.0.3' },
        },
      },
      lb: { hosts: { 'LB.example.org': { address: '10.0.0.9' } } },
    },
  ],
  [
    'nodes that a name server knows, and no port of ssh that is 22',
    { api: { name: 'api.test' } },
    {
      masters,
      nodes: { hosts: { 'n1.example.org': { port: 2222 }, n2: { address: 'n2.example.org' } }, vars: { port: 2200 } },
    },
  ],
  [
    'small networks at other places',
    {
      api: { name: 'api.test' },
      network: {
        serviceCidr: '192.168.255.0/24',
        dns: '192.168.255.254',
        podCidr: '172.16.0.0/20',
        nodePorts: '20000-20100',
        clusterDomain: 'k8s.internal.',
      },
    },
    { masters, lb: hosts('lb', '10.0.0.', 31) },
  ],
  [
    'a certificate for whole domains, and for an address in another spelling',
    {
      api: {
        name: 'api.example.org',
        certificateHosts: [
          ...['*.example.org', '10.0.0.11', '10.0.0.12', '10.0.0.13', '10.96.0.1', 'Kubernetes.default.svc'],
          ...['m1', 'm2', 'm3', '127.0.0.1'],
        ],
      },
    },
    three,
  ],
  [
    'kubeadm with docker that leaves control groups to systemd of itself, and cri-dockerd on nodes only',
    {
      api: { name: 'api.test' },
      os: { id: 'debian', version: '12' },
      kubernetes: { version: '1.25.0', install: 'kubeadm' },
      docker: runtime,
    },
    {
      masters: { ...masters, vars: { criDockerd: { pauseImage: 'pause:3.8', source: { name: 'cri-dockerd' } } } },
      nodes: { ...nodes, vars: { criDockerd: { pauseImage: 'pause:3.8', source: { name: 'cri-dockerd' } } } },
      harbor: hosts('h', '10.0.0.', 41),
      lb: hosts('lb', '10.0.0.', 31),
    },
    'kubeadm',
  ],
  [
    'the time from a server of the network, and from masters',
    {
      api: { name: 'api.test' },
      network: { hosts: '10.0.0.0/24' },
      time: { servers: 'masters', upstreams: ['10.0.0.1', 'ntp.test'] },
      staticNetwork: { interface: 'eth0', prefix: 24, gateway: '10.0.0.1' },
    },
    three,
  ],
  [
    'labels of every kind, and accounts of one name each',
    {
      api: { name: 'api.test' },
      accounts: [{ name: 'k8s' }, { name: 'ops', sudo: true }],
      kubernetes: { user: 'k8s' },
      limits: [
        { domain: '@ops', type: '-', item: 'nofile', value: '1048576' },
        { domain: '*', type: 'hard', item: 'nproc', value: 'unlimited' },
        { domain: 'jane', type: '-', item: 'priority', value: '-5' },
      ],
    },
    {
      masters,
      nodes: {
        hosts: { n1: { address: '10.0.0.21', labels: { 'node.kubernetes.io/zone': 'Rack_1.a', empty: '', a: 'b' } } },
      },
    },
  ],
])('%s: nothing is found', (_what, vars, groups, install) => {
  const file = inventory(cluster, { vars: { os, ...vars } as never, groups: groups as never }) as unknown
  const resolved = resolveInventory(
    typedSource({ file: file as InventoryFile, name: 'test' }),
    cluster as never as Site,
  )
  const found = ruleFindings({ rules: clusterRules(install ?? 'binaries') as never }, resolved)
  expect(found.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
  const site = siteOver(file as InventoryFile, { site: cluster, plays: preparation() })
  for (const { name } of site.hosts) expect(site.tasks(name).length).toBeGreaterThan(5)
})
