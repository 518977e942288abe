import { describe, expect, test } from 'vitest'
import type { InventoryFile } from '../../engine/inventory.ts'
import prod from '../../inventories/prod.ts'
import { cluster } from '../../playbooks/cluster.ts'
import { hostsLines } from './role-files.ts'
import { only, siteOver } from './tasks-of.ts'

describe('the documented site', () => {
  const site = siteOver(prod as unknown as InventoryFile)

  test('has its hosts, groups and member names', () => {
    const names = (group: string) => site.groups[group]!.map(({ name }) => name)
    expect(names('masters')).toEqual(['centos7-a', 'centos7-b', 'centos7-c'])
    expect(names('nodes')).toEqual(['centos7-d', 'centos7-e'])
    expect(names('lb')).toEqual(['centos7-nginx'])
    expect(names('harbor')).toHaveLength(2)
    expect(names('volume')).toEqual(['volume'])
    expect(
      only(site.tasks('centos7-a'), 'configuration', 'etcd').params.vars.members.map(
        (each: { name: string }) => each.name,
      ),
    ).toEqual(['etcd01', 'etcd02', 'etcd03'])
  })

  test('gives packages their names on that family', () => {
    expect(only(site.tasks('centos7-nginx'), 'nginx and its stream module').params.name).toContain('nginx-mod-stream')
    expect(only(site.tasks('volume'), 'packages').params.name).toContain('yum-utils')
    expect(only(site.tasks('centos7-d'), 'packages of masters and nodes').params.name).toContain('conntrack-tools')
  })

  test('names the API where the load balancer is, also on registries and the volume server (B59)', () => {
    for (const host of ['centos7-d', 'volume', 'k8s-harbor01.example.local'])
      expect(hostsLines(only(site.tasks(host), 'names of all hosts'))).toContain(
        '10.10.10.127 centos7-nginx lb.5179.top ng.5179.top',
      )
  })

  test("has every documented name in its API servers' certificates, and goes to the API by its name (B78)", () => {
    const tasks = site.tasks('centos7-c')
    const { params } = only(tasks, 'certificate /opt/kubernetes/ssl/server.pem')
    expect(params.hosts).toEqual(
      expect.arrayContaining([
        ...['10.10.10.127', '10.10.10.128', '10.10.10.129', '10.10.10.130', 'lb.5179.top', '10.96.0.1', '127.0.0.1'],
        ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster'],
        'kubernetes.default.svc.cluster.local',
      ]),
    )
    expect(only(tasks, 'kubeconfig /root/.kube/config').params.server).toBe('https://lb.5179.top:6443')
    expect(site.tasks('volume').filter(({ module }) => ['ca', 'cert', 'kubeconfig'].includes(module))).toEqual([])
  })

  test('turns off swap that is in use', () => {
    expect(only(site.tasks('centos7-d'), 'no swap').params.live).toBe(true)
  })
})

describe('variables of the site', () => {
  test('need no more than a name or an address of the API', () => {
    expect(cluster.vars.safeParse({ api: {} }).success).toBe(false)
    expect(cluster.vars.safeParse({ api: { vip: '10.0.0.9' } }).success).toBe(true)
    const vars = cluster.vars.parse({ api: { name: 'api.example.com' } })
    expect(vars.etcd.dataDir).toBe('/opt/etcd/data')
    expect(vars.api.port).toBe(6443)
  })

  test('add to the default kernel parameters, or leave one alone', () => {
    const api = { name: 'api.example.com' }
    const bridge = 'net.bridge.bridge-nf-call-ip6tables'
    const { sysctl } = cluster.vars.parse({ api, sysctl: { [bridge]: null, 'kernel.pid_max': 1 } })
    expect(sysctl).toMatchObject({ 'net.ipv4.ip_forward': 1, 'kernel.pid_max': 1 })
    expect(sysctl).not.toHaveProperty([bridge])
  })

  test('refuse an archive of etcd without its checksum (B16)', () => {
    const source = { type: 'url', url: 'https://example.com/etcd.tar.gz' }
    const api = { name: 'api.example.com' }
    expect(cluster.vars.safeParse({ api, etcd: { source } }).success).toBe(false)
    expect(cluster.vars.safeParse({ api, etcd: { source: { ...source, sha256: 'a'.repeat(64) } } }).success).toBe(true)
  })

  test('each say what they are for', () => {
    for (const [name, schema] of Object.entries(cluster.vars.shape))
      expect(schema.description, `description of '${name}'`).toBeTruthy()
  })
})
