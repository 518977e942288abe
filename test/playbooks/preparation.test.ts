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

const quiet = 'firewall-off selinux-off swap-off'
// the time zone is only said by S1 and S3, limits by S3 and S4K
const both = `${quiet} timezone-locale limits`
const names = 'hostname hosts-file repos base-packages'
const kernel = 'base-packages kernel-modules sysctl'
const files = 'layout path-env'

test.each<[Documented, group: string, roles: string]>([
  [
    's0',
    'masters',
    `preflight | ${names} ${quiet} chrony | kernel-upgrade | ${kernel} ${files} docker forward-accept | reboot`,
  ],
  [
    's1',
    'masters',
    `preflight | ${names} users-sudo ssh-keys ${quiet} timezone-locale | ${kernel} ${files} docker-static forward-accept`,
  ],
  ['s2', 'masters', `preflight | ${names} ${quiet} | ${kernel} ${files} docker forward-accept`],
  ['s2', 'nodes', `preflight | ${names} ${quiet} | ${kernel} ${files} docker forward-accept`],
  ['s2', 'lb', `preflight | ${names} ${quiet}`],
  ...(['masters', 'nodes'] as const).map((group): [Documented, string, string] => [
    ...(['s3', group] as const),
    `preflight | network-static ${names} ssh-keys ${both} chrony-client | kernel-upgrade | ${kernel} docker forward-accept cri-dockerd | reboot`,
  ]),
  ['s3', 'lb', `preflight | network-static ${names} ssh-keys ${both} chrony-server | sysctl`],
  [
    's3',
    'harbor',
    `preflight | network-static ${names} ssh-keys ${both} chrony-client | docker forward-accept | reboot`,
  ],
  ['s4k', 'masters', `preflight | ${names} ${quiet} limits chrony | ${kernel} docker forward-accept | reboot`],
  ['s4k', 'nodes', `preflight | ${names} ${quiet} limits chrony | ${kernel} docker forward-accept | reboot`],
  ['s4k', 'volume', `preflight | ${names} ${quiet} limits chrony | docker forward-accept | reboot`],
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
      expect(params).toMatchObject({ ignoreMissing: true, file: documentedSysctl[system].file })
      // what other files say against it ends with it
      expect(only(prepared(system, host), 'kernel parameters that others set').params).toEqual({
        file: params.file,
        values: params.values,
      })
      const values = Object.entries(params.values as Record<string, unknown>).map(([key, value]) => [
        key,
        String(value),
      ])
      expect(Object.fromEntries(values)).toEqual(Object.fromEntries(wanted))
    }
    for (const host of others) expect(named(host, 'kernel parameters')).toEqual([])
    for (const host of everyone) {
      const ofBalancers = named(host, 'kernel parameters of balancers').map(({ params }) => params)
      const isBalancer = system === 's3' && hostsIn(system, 'lb').includes(host)
      expect(ofBalancers.map(({ file, values }) => ({ file, values }))).toEqual(
        isBalancer ? [{ file: '/etc/sysctl.d/haproxy.conf', values: { 'net.ipv4.ip_nonlocal_bind': 1 } }] : [],
      )
    }
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
      // CentOS 7 has yum
      expect(only(tasks, 'what keeps versions').params.name).toBe(
        system === 's3' ? 'python3-dnf-plugin-versionlock' : 'yum-plugin-versionlock',
      )
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
