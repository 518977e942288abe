// How a host is reached, as inventory and flags say it.
import { userInfo } from 'node:os'
import { expect, test } from 'vitest'
import { targetOf } from '../../engine/cli/target.ts'

const flags = { timeout: 10, forks: 5 }
const host = { name: 'h', address: '10.0.0.9', groups: [], vars: {} }

test('jump hosts keep their order, and have ports and users of their own (A101)', () => {
  const connection = { user: 'deploy', jumpHosts: ['ops@jump:2222', '[fe80::1]:2200', 'ops@[::1]', 'plain'] }
  const me = userInfo().username
  expect(targetOf({ ...host, connection }, flags, undefined).jumpHosts).toEqual([
    { user: 'ops', address: 'jump', port: 2222 },
    { user: me, address: 'fe80::1', port: 2200 },
    { user: 'ops', address: '::1', port: 22 },
    { user: me, address: 'plain', port: 22 },
  ])
})

test('a proxy command is handed on as it is, and without either there is neither (A101)', () => {
  const target = targetOf({ ...host, connection: { proxyCommand: 'nc %h %p' } }, flags, undefined)
  expect(target.proxyCommand).toBe('nc %h %p')
  const plain = targetOf({ ...host, connection: {} }, flags, undefined)
  expect(plain).not.toHaveProperty('jumpHosts')
  expect(plain).not.toHaveProperty('proxyCommand')
})
