import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type HostsParams, hosts } from '../../modules/hosts.ts'
import { shells } from '../support/fake-commands.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'

const entries = [
  { address: '10.0.0.11', names: ['master1.example.com', 'master1'] },
  { address: 'fd00::1', names: 'six' },
  { address: '10.0.0.11', names: ['master1', 'kubeapi'] },
]
const block = `# BEGIN TSPLAY hosts
10.0.0.11 master1.example.com master1 kubeapi
fd00::1 six
# END TSPLAY hosts
`
const file = (text?: string): string => {
  const path = join(folderHere(), 'hosts')
  if (text !== undefined) writeFileSync(path, text)
  return path
}

describe('hosts', () => {
  it.each(shells)('adds a block, one line for each address, and keeps all else (B02, B03; %s)', async (...shell) => {
    const before = '127.0.0.1\tlocalhost\n127.0.1.1 me\n10.0.0.9 foreign # mine\n'
    const path = file(before)
    await settleHere(hosts({ entries, path }), { shell })
    expect(readFileSync(path, 'utf8')).toBe(`${before}${block}`)
    await settleHere(hosts({ entries: [entries[1]!], path }), { shell })
    expect(readFileSync(path, 'utf8')).toBe(`${before}# BEGIN TSPLAY hosts\nfd00::1 six\n# END TSPLAY hosts\n`)
    await settleHere(hosts({ state: 'absent', path }), { shell })
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  it.each([
    ['', true],
    ['10.0.0.1 localhost.example.com\n', true],
    ['#127.0.0.1 localhost\n', true],
    ['127.0.0.1 me localhost\n', false],
    ['::1 localhost\n', false],
    ['127.0.0.1 localhost.localdomain localhost\n', false],
  ])('gives localhost its address where %j does not', async (before, added) => {
    const path = file(before)
    await settleHere(hosts({ entries, path }))
    const loopback = '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n'
    expect(readFileSync(path, 'utf8')).toBe(`${added ? loopback : ''}${before}${block}`)
  })

  it('makes a file that is missing, and removes nothing from one that is', async () => {
    const path = file()
    await expectSettled(hosts({ state: 'absent', path }))
    await settleHere(hosts({ entries, path }))
    expect(readFileSync(path, 'utf8')).toMatch(/^127\.0\.0\.1 localhost\n[\s\S]*END TSPLAY hosts\n$/)
  })

  it('keeps blocks of other labels, and a copy where that is asked for', async () => {
    const path = file('127.0.0.1 localhost\n')
    await settleHere(hosts({ entries: [entries[1]!], label: 'databases', path }))
    const { output } = await settleHere(hosts({ entries: [entries[0]!], path, backup: true }))
    expect(readFileSync(path, 'utf8')).toMatch(
      /BEGIN TSPLAY databases\nfd00::1 six\n# END TSPLAY databases\n# BEGIN TSPLAY hosts/,
    )
    expect(output!.stdout).toMatch(/^backup=/)
    await expectSettled(hosts({ entries: [entries[1]!], label: 'databases', path }))
  })

  it('edits what a link leads to', async () => {
    const path = file('127.0.0.1 localhost\n')
    symlinkSync(path, `${path}.link`)
    await settleHere(hosts({ entries, path: `${path}.link` }))
    expect(readFileSync(path, 'utf8')).toContain(block)
  })

  it.each(shells)(
    'takes its names off lines that give them another address, in one change (B02, B64; %s)',
    async (...shell) => {
      const before = '127.0.0.1\tlocalhost\n127.0.1.1 master1.example.com master1 # installer\n10.9.9.9 kubeapi old\n'
      const path = file(before)
      // unless that is asked for, nobody else's line changes
      await settleHere(hosts({ entries, path }), { shell })
      expect(readFileSync(path, 'utf8')).toBe(`${before}${block}`)
      const { differences } = await settleHere(hosts({ entries, path, exclusive: true }), { shell })
      expect(readFileSync(path, 'utf8')).toBe(`127.0.0.1\tlocalhost\n# installer\n10.9.9.9 old\n${block}`)
      expect(differences.map(({ property }) => property)).toEqual(['content'])
      await expectSettled(hosts({ entries, path, exclusive: true }))
    },
  )

  it('leaves lines of others when its own block goes', async () => {
    const path = file(`10.9.9.9 kubeapi\n${block}`)
    await settleHere(hosts({ entries, state: 'absent', exclusive: true, path }))
    expect(readFileSync(path, 'utf8')).toBe('10.9.9.9 kubeapi\n')
  })

  it.each([
    [{}, /'entries': is needed/],
    [{ entries: [{ address: '10.0.0.300', names: 'a' }] }, /'10.0.0.300' is not an IP address/],
    [{ entries: [{ address: '10.0.0.1', names: [] }] }, /one name at least/],
    [{ entries: [{ address: '10.0.0.1', names: 'a b' }] }, /name of a host/],
    [{ entries: [{ address: '10.0.0.1', names: ['a', 'b\n::1 c'] }] }, /name of a host/],
    [{ entries, label: 'a\nb' }, /on one line/],
    [{ entries, path: 'hosts' }, /not an absolute path/],
  ] as [HostsParams, RegExp][])('refuses %j', (params, message) => {
    expect(() => hosts(params)).toThrow(message)
  })
})
