import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Task } from '../../engine/task.ts'
import { only, siteOver } from './tasks-of.ts'

const site = siteOver()
const tasks = site.tasks('m1').filter(({ node }) => node.scope.roles.includes('etcd'))
const masters = ['m1', 'm2', 'm3']

describe('the configuration of a member', () => {
  const config = async (host: string) => parse(await site.text(host, only(site.tasks(host), 'configuration', 'etcd')))

  test('asks clients and peers for a certificate (B33)', async () => {
    const { 'client-transport-security': client, 'peer-transport-security': peer } = await config('m1')
    for (const security of [client, peer])
      expect(security).toMatchObject({
        'client-cert-auth': true,
        'auto-tls': false,
        'trusted-ca-file': '/opt/etcd/ssl/ca.pem',
      })
  })

  test('listens by https only, also on loopback (B34)', async () => {
    const text = await site.text('m2', only(site.tasks('m2'), 'configuration', 'etcd'))
    expect(text).not.toMatch(/http:/)
    expect((await config('m2'))['listen-client-urls']).toBe('https://10.77.0.12:2379,https://127.0.0.1:2379')
  })

  test('names every member by its peer address, the same on each (B77)', async () => {
    for (const host of masters)
      expect((await config(host))['initial-cluster']).toBe(
        'm1=https://10.77.0.11:2380,m2=https://10.77.0.12:2380,m3=https://10.77.0.13:2380',
      )
    expect((await config('m3')).name).toBe('m3')
  })
})

describe('the unit', () => {
  const text = site.text('m1', only(tasks, 'unit'))

  test('does not conflict with itself (B80)', async () => expect(await text).not.toMatch(/^Conflicts=/m))

  test('tells systemd when it is ready, and is waited for so long and no longer', async () => {
    expect(await text).toMatch(/^Type=notify$/m)
    expect(await text).toMatch(/^TimeoutStartSec=[1-9]\d*$/m)
    expect(await text).toMatch(/^Restart=on-failure$/m)
  })

  test('runs the program that the source brings', async () => {
    expect(await text).toContain('ExecStart=/usr/bin/etcd --config-file=/opt/etcd/cfg/etcd.yml')
  })
})

describe('certificates', () => {
  const ofEtcd = (host: string) => site.tasks(host).filter(({ node }) => node.scope.roles.includes('etcd'))
  const certs = (host: string) => ofEtcd(host).filter(({ module }) => module === 'cert')
  const cas = (host: string) => ofEtcd(host).filter(({ module }) => module === 'ca')

  test("of a member hold every master's names and addresses, and loopback (B64, B78)", () => {
    for (const host of masters) {
      const { params } = only(certs(host), 'certificate /opt/etcd/ssl/server.pem')
      expect([...params.hosts].sort()).toEqual(
        ['10.77.0.11', '10.77.0.12', '10.77.0.13', '127.0.0.1', 'localhost', ...masters].sort(),
      )
      expect(params.usages).toEqual(['server', 'client'])
    }
  })

  test('are one key for each host, 0600, in a folder that only root enters (B30)', () => {
    const names = masters.flatMap((host) => certs(host).map(({ params }) => params.name))
    expect(new Set(names).size).toBe(names.length)
    for (const { params } of masters.flatMap(certs)) expect(params.keyMode).toBe('0600')
    expect(tasks.find(({ params }) => params.path === '/opt/etcd/ssl')!.params.mode).toBe('0700')
  })

  test('live 10 years, their authorities 100 (B27)', () => {
    for (const { params } of masters.flatMap(certs)) expect(params.expiry).toBe('10y')
    for (const { params } of masters.flatMap(cas)) expect(params.expiry).toBe('100y')
  })

  test('of its authority come without the key of that, and nowhere but on members (B30)', () => {
    for (const { name } of site.hosts) {
      const expected = masters.includes(name) ? ['/opt/etcd/ssl/ca.pem'] : []
      expect(cas(name).map(({ params }) => params.dest)).toEqual(expected)
      for (const { params } of cas(name)) expect(params.keyDest).toBeUndefined()
    }
  })

  test('that Kubernetes signs do not open etcd: its authority is another (B33, B46)', () => {
    for (const host of masters) {
      expect(cas(host).map(({ params }) => params.name)).toEqual(['etcd-ca'])
      expect(new Set(certs(host).map(({ params }) => params.ca))).toEqual(new Set(['etcd-ca']))
    }
  })
})

