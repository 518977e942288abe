// Time servers and their clients, as data.
import { describe, expect, test } from 'vitest'
import { chronyClient } from '../../playbooks/roles/chrony-client/index.ts'
import { chronyServer } from '../../playbooks/roles/chrony-server/index.ts'
import { rootOf, writtenBy } from './role-files.ts'
import { listedIn, only } from './tasks-of.ts'

const server = (family: 'debian' | 'redhat') => listedIn([chronyServer({ family, allow: ['172.31.0.0/21'] })])
const client = (family: 'debian' | 'redhat') =>
  listedIn([chronyClient({ family, servers: ['172.31.3.104', '172.31.3.105'] })])

describe('chrony', () => {
  test('a documented script that is run twice has each source twice; ours is one text, however often it is written (B12, B14)', async () => {
    const root = rootOf({ 'chrony.conf': 'pool ntp.ubuntu.com iburst\n' })
    const documented = `sed -i -e '/^pool/d' chrony.conf
for s in ntp.aliyun.com time1.cloud.tencent.com; do echo "server $s iburst" >> chrony.conf; done
echo 'allow 0.0.0.0/0' >> chrony.conf; echo 'local stratum 10' >> chrony.conf`
    root.run(documented)
    root.run(documented)
    expect(root.read('chrony.conf').match(/ntp\.aliyun\.com/g)).toHaveLength(2)

    const lines = (await writtenBy(only(server('debian'), 'configuration'))).split('\n').filter(Boolean)
    expect(lines.filter((line) => /^(server|pool|allow|local)/.test(line))).toEqual([
      'server ntp.aliyun.com iburst',
      'server time1.cloud.tencent.com iburst',
      'server ntp.tuna.tsinghua.edu.cn iburst',
      'allow 172.31.0.0/21',
      'local stratum 10',
    ])
    expect(new Set(lines).size).toBe(lines.length)
  })

  test('a changed configuration restarts the daemon on both families, unless it was started with it (B14)', () => {
    for (const family of ['debian', 'redhat'] as const)
      for (const tasks of [server(family), client(family)]) {
        const [restart] = [only(tasks, 'configuration').node.options.notify].flat()
        expect(restart).toMatchObject({ kind: 'handler', name: 'restart chrony' })
        expect(only(tasks, 'chrony runs').node.options.absorbs).toBe(restart)
      }
  })

  test('the unit and the files are those of the family: Debian can not enable chronyd (B14)', () => {
    expect(only(client('debian'), 'chrony runs').params).toEqual({ name: 'chrony', enabled: true, state: 'started' })
    expect(only(client('debian'), 'configuration').params.dest).toBe('/etc/chrony/chrony.conf')
    expect(only(client('redhat'), 'chrony runs').params.name).toBe('chronyd')
    expect(only(client('redhat'), 'configuration').params.dest).toBe('/etc/chrony.conf')
  })

  test("a client has the cluster's servers, serves nobody, and waits until one of them is used (V03)", async () => {
    const tasks = client('redhat')
    const text = await writtenBy(only(tasks, 'configuration'))
    expect(text.match(/^(server|pool|allow|local).*$/gm)).toEqual([
      'server 172.31.3.104 iburst',
      'server 172.31.3.105 iburst',
    ])
    const { until, retries, delay } = only(tasks, 'a source is used').node.options as never as {
      until: (result: { stdout: string }) => boolean
      retries: number
      delay: number
    }
    expect(until({ stdout: '^? 172.31.3.104   0   6     0     -     +0ns' })).toBe(false)
    expect(until({ stdout: '^+ 172.31.3.104 …\n^* 172.31.3.105 …' })).toBe(true)
    expect(retries * delay).toBe(60)
  })

  test('a server waits for no upstream unless it is told to, since a closed network has none', () => {
    expect(server('debian').map(({ name }) => name)).not.toContain('a source is used')
  })

  test('no other daemon keeps the clock', () => {
    const stopped = client('debian').filter(({ params }) => params.state === 'stopped')
    expect(stopped.map(({ params }) => params.name)).toEqual(['systemd-timesyncd', 'ntp', 'ntpd'])
  })
})
