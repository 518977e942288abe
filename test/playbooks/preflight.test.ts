// What preflight finds, by facts: no host is asked.
import { describe, expect, test } from 'vitest'
import type { Facts } from '../../engine/facts.ts'
import type { Question } from '../../engine/question/question.ts'
import { apart, offsetOf } from '../../playbooks/roles/preflight/clock.ts'
import { type PreflightParams, preflight } from '../../playbooks/roles/preflight/index.ts'
import { likenesses, type Told } from '../../playbooks/roles/preflight/others.ts'
import { listeningIn, portText, takenPorts } from '../../playbooks/roles/preflight/ports.ts'
import { problemsOf } from '../../playbooks/roles/preflight/problems.ts'
import { type Identity, survey } from '../../playbooks/roles/preflight/survey.ts'
import { expectSettles } from '../support/laws.ts'
import { listedIn } from './tasks-of.ts'

const os = { id: 'rocky', family: 'redhat', version: '8.6', majorVersion: '8', codename: '' }
const mounts = [
  { path: '/', availableMb: 50_000 },
  { path: '/var', availableMb: 2000 },
  { path: '/var/lib/other', availableMb: 90_000 },
] as unknown as Facts['mounts']
const fit: Partial<Facts> = { os, arch: 'x86_64', kernel: '4.18.0-372.el8.x86_64', cpus: 2, memoryMb: 1800, mounts }

describe('problemsOf', () => {
  test('a fit host has none', () => {
    const wants = { cpus: 2, memoryMb: 1700, kernel: '4.18', diskMb: { '/var/lib/docker': 2000, '/srv': 50_000 } }
    expect(problemsOf(fit, wants)).toEqual([])
    expect(problemsOf(fit, {})).toEqual([])
  })

  test('a master of the documented system with 1 processor and 2 GiB is told of, instead of being let through', () => {
    expect(problemsOf({ ...fit, cpus: 1, memoryMb: 1600 }, { cpus: 2, memoryMb: 1700 })).toEqual([
      'has 1 processors, and needs 2',
      'has 1600 MiB of memory, and needs 1700',
    ])
  })

  test('a system that no role is made for is named, by its release where only that is another (V01)', () => {
    expect(problemsOf({ ...fit, os: { ...os, id: 'alpine' } }, {})[0]).toMatch(
      /^runs alpine, which is none of centos, /,
    )
    expect(problemsOf({ ...fit, os: { ...os, version: '7.9', majorVersion: '7' } }, {})).toEqual([
      'runs rocky 7.9, which is none of rocky 8, rocky 9',
    ])
    expect(problemsOf({ ...fit, serviceManager: 'openrc' }, {})).toEqual(['does not run systemd'])
    expect(problemsOf({ ...fit, arch: 'riscv64' }, {})).toEqual(['is riscv64, not x86_64 or aarch64'])
  })

  test('kernels are compared by numbers, and space by the mount that holds the folder', () => {
    const kernel = '4.18'
    expect(problemsOf({ ...fit, kernel: '4.9.0-1' }, { kernel })).toHaveLength(1)
    expect(problemsOf({ ...fit, kernel: '3.10.0-1160.el7.x86_64' }, { kernel })).toHaveLength(1)
    expect(problemsOf({ ...fit, kernel: '5.4' }, { kernel })).toEqual([])
    expect(problemsOf(fit, { diskMb: { '/var/lib/docker': 2001, '/variant': 2001 } })).toEqual([
      'has 2000 MiB free for /var/lib/docker, and needs 2001',
    ])
  })
})

describe('likenesses', () => {
  const one = (name: string, more: Partial<Identity> = {}): Told => ({
    name,
    identity: { hostname: [name], machineId: [`id-${name}`], productUuid: [''], macs: [`52:${name}`], ...more },
    clock: { least: -5, most: 5 },
  })
  const wants = { distinct: ['hostname', 'machineId', 'productUuid', 'macs'] as (keyof Identity)[], maxSkew: 1 }

  test('hosts that differ have none, and what nobody can read is no likeness', () => {
    expect(likenesses('a', [one('a'), one('b'), { name: 'not in the run' }], wants)).toEqual([])
  })

  test('a copied machine is found by each id, with the names of all that share it', () => {
    const told = [
      one('a', { macs: ['52:1', '52:2'] }),
      one('b', { machineId: ['id-a'], macs: ['52:2'] }),
      one('c', { machineId: ['id-a'] }),
    ]
    expect(likenesses('a', told, wants)).toEqual([
      'its machine id id-a is also that of b, c',
      'its MAC address 52:2 is also that of b',
    ])
    expect(likenesses('c', told, { ...wants, distinct: ['hostname'] })).toEqual([])
  })

  test('a name that another one begins with is no likeness (B01)', () => {
    const told = [one('k8s-master1'), one('k8s-master10')]
    expect(likenesses('k8s-master1', told, wants)).toEqual([])
  })

  test('clocks that are apart are told, and only where they surely are (V02)', () => {
    const told = [one('a'), { ...one('b'), clock: { least: 3000, most: 9000 } }]
    expect(likenesses('a', told, wants)).toEqual(['its clock and that of b are 3.0 s apart'])
    expect(likenesses('b', told, { ...wants, maxSkew: 3 })).toEqual([])
  })
})

