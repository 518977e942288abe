// Each fault that an inventory of the cluster can have, put into one that has none: what is found, and where it stands.
import { expect, test } from 'vitest'
import { type Found, ruleFindings } from '../../../engine/cli/lint/rule-findings.ts'
import { cluster } from '../../../playbooks/cluster.ts'
import { clusterRules } from '../../../playbooks/rules/cluster-rules.ts'
import { opened } from '../../inventory/opened.ts'

const hosts = (count: number): string =>
  Array.from({ length: count }, (_, index) => `        m${index + 1}: { ansible_host: 10.10.10.${11 + index} }`).join(
    '\n',
  )

/** An inventory in YAML, whose lines are known. */
async function findings(vars: string, masters = 3): Promise<readonly Found[]> {
  const text = `all:
  vars:
    ${vars}${vars.startsWith('api:') ? '' : '\n    api: { name: lb.test }'}
  children:
    masters:
      hosts:
${masters === 0 ? '        {}' : hosts(masters)}
    nodes: { hosts: { n1: { ansible_host: 10.10.10.31 } } }
    lb: { hosts: { lb1: { ansible_host: 10.10.10.41 } } }
`
  return ruleFindings(
    { rules: clusterRules('binaries') },
    await opened({ 'hosts.yml': text }, { site: cluster as never }),
  )
}

test('an inventory that is right has none', async () => {
  expect(await findings('timezone: Asia/Shanghai')).toEqual([])
})

test.each<[vars: string, rule: string, line: number | undefined, what: string]>([
  ['network: { podCidr: 192.168.0.0/12 }', 'cidr-host-bits', 3, '(B58)'],
  ['network: { podCidr: 10.10.0.0/16 }', 'cidr-hosts', 3, 'of hosts in the network of the pods'],
  ['network: { podCidr: 10.96.0.0/16 }', 'cidr-overlap', 3, 'of networks that overlap'],
  ['network: { dns: 10.1.2.3 }', 'dns-address', 3, 'of a DNS address that no service can have'],
  ["network: { nodePorts: '6000-7000' }", 'node-ports', 3, '(B28)'],
  ['extraHosts: [{ address: 10.10.10.99, names: [m1] }]', 'name-addresses', 3, '(B64)'],
  ['extraHosts: [{ address: 10.10.10.99, names: [lb.test] }]', 'name-addresses', undefined, 'of the API’s name (B61)'],
  ['api: { name: lb.test, vip: 10.10.10.11 }', 'vip-host', 3, 'of a virtual address that a host has'],
])('%s: %s is found on line %s %s', async (vars, rule, line, _what) => {
  const found = (await findings(vars)).filter(({ level }) => level === 'error')
  expect(found.map((each) => each.rule)).toContain(rule)
  const one = found.find((each) => each.rule === rule)!
  if (line !== undefined) expect(one.place).toMatchObject({ line })
  expect(one.hint).toBeTruthy()
})

test('a value within others is found where it stands, and not where they begin', async () => {
  const [found] = await findings('network:\n      nodePorts: 30000-32000\n      podCidr: 192.168.0.0/12')
  expect(found).toMatchObject({ rule: 'cidr-host-bits', place: { file: 'hosts.yml', line: 5, column: 7 } })
  await expect(
    findings('extraHosts:\n      - address: 10.0.0.1\n        names: [x]\n      - address: nowhere'),
  ).rejects.toMatchObject({
    message: expect.stringContaining("variable 'extraHosts.1.address' of the site: expected an IP address"),
    place: { file: 'hosts.yml', line: 6, column: 9 },
  })
})

test('too few or an even number of masters', async () => {
  expect((await findings('timezone: UTC', 0)).map(({ rule, level }) => `${level} ${rule}`)).toContain(
    'error no-masters',
  )
  const [found] = await findings('timezone: UTC', 4)
  expect(found).toMatchObject({
    level: 'warning',
    rule: 'quorum',
    message: '4 members of etcd can lose as few as 3 can',
  })
})
