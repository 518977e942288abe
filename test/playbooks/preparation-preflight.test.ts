// What hosts of the documented systems are asked before anything is changed: names, ports, and how large they are.
import { describe, expect, test } from 'vitest'
import type { PlayContext } from '../../engine/play.ts'
import type { Cluster } from '../../playbooks/cluster.ts'
import { minimumOf } from '../../playbooks/preparation/minimum.ts'
import { portsOf } from '../../playbooks/preparation/ports.ts'
import { type Documented, documented } from './documented-inventories.ts'
import { hostsIn, preparationOf, prepared, systemSites } from './documented-systems.ts'
import { listedIn, only } from './tasks-of.ts'

/** Ports that a host's survey asks for: `unit port,port`, sorted. */
const portsOn = (system: Documented, host: string): string[] => {
  const { params } = prepared(system, host).find(({ module }) => module === 'survey')!
  const units = new Map<string, number[]>()
  for (const { port, unit } of params.ports) units.set(unit, [...(units.get(unit) ?? []), port])
  return [...units].map(([unit, ports]) => `${unit} ${ports.toSorted((a, b) => a - b).join(',')}`).toSorted()
}

const contextOf = (system: Documented, host: string) => {
  const found = systemSites[system].hosts.find(({ name }) => name === host)!
  return { vars: found.vars, host: found } as unknown as PlayContext<Cluster>
}

const node = ['kube-proxy 10249,10256', 'kubelet 10248,10250']

describe('ports', () => {
  test.each<[Documented, group: string, ports: readonly string[]]>([
    [
      's0',
      'masters',
      [
        'etcd 2379,2380',
        'kube-apiserver 6443',
        'kube-controller-manager 10252,10257',
        'kube-scheduler 10251,10259',
        ...node,
      ],
    ],
    [
      's1',
      'masters',
      [
        'etcd 2379,2380',
        'haproxy 8443',
        'kube-apiserver 6443',
        'kube-controller-manager 10252',
        'kube-scheduler 10251',
        ...node,
      ],
    ],
    // masters that are no nodes by their group run pods
    [
      's2',
      'masters',
      [
        'etcd 2379,2380',
        'kube-apiserver 6443',
        'kube-controller-manager 10252,10257',
        'kube-scheduler 10251,10259',
        ...node,
      ],
    ],
    ['s2', 'nodes', node],
    ['s2', 'lb', ['nginx 6443']],
    ['s3', 'masters', ['kubelet 2379,2380,6443,10248,10249,10250,10256,10257,10259']],
    ['s3', 'nodes', ['kubelet 10248,10249,10250,10256']],
    ['s3', 'lb', ['haproxy 6443']],
    ['s3', 'harbor', []],
    ['s4k', 'masters', ['haproxy 16443', 'kubelet 2379,2380,6443,10248,10249,10250,10251,10252,10256,10257,10259']],
    ['s4k', 'nodes', ['kubelet 10248,10249,10250,10256']],
    ['s4k', 'volume', []],
    // masters that run no pods
    [
      's4b',
      'masters',
      ['etcd 2379,2380', 'kube-apiserver 6443', 'kube-controller-manager 10252,10257', 'kube-scheduler 10251,10259'],
    ],
    ['s4b', 'nodes', node],
  ])('of %s on %s are those of whatever will run there', (system, group, ports) => {
    for (const host of hostsIn(system, group)) expect(portsOn(system, host), host).toEqual([...ports].toSorted())
  })

  test.each([
    ['1.18.20', 'kubeadm', [10_251, 10_252, 10_257, 10_259]],
    ['1.19.0', 'kubeadm', [10_257, 10_259]],
    ['1.11.10', 'binaries', [10_251, 10_252]],
    ['1.12.0', 'binaries', [10_251, 10_252, 10_257]],
    ['1.13.0', 'binaries', [10_251, 10_252, 10_257, 10_259]],
    ['1.22.0', 'binaries', [10_251, 10_257, 10_259]],
    ['1.23.0', 'binaries', [10_257, 10_259]],
  ] as const)('of Kubernetes %s by %s: what serves without TLS is opened by older releases only', (...row) => {
    const [version, install, expected] = row
    const { vars, host } = contextOf('s4b', 'k8s-master1')
    const kubernetes = { ...vars.kubernetes, version, install }
    const found = portsOf({ vars: { ...vars, kubernetes }, host }, ['nodes']).map(({ port }) => port)
    expect(found.filter((port) => port > 10_000).toSorted((a, b) => a - b)).toEqual(expected)
  })
})

describe('the least that a host must have', () => {
  const containers = ['masters', 'nodes']
  const least = (system: Documented, host: string, more: object = {}) => {
    const context = contextOf(system, host)
    return minimumOf({ ...context, vars: { ...context.vars, ...more } }, containers)
  }
  const images = { diskMb: { '/var/lib/docker': 2048 } }

  test("is kubeadm's of a master, and room for images where containers run", () => {
    expect(least('s3', 'k8s-master01.example.local')).toEqual({ cpus: 2, memoryMb: 1700, ...images })
    expect(least('s3', 'k8s-node01.example.local')).toEqual(images)
    expect(least('s3', 'k8s-ha01.example.local')).toEqual({})
    expect(least('s2', 'centos7-a')).toEqual(images)
  })

  test('is what the inventory says where it says so: masters of the documents have one processor', () => {
    expect(least('s4k', 'k8s-master1')).toEqual({ cpus: 1, memoryMb: 1700, ...images })
    const own = { diskMb: { '/srv': 1 } }
    expect(least('s3', 'k8s-master01.example.local', { minimum: own })).toEqual({ cpus: 2, memoryMb: 1700, ...own })
  })

  test('is looked for where images lie', () => {
    const docker = { from: 'package', other: { 'data-root': '/srv/docker' } }
    expect(least('s2', 'centos7-a', { docker })).toEqual({ diskMb: { '/srv/docker': 2048 } })
    const containerRuntime = 'containerd'
    expect(least('s2', 'centos7-a', { docker, containerRuntime })).toEqual({ diskMb: { '/var/lib/containerd': 2048 } })
  })
})

test.each(documented)('%s: a host is compared by the name that it is about to get, and gets that one', (system) => {
  for (const { name } of systemSites[system].hosts) {
    const [first, second] = preparationOf(system, name)
    const survey = first!.tasks.find(({ module }) => module === 'survey')!
    const told = { identity: { hostname: ['localhost.localdomain'] } }
    const [kept] = listedIn(survey.node.registered!(told as never))
    expect(kept!.params.value.identity.hostname).toEqual([name])
    expect(only(second!.tasks, 'name of the host').params).toEqual({ name })
  }
})