describe('a clock', () => {
  test('is ahead by as much as the way leaves open, with and without fractions of a second', () => {
    expect(offsetOf('1700000000500000000\n', 1_700_000_000_400, 1_700_000_000_650)).toEqual({ least: -150, most: 101 })
    expect(offsetOf('1700000003\n', 1_700_000_000_400, 1_700_000_000_650)).toEqual({ least: 2350, most: 3600 })
  })

  test('is apart from another by the gap between what both may be', () => {
    expect(apart({ least: 0, most: 10 }, { least: 5, most: 20 })).toBe(0)
    expect(apart({ least: 0, most: 10 }, { least: 25, most: 30 })).toBe(15)
    expect(apart({ least: 25, most: 30 }, { least: 0, most: 10 })).toBe(15)
  })
})

test("who listens is read from the kernel's tables, and not who is connected", () => {
  const tables = `  sl  local_address rem_address   st tx_queue
   0: 0100007F:192B 00000000:0000 0A 00000000:00000000
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000
   2: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0`
  expect([...listeningIn(tables)]).toEqual([6443, 80])
})

test.each([
  ['active', []],
  ['reloading', []],
  // members of etcd listen, and wait for the others before they say that they have started
  ['activating', []],
  ['deactivating', []],
  ['inactive', [2379]],
  ['failed', [2379]],
] as const)('a port of a unit that is %s is taken by somebody else: %j', (active, expected) => {
  const tables = '   0: 0100007F:094B 00000000:0000 0A 00000000:00000000\n'
  const probe = takenPorts([
    { port: 2379, unit: 'etcd' },
    { port: 2380, unit: 'etcd' },
  ])
  const taken = probe.read(<T>({ kind }: Question<T>) => (kind.name === 'unit' ? { active } : { stdout: tables }) as T)
  expect(taken.map(({ port }) => port)).toEqual(expected)
})

describe('preflight', () => {
  const params = { self: 'a', hosts: ['a', 'b'], ports: [{ port: 6443, unit: 'kube-apiserver' }] }
  const judged = (told: object, wants: Partial<PreflightParams> = {}) =>
    listedIn([
      listedIn([preflight({ ...params, ...wants })]).find(({ module }) => module === 'fact')!.node.registered!({
        value: { found: fit, taken: [], ...told },
      } as never),
    ]).map(({ name, params }) => [name, params.that])

  const identity = { hostname: ['localhost.localdomain'], machineId: ['1'], productUuid: [''], macs: [] }
  const told = (wants: Partial<PreflightParams> = {}) =>
    listedIn(listedIn([preflight({ ...params, ...wants })])[0]!.node.registered!({ identity } as never))

  test('has told all before it judges anything, so that a host that fails is compared with, too', () => {
    const [look, ...rest] = listedIn([preflight(params)])
    expect(look!.module).toBe('survey')
    expect(told().map(({ module, params }) => [module, params.value])).toEqual([['setFact', { identity }]])
    expect(rest.map(({ module }) => module)).toEqual(['fact'])
  })

  test('compares names as they will be, capitals aside: those of one image are no copies of each other', () => {
    const [only] = told({ name: 'M1.example.test' })
    expect(only!.params.value).toEqual({ identity: { ...identity, hostname: ['m1.example.test'] } })
  })

  test('judges by what the host has told', () => {
    expect(judged({})).toEqual([
      ['the host is fit', {}],
      ['ports are free', {}],
      ['no other host is like it', undefined],
    ])
    const small = judged({ found: { ...fit, cpus: 1 } }, { cpus: 2 })
    expect(small[0]![1]).toEqual({ 'has 1 processors, and needs 2': false })
  })

  test('says which ports are taken, and whose they were to be', () => {
    const taken = [{ port: 6443, unit: 'kube-apiserver' }, { port: 80 }]
    expect(taken.map(portText)).toEqual(['6443 (meant for kube-apiserver)', '80'])
    expect(judged({ taken })[1]![1]).toEqual({
      'port 6443 (meant for kube-apiserver) is in use by another: ss -ltnp tells by whom': false,
      'port 80 is in use by another: ss -ltnp tells by whom': false,
    })
  })

  test('changes nothing, whatever is found', () => {
    expectSettles(survey.module, { ports: [], asked: 0 }, { taken: [] })
  })
})
