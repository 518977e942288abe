// What each documented system's preparation does on which host, against what its documents say.
import { describe, expect, test } from 'vitest'
import { credentials } from '../../playbooks/credentials/host-credentials.ts'
import { systems } from '../../playbooks/credentials/systems.ts'
import { viewOf } from '../../playbooks/credentials/view.ts'
import { pki } from '../../playbooks/roles/pki/index.ts'
import { type Documented, documented } from './documented-inventories.ts'
import { hostsIn, membersOf, preparationOf, prepared, systemSites } from './documented-systems.ts'
import {
  documentedDaemon,
  documentedFolders,
  documentedModules,
  documentedNames,
  documentedPackages,
  documentedRepositories,
  documentedSysctl,
} from './documented-values.ts'
import { type ListedTask, listedIn, only } from './tasks-of.ts'

/** The roles that are called on a host, in order, a play's behind those of another's. */
const rolesOn = (system: Documented, host: string): string =>
  preparationOf(system, host)
    .map(({ tasks }) => [...new Set(tasks.map(({ node }) => node.scope.roles[0]))].join(' '))
    .join(' | ')

const quiet = 'firewall-off selinux-off swap-off timezone-locale limits'
const names = 'hostname hosts-file repos base-packages'
const kernel = 'base-packages kernel-modules sysctl'
const files = 'layout path-env'

test.each<[Documented, group: string, roles: string]>([
  [
    's0',
    'masters',
    `preflight | ${names} ${quiet} | kernel-upgrade | ${kernel} ${files} docker forward-accept | reboot`,
  ],
  [
    's1',
    'masters',
    `preflight | ${names} users-sudo ssh-keys ${quiet} | ${kernel} ${files} docker-static forward-accept`,
  ],
  ['s2', 'masters', `preflight | ${names} ${quiet} | ${kernel} ${files} docker forward-accept`],
  ['s2', 'nodes', `preflight | ${names} ${quiet} | ${kernel} ${files} docker forward-accept`],
  ['s2', 'lb', `preflight | ${names} ${quiet}`],
  ...(['masters', 'nodes'] as const).map((group): [Documented, string, string] => [
    ...(['s3', group] as const),
    `preflight | network-static ${names} ssh-keys ${quiet} chrony-client | kernel-upgrade | ${kernel} docker forward-accept cri-dockerd | reboot`,
  ]),
  ['s3', 'lb', `preflight | network-static ${names} ssh-keys ${quiet} chrony-server`],
  ['s3', 'harbor', `preflight | network-static ${names} ssh-keys ${quiet} chrony-client | docker forward-accept`],
  ['s4k', 'masters', `preflight | ${names} ${quiet} chrony | ${kernel} docker forward-accept | reboot`],
  ['s4k', 'nodes', `preflight | ${names} ${quiet} chrony | ${kernel} docker forward-accept | reboot`],
  ['s4k', 'volume', `preflight | ${names} ${quiet} chrony | docker forward-accept`],
  ['s4b', 'masters', `preflight | ${names} ssh-keys ${quiet} chrony | ${kernel} ${files}`],
  ['s4b', 'nodes', `preflight | ${names} ssh-keys ${quiet} chrony | ${kernel} ${files} docker forward-accept`],
  ['s4b', 'volume', `preflight | ${names} ssh-keys ${quiet} chrony`],
])('%s prepares its %s by the roles that it documents, in this order (B04)', (system, group, roles) => {
  for (const host of hostsIn(system, group)) expect(rolesOn(system, host), host).toBe(roles)
})

test('no host is left out of the table above', () => {
  for (const system of documented)
    for (const { groups } of systemSites[system].hosts)
      expect(['masters', 'nodes', 'lb', 'harbor', 'volume'].some((group) => groups.includes(group))).toBe(true)
})