describe('a change', () => {
  const notified = ({ node }: (typeof tasks)[number]) =>
    ([node.options.notify ?? []].flat() as { name: string }[]).map(({ name }) => name)

  test('of configuration, unit, programs or the certificates it has loaded restarts the member', () => {
    const names = tasks.filter((task) => notified(task).includes('restart etcd')).map(({ name }) => name)
    expect(names.sort()).toEqual(
      [
        'authority /opt/etcd/ssl/ca.pem',
        'certificate /opt/etcd/ssl/server.pem',
        ...['configuration', 'programs', 'unit'],
      ].sort(),
    )
  })

  test('is rolled out one member at a time, each only once the cluster is healthy again', () => {
    const { handler } = site.handlersOf('m1').find((each) => each.handler.name === 'restart etcd')!
    expect(handler.options.throttle).toBe(1)
    const [restart] = site.handler('m1', 'restart etcd')
    expect(restart!.params).toEqual({ name: 'etcd', state: 'restarted', missingOk: true })
    const [health] = restart!.node.registered!({ changed: true, failed: false }) as [Task]
    expect(health.options.retries).toBeGreaterThan(0)
    expect(health.action.params).toEqual(only(tasks, 'the cluster is healthy').params)
  })

  test('of a certificate before there is any etcd restarts nothing, and asks nobody for the health', () => {
    const [restart] = site.handler('m1', 'restart etcd')
    expect(restart!.node.registered!({ changed: false, failed: false })).toEqual([])
  })

  test('before the first start needs no restart, and all members start at once', () => {
    const { node } = only(tasks, 'started')
    expect(([node.options.absorbs ?? []].flat() as { name: string }[]).map(({ name }) => name)).toEqual([
      'restart etcd',
    ])
    expect(node.options.throttle).toBeUndefined()
    expect(node.action.params).toEqual({ name: 'etcd', state: 'started' })
  })
})

test('the unit is there and enabled before the package, which would bring its own and start it', () => {
  const names = tasks.map(({ name }) => name)
  expect(names.indexOf('unit')).toBeLessThan(names.indexOf('enabled'))
  expect(names.indexOf('enabled')).toBeLessThan(names.indexOf('programs'))
  expect(names.indexOf('programs')).toBeLessThan(names.indexOf('started'))
  expect(only(tasks, 'programs').params).toMatchObject({ name: ['etcd-server', 'etcd-client'], startServices: false })
})

test('the health of all members is asked with the client certificate, again and again', () => {
  const { params, node } = only(tasks, 'the cluster is healthy')
  expect(params.cmd).toEqual([
    '/usr/bin/etcdctl',
    '--cacert=/opt/etcd/ssl/ca.pem',
    '--cert=/opt/etcd/ssl/client.pem',
    '--key=/opt/etcd/ssl/client-key.pem',
    '--endpoints=https://10.77.0.11:2379,https://10.77.0.12:2379,https://10.77.0.13:2379',
    'endpoint',
    'health',
  ])
  expect(node.options).toMatchObject({ changedWhen: false, retries: 30, environment: { ETCDCTL_API: '3' } })
})

test('data is for root alone, and no task removes or replaces it', () => {
  expect(only(tasks, 'folder of the data').params).toEqual({ path: '/opt/etcd/data', mode: '0700' })
  const within = tasks.filter(({ params }) =>
    [params.path, params.dest].some((path) => path?.startsWith('/opt/etcd/data')),
  )
  expect(within.map(({ name }) => name)).toEqual(['folder of the data'])
  expect(tasks.some(({ params }) => params.state === 'absent')).toBe(false)
})
