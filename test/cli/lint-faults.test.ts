// tsplay lint over copies of the documented inventories: each fault that is put into one is found where it stands, and without
// one there is nothing to find.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Found, ruleFindings } from '../../engine/cli/lint/rule-findings.ts'
import s0 from '../../playbooks/systems/s0.ts'
import s1 from '../../playbooks/systems/s1.ts'
import s2 from '../../playbooks/systems/s2.ts'
import s3 from '../../playbooks/systems/s3.ts'
import s4b from '../../playbooks/systems/s4b.ts'
import s4k from '../../playbooks/systems/s4k.ts'
import { type Documented, documented, faultyText, lineOf, openCopy } from '../playbooks/documented-inventories.ts'
import { type Project, project } from '../support/cli.ts'
import { seededFaults } from './seeded-faults.ts'

const playbooks = { s0, s1, s2, s3, s4b, s4k }

const findings = async (system: Documented, text: string): Promise<Found[]> =>
  ruleFindings(playbooks[system] as never, await openCopy(text))

const named = ({ level, rule }: Pick<Found, 'level' | 'rule'>): string => `${level} ${rule}`

const rows = seededFaults.map((fault) => [fault.system, fault.what, fault.finding, fault] as const)

test.each(rows)('%s: %s: %s', async (system, _what, finding, { replacements, at, also = [] }) => {
  const { text, line } = faultyText(system, replacements)
  const found = await findings(system, text)
  // nothing else than what is wrong
  expect([...new Set(found.map(named))].toSorted()).toEqual([finding, ...also].toSorted())

  const one = found.find((each) => named(each) === finding)!
  expect(one.hint).toMatch(/\w/)
  expect(one.hosts.length).toBeGreaterThan(0)
  if (at === null) expect(one.place).toBeUndefined()
  else expect(one.place).toMatchObject({ file: 'hosts.ts', line: at === undefined ? line : lineOf(text, at) })
})