describe.each(documented)('%s', (system) => {
  const { hosts, groups } = systemSites[system]
  const members = membersOf(system)
  const everyone = hosts.map(({ name }) => name)
  const others = everyone.filter((name) => !members.includes(name))
  const named = (host: string, name: string): ListedTask[] =>
    prepared(system, host).filter((task) => task.name === name)

  test('has its kernel parameters, each once, on masters and nodes (B19)', () => {
    const { lines, left = [] } = documentedSysctl[system]
    const wanted = new Map(
      lines.split('\n').map((line) => line.split('=').map((part) => part.trim()) as [string, string]),
    )
    for (const key of left) expect(wanted.delete(key), key).toBe(true)
    for (const host of members) {
      const { params } = only(prepared(system, host), 'kernel parameters')
      expect(params.ignoreMissing).toBe(true)
      const values = Object.entries(params.values as Record<string, unknown>).map(([key, value]) => [
        key,
        String(value),
      ])
      expect(Object.fromEntries(values)).toEqual(Object.fromEntries(wanted))
    }
    for (const host of others) expect(named(host, 'kernel parameters')).toEqual([])
  })

  test('has its kernel modules, now and after a boot, none with a remark (B17, B18)', () => {
    for (const host of members) {
      const tasks = prepared(system, host).filter(({ module }) => module === 'kernelModule')
      const found: string[] = tasks.flatMap(({ params }) => params.name)
      const optional = system === 's0' || system === 's2' || system === 's3' ? ['overlay'] : []
      expect(found.toSorted()).toEqual([...documentedModules[system].split(/\s+/), ...optional].toSorted())
      expect(tasks.every(({ params }) => ['k8s', 'ipvs'].includes(params.persistent))).toBe(true)
    }
    for (const host of others)
      expect(prepared(system, host).filter(({ module }) => module === 'kernelModule')).toEqual([])
  })

  test('has its packages, and upgrades none in passing (B79)', () => {
    const [everywhere, nodes] = documentedPackages[system].map((text) => text.split(' ').filter(Boolean))
    for (const host of everyone) {
      const tasks = prepared(system, host).filter(({ role }) => role === 'base-packages')
      const found: string[] = tasks.flatMap(({ params }) => params.name)
      expect(found).toEqual(expect.arrayContaining(members.includes(host) ? [...everywhere!, ...nodes!] : everywhere!))
      expect(new Set(found).size).toBe(found.length)
      for (const { params } of tasks) expect(params.state ?? 'present').toBe('present')
    }
  })

  test('has its repositories, with variables that yum expands, and not the shell that writes them (B05, B06)', () => {
    for (const host of everyone) {
      const tasks = prepared(system, host).filter(({ module }) => module === 'yumRepository')
      expect(tasks.map(({ params }) => [params.name, params.baseurl].flat().join(' '))).toEqual(
        documentedRepositories[system],
      )
      for (const { params } of tasks) expect([params.gpgcheck, typeof params.gpgkey]).not.toContain(false)
    }
  })

  test('has docker as its documents say, configured before it runs first, and kept at its version (B65, B68)', () => {
    const bearers = everyone.filter((host) => named(host, 'docker answers').length > 0)
    const groupsWith = {
      ...{ s0: ['masters'], s1: ['masters'], s2: ['masters', 'nodes'], s3: ['masters', 'nodes', 'harbor'] },
      ...{ s4k: ['masters', 'nodes', 'volume'], s4b: ['nodes'] },
    }[system]
    expect(bearers.toSorted()).toEqual(
      [...new Set(groupsWith.flatMap((group) => groups[group]!.map(({ name }) => name)))].toSorted(),
    )
    const version = { s0: '19.03.6', s1: undefined, s2: '19.03.11', s3: '20.10.17', s4k: '18.06.1', s4b: '18.06.1' }[
      system
    ]
    for (const host of bearers) {
      const tasks = prepared(system, host).filter(({ role }) => role?.startsWith('docker'))
      const { params } = tasks.find(({ params }) => params.dest === '/etc/docker/daemon.json')!
      expect(JSON.parse(params.content)).toEqual(documentedDaemon[system])
      expect(params.mode).toBe('0644')
      const order = tasks.map(({ name }) => name)
      expect(order.indexOf('configuration')).toBeLessThan(order.indexOf('docker runs'))
      if (version === undefined) continue
      const specs: string[] = only(tasks, 'docker').params.name
      expect(specs).toEqual(
        // the packages of 18.06 are one
        version.startsWith('18.06')
          ? [`docker-ce=${version}.ce-*`]
          : [`docker-ce=${version}-*`, `docker-ce-cli=${version}-*`, 'containerd.io'],
      )
      expect(only(tasks, 'docker stays in this version').params.name).toContain('docker-ce')
    }
  })

  test('has the folders of its layout, with owner and mode, where files are put in place (B25, B26)', () => {
    const foldersOf = (host: string) =>
      prepared(system, host)
        .filter(({ role }) => role === 'layout')
        .map(({ params }) => `${params.path} ${params.mode} ${params.owner ?? 'root'}`)
    const { master, node = master } = documentedFolders[system]
    for (const host of members)
      expect(foldersOf(host).toSorted(), host).toEqual(
        (hostsIn(system, 'masters').includes(host) ? master : node).toSorted(),
      )
    for (const host of others) expect(foldersOf(host)).toEqual([])
  })

  test('gives no path two owners or modes, those of its certificates among them (B26)', () => {
    for (const { name, groups: own } of hosts) {
      const view = viewOf({ vars: hosts[0]!.vars, groups } as never)
      const credentialsOf = systems[system](view, name)
      const all = [
        ...systemSites[system].tasks(name),
        ...listedIn([credentials(credentialsOf), credentialsOf.etcd && pki(credentialsOf.etcd)]),
      ]
      // an owner that is not named stays as it is
      const seen = new Map<string, { mode?: string; owner?: string }>()
      for (const { params } of all) {
        const file: string | undefined = params.path ?? params.dest
        if (file === undefined) continue
        const { mode, owner } = seen.get(file) ?? {}
        for (const [before, now] of [
          [mode, params.mode],
          [owner, params.owner],
        ])
          expect(`${file} ${now ?? before}`).toBe(`${file} ${before ?? now}`)
        seen.set(file, { mode: params.mode ?? mode, owner: params.owner ?? owner })
      }
      // the tasks of both were looked at
      if (documentedFolders[system].master.length > 0 && own.includes('masters'))
        expect(seen.get('/etc/docker/daemon.json') ?? seen.get('/etc/profile.d/tsplay-k8s.sh')).toBeDefined()
      // certificates of systems without kubeadm lie in folders of the layout
      if (own.includes('masters') && documentedFolders[system].master.length > 0)
        for (const { path } of credentialsOf.pki!.folders ?? [])
          expect(
            documentedFolders[system].master.some((line) => line.startsWith(`${path} `)),
            path,
          ).toBe(true)
    }
  })

  test('writes each file by one task', () => {
    for (const host of everyone) {
      const files = prepared(system, host)
        .filter(({ module }) => ['copy', 'template'].includes(module))
        .map(({ params }) => params.dest)
      expect(new Set(files).size, host).toBe(files.length)
    }
  })
})

describe('names in /etc/hosts', () => {
  const linesOf = (system: Documented, host: string): string[] =>
    only(prepared(system, host), 'names of all hosts').params.block.trim().split('\n')

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

  test.each(['s4k', 's4b'] as const)(
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
