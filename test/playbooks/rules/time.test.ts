// Where hosts have the time from, and who runs the control plane: what is found, and what is left in peace.
import { expect, test } from 'vitest'
import { accountFindings, ownerFindings } from '../../../playbooks/rules/accounts.ts'
import { clockFindings } from '../../../playbooks/rules/time.ts'

const hosts = [
  { name: 'ha1.example.org', address: '10.0.0.4' },
  { name: 'm1', address: 'fd00::1' },
]

test.each([
  ['ntp.example.org', true, undefined],
  ['10.0.0.40', true, undefined],
  ['10.0.0.4', true, 'ha1.example.org'],
  ['HA1.example.org', false, 'ha1.example.org'],
  ['ha1', true, 'ha1.example.org'],
  ['FD00:0::1', true, 'm1'],
  ['127.0.0.1', true, 'each host itself'],
  ['::1', true, 'each host itself'],
  ['localhost', true, 'each host itself'],
  // in containers the clock is their machine's
  ['127.0.0.1', false, undefined],
])('the time from %s, with clocks set: %j, is that of %s', (server, setsClock, who) => {
  const found = clockFindings({ upstreams: ['ntp.test', server], hosts, setsClock })
  expect(found.map(({ rule, variable }) => `${rule} of ${variable}`)).toEqual(
    who === undefined ? [] : ['time-loop of time.upstreams'],
  )
  if (who !== undefined) expect(found[0]!.message).toContain(who)
})

test('accounts stand there once, and somebody makes that of the control plane', () => {
  const [ops, k8s] = [{ name: 'ops' }, { name: 'k8s' }]
  expect(accountFindings([ops, k8s], 'accounts')).toEqual([])
  expect(accountFindings([ops, k8s, ops, ops], 'accounts').map(({ message }) => message)).toEqual([
    'the account ops stands there twice',
  ])
  expect([...ownerFindings('root', [], 'x'), ...ownerFindings('k8s', [k8s], 'x')]).toEqual([])
  expect(ownerFindings('k8s', [ops], 'x')).toMatchObject([{ level: 'warning', rule: 'account-missing' }])
})
