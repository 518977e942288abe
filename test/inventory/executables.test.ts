import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { namesIn, opened, refused, varsOf } from './opened.ts'

const script = (body: string) => ({ 'inventories/cloud': `#!/bin/sh\n${body}\n` })

describe('an executable inventory (A121)', () => {
  test('is asked with --list, and says of hosts in _meta', async () => {
    const listed = JSON.stringify({
      web: { hosts: ['w1', 'w2'], vars: { port: 80 }, children: ['edge'] },
      edge: ['e1'],
      lone: { k: 'v' },
      _meta: { hostvars: { w1: { ansible_host: '10.0.0.1' } } },
    })
    const found = await opened(script(`[ "$1" = --list ] && echo '${listed}'`), { names: 'cloud' })
    expect(namesIn(found, 'web')).toEqual(['w1', 'w2', 'e1'])
    expect(varsOf(found, 'lone')).toEqual({ k: 'v' })
    expect(found.hosts.get('w1')?.address).toBe('10.0.0.1')
    expect(varsOf(found, 'w2')).toEqual({ port: 80 })
  })

  test('is asked for each host where _meta is missing', async () => {
    const found = await opened(
      script(`case $1 in --list) echo '{"web": ["a", "b"]}';; --host) echo "{\\"me\\": \\"$2\\"}";; esac`),
      { names: 'cloud' },
    )
    expect([varsOf(found, 'a'), varsOf(found, 'b')]).toEqual([{ me: 'a' }, { me: 'b' }])
  })

  test.each([
    ['echo oops >&2; exit 3', 'inventories/cloud --list exits with 3:\n    oops'],
    ['echo not json', 'inventories/cloud --list prints no JSON: '],
    ["echo '[1]'", 'inventories/cloud: what it prints is not an object'],
    [`echo '{"web": {"hosts": "a"}}'`, 'inventories/cloud: web.hosts is not a list of names'],
    [`echo '{"web": {"hosts": [1]}}'`, 'inventories/cloud: web.hosts is not a list of names'],
    [`echo '{"web": {"vars": [1]}}'`, 'inventories/cloud: web.vars is not an object'],
    [`echo '{"web": 3}'`, 'inventories/cloud: web is not an object'],
    [
      `echo '{"web": ["a"], "_meta": {"hostvars": {"a": 1}}}'`,
      "inventories/cloud: the variables of 'a' is not an object",
    ],
    [`echo '{"a": {"children": ["b"]}, "b": {"children": ["a"]}}'`, 'groups contain each other: a → b → a'],
    ['kill -9 $$', 'inventories/cloud --list was ended by SIGKILL'],
    ['head -c 2000 /dev/urandom', 'inventories/cloud --list prints no JSON: '],
  ])('that does `%s` is refused with the reason', async (body, message) => {
    expect((await refused(script(body), { names: 'cloud' })).slice(0, message.length)).toBe(message)
  })

  test('that hangs is ended, with what it has started', async () => {
    const started = performance.now()
    const message = await refused(script('sleep 61.7 & sleep 61.8'), { names: 'cloud', executableTimeout: 1 })
    expect(message).toBe('inventories/cloud --list has not ended after 1 seconds')
    expect(performance.now() - started).toBeLessThan(10_000)
    const left = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    expect(left).not.toMatch(/sleep 61\.[78]/)
  })

  test('whose interpreter is missing is refused', async () => {
    expect(await refused({ 'inventories/cloud': '#!/no/such/thing\n' }, { names: 'cloud' })).toBe(
      'inventories/cloud --list: cannot be run: its interpreter is missing',
    )
  })

  test('what it prints may be saved as JSON and read again', async () => {
    const found = await opened({ 'hosts.json': '{"web": {"hosts": ["a"]}, "_meta": {"hostvars": {"a": {"k": 1}}}}' })
    expect(varsOf(found, 'a')).toEqual({ k: 1 })
  })
})
