// What a host runs: from the inventory or from the host; and that nobody asks a host for what the inventory says.
import { describe, expect, test } from 'vitest'
import { TsplayError } from '../../engine/error.ts'
import type { ClusterContext } from '../../playbooks/cluster.ts'
import { preparation } from '../../playbooks/preparation/index.ts'
import { familyOf, systemOf } from '../../playbooks/preparation/system.ts'
import { documented } from './documented-inventories.ts'
import { systemSites } from './documented-systems.ts'
import { listedIn } from './tasks-of.ts'

type Os = ClusterContext['vars']['os']

class Asked extends Error {}

/** Facts of a host that nobody is to ask. */
const silent = new Proxy(
  {},
  {
    get: (_, fact) => {
      throw new Asked(`the host is asked for '${String(fact)}'`)
    },
  },
) as ClusterContext['facts']

const telling = (os: Partial<ClusterContext['facts']['os']>, arch = 'x86_64') =>
  ({ os: { majorVersion: '', codename: '', ...os }, arch }) as ClusterContext['facts']

const known = (os: Os, facts = silent) => ({ vars: { os } as ClusterContext['vars'], facts })

const os = (id: string, version?: string, arch = 'x86_64') =>
  ({ id, arch, ...(version !== undefined && { version }) }) as NonNullable<Os>

describe('what the inventory says', () => {
  test.each([
    ['centos', '7', 'redhat', '7', ''],
    ['centos', '7.6.1810', 'redhat', '7', ''],
    ['rhel', '9.4', 'redhat', '9', ''],
    ['rocky', '8', 'redhat', '8', ''],
    ['almalinux', '9', 'redhat', '9', ''],
    ['debian', '12', 'debian', '12', 'bookworm'],
    ['debian', '12.5', 'debian', '12', 'bookworm'],
    ['ubuntu', '20.04', 'debian', '20', 'focal'],
    ['ubuntu', '18.04', 'debian', '18', 'bionic'],
  ])('holds, and no host is asked: %s %s', (id, version, family, majorVersion, codename) => {
    expect(systemOf(known(os(id, version, 'aarch64')))).toEqual({ id, family, majorVersion, codename, arch: 'aarch64' })
  })

  test.each([
    ['debian', 'debian'],
    ['ubuntu', 'debian'],
    ['centos', 'redhat'],
    ['rocky', 'redhat'],
  ])('of the distribution alone is enough for its family: %s', (id, family) => {
    expect(familyOf(known(os(id)))).toBe(family)
    expect(() => systemOf(known(os(id)))).toThrow(Asked)
  })
})

describe('what the host says', () => {
  const told = { id: 'debian', family: 'debian' as const, majorVersion: '13', codename: 'trixie' }

  test('is taken where the inventory says nothing, or no release', () => {
    expect(systemOf(known(undefined, telling(told, 'aarch64')))).toEqual({ ...told, arch: 'aarch64' })
    expect(systemOf(known(os('debian'), telling(told)))).toEqual({ ...told, arch: 'x86_64' })
    // the name of this release is not known here
    const newer = { id: 'ubuntu', family: 'debian' as const, majorVersion: '26', codename: 'resolute' }
    expect(systemOf(known(os('ubuntu', '26.04'), telling(newer)))).toEqual({ ...newer, arch: 'x86_64' })
    expect(familyOf(known(undefined, telling({ id: 'fedora', family: 'redhat' })))).toBe('redhat')
  })

  test.each([
    ['alpine', 'alpine', 'the host runs alpine, for which no role is made'],
    ['arch', 'arch', 'the host runs arch, for which no role is made'],
    ['', '', 'the host runs an unknown system, for which no role is made'],
  ])('is refused where no role is made for it: %j', (id, family, message) => {
    for (const read of [familyOf, systemOf]) {
      const failed = (() => {
        try {
          read(known(undefined, telling({ id, family: family as never })))
        } catch (error) {
          return error
        }
        return undefined
      })()
      expect(failed).toBeInstanceOf(TsplayError)
      expect(failed).toMatchObject({ message, hint: 'roles serve Debian, Ubuntu and the RHEL family' })
    }
  })
})

describe('a host is not asked for facts', () => {
  /** The tasks of every play of the preparation, for a host as the inventory has it but for these variables. */
  const lists = (system: (typeof documented)[number], name: string, vars: object = {}) => {
    const { hosts, groups } = systemSites[system]
    const host = hosts.find((each) => each.name === name)!
    const context = { host, hosts, groups, facts: silent, check: false, vars: { ...host.vars, ...vars } }
    return preparation().map((play) => ({
      play: play.spec.name,
      tasks: () => listedIn(play.spec.tasks(context as never) as never),
    }))
  }

  test.each(documented)('by any step of %s, whose inventory says what hosts run', (system) => {
    for (const { name } of systemSites[system].hosts) {
      const roles = lists(system, name).flatMap(({ tasks }) => tasks().map(({ node }) => node.scope.roles[0]))
      expect(roles).toEqual(expect.arrayContaining(['hostname', 'repos', 'swap-off']))
    }
  })

  test('by steps that need no release, where the inventory names the distribution alone', () => {
    const plain = { os: os('debian'), repositories: {}, kernel: undefined }
    for (const system of ['s0', 's1', 's2', 's4b'] as const)
      for (const { name } of systemSites[system].hosts)
        for (const { tasks, play } of lists(system, name, plain)) expect(tasks, `${system}: ${play}`).not.toThrow()
  })

  test.each([
    ['repositories', { repositories: { docker: true } }],
    ['locales', { locale: { debian: { LC_TIME: 'en_DK.UTF-8' }, redhat: {} } }],
    ['a fixed address', { staticNetwork: { interface: 'eth0', prefix: 24, dns: [], activate: false } }],
    ['a kernel', { kernel: { minimum: '5.0', also: [], replaces: [], args: [] } }],
  ])('but by those that do: %s', (_what, vars) => {
    const plain = { os: os('debian'), repositories: {}, kernel: undefined }
    const tried = lists('s2', 'centos7-d', { ...plain, ...vars }).map(({ tasks }) => {
      try {
        tasks()
      } catch (error) {
        return (error as Error).message
      }
      return undefined
    })
    expect(tried.filter((message) => message !== undefined)).toEqual(["the host is asked for 'os'"])
  })
})
