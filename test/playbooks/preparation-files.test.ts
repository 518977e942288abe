// What the preparation of each documented system writes: names, times, limits, units and addresses, as its documents have them.
import { describe, expect, test } from 'vitest'
import s3Inventory from '../../inventories/s3/hosts.ts'
import s3 from '../../playbooks/systems/s3.ts'
import { type Documented, documented } from './documented-inventories.ts'
import { hostsIn, membersOf, prepared, systemSites } from './documented-systems.ts'
import { documentedNames } from './documented-values.ts'
import { hostsLines } from './role-files.ts'
import { only, siteOver } from './tasks-of.ts'

describe('names in /etc/hosts', () => {
  const linesOf = (system: Documented, host: string): string[] =>
    hostsLines(only(prepared(system, host), 'names of all hosts'))

  test.each(Object.entries(documentedNames) as [Exclude<Documented, 's0'>, string][])(
    'are those of %s on every host, and no other (B02, B03, B59, B64, B69)',
    (system, lines) => {
      for (const { name } of systemSites[system].hosts)
        expect(linesOf(system, name).toSorted(), name).toEqual(lines.split('\n').toSorted())
    },
  )

  test('lead masters that are behind a balancer of a cloud to themselves (B13)', () => {
    const addresses = { 'k8s-master1': '216', 'k8s-master2': '217', 'k8s-master3': '218' }
    for (const own of Object.keys(addresses))
      expect(linesOf('s0', own)).toEqual(
        Object.entries(addresses).map(
          ([name, last]) => `192.168.0.${last} ${name}${name === own ? ' lb.ypvip.com.cn' : ''}`,
        ),
      )
  })
})

describe('time', () => {
  const configured = async (system: Documented, host: string): Promise<string[]> => {
    const task = prepared(system, host).find(({ role, name }) => role === 'chrony' && name === 'configuration')!
    expect(task.params.dest).toBe('/etc/chrony.conf')
    // whoever runs reads it only when started again
    expect(task.node.options.notify).toBeDefined()
    const text = await systemSites[system].text(host, task)
    return text.split('\n').filter((line) => /^(?:server|pool|allow|local) /.test(line))
  }
  const world = ['ntp.aliyun.com', 'time1.cloud.tencent.com', 'ntp.tuna.tsinghua.edu.cn'].map(
    (name) => `server ${name} iburst`,
  )

  test('comes from the balancers of S3, which give it to the network of the hosts and to nobody else (B14)', async () => {
    for (const host of hostsIn('s3', 'lb'))
      expect(await configured('s3', host)).toEqual([...world, 'allow 172.31.0.0/21', 'local stratum 10'])
  })

  test('is asked for by all other hosts of S3, of these two alone (B14)', async () => {
    for (const host of [...membersOf('s3'), ...hostsIn('s3', 'harbor')])
      expect(await configured('s3', host)).toEqual(['server 172.31.3.104 iburst', 'server 172.31.3.105 iburst'])
  })

  test.each(['s0', 's4k', 's4b'] as const)(
    'is asked for by every host of %s in the world, and given to nobody',
    async (system) => {
      for (const { name } of systemSites[system].hosts) expect(await configured(system, name)).toEqual(world)
    },
  )
})

test.each<[Documented, nofile: number, nproc: [number, number]]>([
  ['s3', 131_072, [65_535, 655_350]],
  ['s4k', 65_536, [65_536, 65_536]],
])('sessions on hosts of %s may have %i files (B12, B15)', (system, files, [soft, hard]) => {
  for (const { name } of systemSites[system].hosts) {
    const { params } = only(prepared(system, name), 'limits of sessions')
    expect(params.dest).toBe('/etc/security/limits.d/90-tsplay.conf')
    expect(params.content.split('\n').filter((line: string) => line.startsWith('*'))).toEqual([
      ...['* soft nofile 65536', `* hard nofile ${files}`, `* soft nproc ${soft}`, `* hard nproc ${hard}`],
      ...['* soft memlock unlimited', '* hard memlock unlimited'],
    ])
  }
})

test.each(documented)(
  'the zone of %s is what its documents say, limits of sessions likewise, and else whatever hosts have',
  (system) => {
    for (const { name } of systemSites[system].hosts) {
      const params = (task: string) => prepared(system, name).filter((each) => each.name === task)[0]?.params
      const zone = { s1: { name: 'Asia/Shanghai', hwclock: 'UTC' }, s3: { name: 'Asia/Shanghai' } }
      expect(params('time zone')).toEqual(zone[system as 's1'])
      expect(params('limits of sessions') !== undefined).toBe(['s3', 's4k'].includes(system))
      // its documents say how dates are written on Ubuntu, and S3 runs Rocky
      expect(params('locale of sessions')).toBeUndefined()
    }
  },
)

test('dates of S3 are written as ISO 8601 has them where it runs Ubuntu', () => {
  const file = s3Inventory as unknown as { vars: object }
  const ubuntu = { ...file, vars: { ...file.vars, os: { id: 'ubuntu', version: '20.04' } } }
  const site = siteOver(ubuntu as never, s3)
  for (const { name } of site.hosts)
    expect(only(site.tasks(name), 'locale of sessions').params).toEqual({ default: { LC_TIME: 'en_DK.UTF-8' } })
})

test('docker of S1 takes its network from flannel, in words that systemd expands (B05)', async () => {
  for (const host of membersOf('s1')) {
    const task = only(prepared('s1', host), 'unit', 'docker-static')
    const text = await systemSites.s1.text(host, task)
    expect(text).toContain('/opt/k8s/bin/dockerd --log-level=error $DOCKER_NETWORK_OPTIONS\n')
    expect(text).toContain('ExecReload=/bin/kill -s HUP $MAINPID\n')
    expect(text.match(/^EnvironmentFile=.*/gm)).toEqual(['EnvironmentFile=-/run/flannel/docker'])
  }
})

test('the address of each host of S3 is its own, in the network of all', () => {
  for (const { name, address } of systemSites.s3.hosts) {
    const { params } = only(prepared('s3', name), 'address of eth0')
    expect(params.content).toContain(
      `IPADDR=${address}\nPREFIX=21\nGATEWAY=172.31.0.2\nDNS1=223.5.5.5\nDNS2=180.76.76.76\n`,
    )
  }
})

test('accounts of S1 have no password that somebody could know, and its root is let in by keys (B20, B22)', () => {
  for (const host of membersOf('s1')) {
    const tasks = prepared('s1', host)
    expect(only(tasks, 'account k8s').params).toMatchObject({ passwordLock: true, groups: ['docker'], append: true })
    expect(only(tasks, 'what k8s may do as root').module).toBe('sudoers')
    expect(only(tasks, 'control key').module).toBe('opensshKeypair')
  }
})

test('only S2, whose certificates for it lie there, has an alias for etcdctl', async () => {
  for (const system of documented)
    for (const host of hostsIn(system, 'masters'))
      for (const task of prepared(system, host).filter(({ name }) => name === 'environment of login shells'))
        expect((await systemSites[system].text(host, task)).includes('etcdctl3'), system).toBe(system === 's2')
})
