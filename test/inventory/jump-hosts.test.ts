// What an inventory may write for a jump host.
import { expect, test } from 'vitest'
import { connectionSchemas } from '../../engine/inventory/connection-settings.ts'

const problem = (hop: string): string | undefined =>
  connectionSchemas
    .jumpHosts!.safeParse([hop])
    .error?.issues.map(({ message }) => message)
    .join('; ')

test.each(['jump', 'ops@jump', 'jump:2222', 'ops@10.0.0.1:65535', '[fe80::1%eth0]:22', 'ops@[::1]'])(
  'a jump host may be %s (A101)',
  (hop) => {
    expect(problem(hop)).toBeUndefined()
  },
)

test.each([
  ['', 'expected [user@]host[:port]'],
  ['fe80::1', 'expected [user@]host[:port]'],
  ['-oProxyCommand=x', 'expected [user@]host[:port]'],
  ['jump:', 'expected [user@]host[:port]'],
  ['jump:0', 'expected a port number from 1 to 65535'],
  ['jump:99999', 'expected a port number from 1 to 65535'],
  ['[::1]:65536', 'expected a port number from 1 to 65535'],
])("a jump host '%s' is refused", (hop, expected) => {
  expect(problem(hop)).toContain(expected)
})