test('the table has a fault for every rule there is', () => {
  const dir = path.join(import.meta.dirname, '../../playbooks/rules')
  const rules = readdirSync(dir).flatMap((file) =>
    [
      ...readFileSync(path.join(dir, file), 'utf8').matchAll(
        /(?:\brule: |\b(?:error|warning|finding)\(\s*)'([\w-]+)'/g,
      ),
    ].map(([, rule]) => rule!),
  )
  // what is no network at all does not get past the schemas
  const seeded = ['cidr', ...seededFaults.map(({ finding }) => finding.split(' ')[1]!)]
  expect([...new Set(rules)].toSorted()).toEqual([...new Set(seeded)].toSorted())
})

test.each(documented)('%s as it is documented has no fault', async (system) => {
  expect(await findings(system, faultyText(system, []).text)).toEqual([])
})

describe('the program', () => {
  let site: Project
  beforeEach(() => {
    site = project()
  })
  afterEach(() => site.remove())

  const inProject = (file: string): string => path.join(import.meta.dirname, '../..', file)
  const lint = (playbook: string, inventory: string) =>
    site.tsplay(['lint', inProject(`playbooks/${playbook}.ts`), '-i', inventory])

  test.each([
    ...documented.flatMap((system) => (system === 's3' ? [] : [[`systems/${system}`, `${system}/hosts`] as const])),
    ['site', 'prod'] as const,
    ['site', 'lab'] as const,
  ])('finds nothing wrong with %s over %s.ts', { timeout: 180_000 }, async (playbook, inventory) => {
    // with playbooks that have certificates, the keys of a whole cluster are made to look at

    const { code, stdout, stderr } = await lint(playbook, inProject(`inventories/${inventory}.ts`))
    expect(stderr).toBe('')
    expect(stdout).toMatch(/\.ts: nothing found\n$/)
    expect(code).toBe(0)
  })

  test('tells what is left to the user of S3, before any host is touched: who vouches for cri-dockerd', async () => {
    const inventory = inProject('inventories/s3/hosts.ts')
    const told =
      /error \[cri-dockerd\] nobody vouches for cri-dockerd-0\.2\.5-3\.el8\.x86_64\.rpm, .*\n {2}at .*s3\/hosts\.ts:\d+:\d+ \(criDockerd\.source\)\n {2}hosts: (?:k8s-(?:master|node)0[123]\.example\.local(?:, )?){6}\n {2}hint: fetch https:\/\/github\.com\/Mirantis\/cri-dockerd\/releases\/download\/v0\.2\.5\/cri-dockerd-0\.2\.5-3\.el8\.x86_64\.rpm once, /
    const { code, stdout } = await lint('systems/s3', inventory)
    expect(stdout).toMatch(told)
    expect(stdout).toMatch(/s3\.ts: 1 error\n$/)
    expect(code).toBe(1)
    const ran = await site.tsplay(['run', inProject('playbooks/systems/s3.ts'), '-i', inventory])
    expect(ran.stderr).toMatch(
      /^tsplay: nobody vouches for cri-dockerd-0\.2\.5-3\.el8\.x86_64\.rpm, .*\n {2}at .*\n {2}hint: fetch /,
    )
    expect([ran.code, ran.stdout]).toEqual([1, ''])
  })

  test('tells a fault with its place, and what to do, and exits 1 (B58)', async () => {
    const { text, line } = faultyText('s3', [["podCidr: '192.168.0.0/16'", "podCidr: '192.168.0.0/12'"]])
    site.write('hosts.ts', text)
    const { code, stdout } = await lint('systems/s3', 'hosts.ts')
    expect(stdout).toMatch(
      new RegExp(
        String.raw`^error \[cidr-host-bits\] the network of the pods, 192\.168\.0\.0/12, has host bits set: it is 192\.160\.0\.0/12
  at hosts\.ts:${line}:\d+ \(network\.podCidr\)
  hint: write 192\.160\.0\.0/12 if that is meant; .*
.*s3\.ts: 1 error
$`,
      ),
    )
    expect(code).toBe(1)
  })

  test('exits 0 where a fault is but a warning (B13)', async () => {
    const { text, line } = faultyText('s0', [['ownOnMasters: true', 'ownOnMasters: false']])
    site.write('hosts.ts', text)
    const { code, stdout } = await lint('systems/s0', 'hosts.ts')
    expect(stdout).toMatch(new RegExp(String.raw`^warning \[balancer-loop\] .*\n  at hosts\.ts:${line}:\d+ `))
    expect(code).toBe(0)
  })

  test.each<[Documented, string, string, string]>([
    ['s0', 'podCidr:', 'podCird:', "variable 'network.podCird' of the site is not known ; did you mean 'podCidr'?"],
    [
      's1',
      'keepalived:',
      'keepalive:',
      "unknown variable 'keepalive' in the inventory's vars ; did you mean 'keepalived'?",
    ],
    [
      's2',
      'port: 6443',
      "port: '6443'",
      "variable 'api.port' of the site: expected number, received string ; it is given in",
    ],
    [
      's3',
      'prefix: 21',
      'prefix: 33',
      "variable 'staticNetwork.prefix' of the site: Too big: expected number to be <=32 ; it",
    ],
    [
      's4k',
      "interface: 'ens192'",
      "iface: 'ens192'",
      "variable 'keepalived.iface' of the site is not known ; known: interface, weight",
    ],
    ['s4b', "from: 'package'", "from: 'packages'", "variable 'docker.from' of the site: "],
    [
      's4b',
      "address: '192.168.208.204'",
      "vipPriority: 90, address: '192.168.208.204'",
      "unknown variable 'vipPriority' in host 'k8s-worker4' of group 'nodes' ; 'vipPriority' is a variable of group 'masters'",
    ],
  ])('%s: %s as %s is refused where it stands', async (system, text, instead, message) => {
    const copy = faultyText(system, [[text, instead]])
    site.write('hosts.ts', copy.text)
    const { code, stdout, stderr } = await lint(`systems/${system}`, 'hosts.ts')
    const [what, hint] = message.split(' ; ')
    expect(stderr).toContain(what)
    expect(stderr).toMatch(new RegExp(String.raw`\n  at hosts\.ts:${copy.line}:\d+`))
    expect(stderr).toContain(`\n  hint: ${hint ?? ''}`)
    expect([code, stdout]).toEqual([1, ''])
  })
})
