// What a host's resolver says of names, against what it should: its answers as getent prints them, and a getent of the test's own.
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readTold, resolves } from '../../playbooks/roles/hosts-file/resolves.ts'
import { runLocally } from '../support/local-host.ts'
import { folderHere } from '../support/settle-here.ts'

const line = (address: string, kind: string, name = ''): string => `${address.padEnd(15)} ${kind.padEnd(6)} ${name}\n`
const said = (name: string, ...addresses: string[]): string =>
  addresses
    .map((address, index) =>
      ['STREAM', 'DGRAM', 'RAW'].map((kind, at) => line(address, kind, index + at === 0 ? name : '')).join(''),
    )
    .join('')

const entries = [
  { address: '10.0.0.5', names: ['m1.example.com', 'm1'] },
  { address: 'FD00:0::6', names: ['six'] },
]

describe('what getent prints', () => {
  const params = { entries, elsewhere: ['api.example.org'] }

  test('is told by name, although the first name of a line stands for all of them', () => {
    const stdout = `${said('m1.example.com', '10.0.0.5')}${said('m1.example.com', '10.0.0.5')}${said('six', 'fd00::6')}# elsewhere\napi.example.org\n`
    expect(readTold(stdout, params)).toEqual({
      ...{ 'm1.example.com': '10.0.0.5', m1: '10.0.0.5', six: 'fd00::6' },
      'api.example.org': 'somewhere',
    })
  })

  test('has each address of a name once', () => {
    const stdout = `${said('m1.example.com', '10.0.0.9', '10.0.0.5')}${said('m1', '10.0.0.5', '10.0.0.5')}${said('six', 'fd00::6')}# elsewhere\n`
    expect(readTold(stdout, params)).toEqual({ 'm1.example.com': '10.0.0.5 10.0.0.9', m1: '10.0.0.5', six: 'fd00::6' })
  })

  test('tells of no name where something is missing: nobody knows what', () => {
    expect(readTold(`${said('m1.example.com', '10.0.0.5')}# elsewhere\n`, params)).toEqual({})
    expect(readTold('# elsewhere\n', params)).toEqual({})
  })
})

describe('on a shell', () => {
  /** A getent that knows these names, notes how often it is called, and has a file and a network. */
  const getent = (names: Readonly<Record<string, string>>) => {
    const folder = folderHere()
    const file = path.join(folder, 'getent')
    const known = Object.entries(names).map(
      ([name, address]) => `${name}) printf '${said(name, address).replaceAll('\n', '\\n')}' ;;`,
    )
    writeFileSync(
      file,
      `#!/bin/sh\necho "$*" >> ${folder}/calls\n[ "$1" = -s ] && shift 2\nshift\n_code=0\nfor name; do case $name in ${known.join('\n')}\n*) _code=2 ;; esac; done\nexit $_code\n`,
    )
    chmodSync(file, 0o755)
    // what is waited for does not come, and nobody has to wait for that
    symlinkSync('/bin/true', path.join(folder, 'sleep'))
    return { folder, shell: ['env', `PATH=${folder}:${process.env.PATH}`, 'sh'] }
  }
  const right = { 'm1.example.com': '10.0.0.5', m1: '10.0.0.5', six: 'fd00::6', 'api.example.org': '203.0.113.1' }
  const action = resolves({ entries, elsewhere: ['api.example.org'] })

  test('all names are asked for in one question of two calls, however many there are', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `n${index}`)
    const { folder, shell } = getent(Object.fromEntries(names.map((name) => [name, '10.0.0.5'])))
    const many = resolves({ entries: [{ address: '10.0.0.5', names }], elsewhere: [] })
    expect(many.module.probe(many.params).questions).toHaveLength(1)
    expect((await runLocally(many, { shell })).differences).toEqual([])
    expect(readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n')).toHaveLength(2)
  })

  test('nothing is left to do where all are right', async () => {
    expect((await runLocally(action, { shell: getent(right).shell })).differences).toEqual([])
  })

  test.each([
    ['at another address', { ...right, m1: '10.0.0.9' }, 'm1 leads to 10.0.0.9 and not to 10.0.0.5: see hosts in'],
    ['nowhere', { ...right, six: undefined }, 'six leads to nothing and not to fd00::6'],
    ['of no name server', { ...right, 'api.example.org': undefined }, 'api.example.org is known neither to /etc/hosts'],
  ])('a name that is %s is a failure that says so, and says nothing of others', async (_what, names, message) => {
    const known = Object.fromEntries(
      Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== undefined),
    )
    const { output } = await runLocally(action, { shell: getent(known).shell })
    expect(output!.code).toBe(1)
    expect(output!.stderr).toContain(message)
    expect(output!.stderr.trim().split('\n')).toHaveLength(1)
  })

  test('of many that are wrong the first three are named', async () => {
    const { output } = await runLocally(
      resolves({ entries: [{ address: '10.0.0.5', names: ['a', 'b', 'c', 'd', 'e'] }], elsewhere: [] }),
      { shell: getent({}).shell },
    )
    expect(output!.stderr.match(/^\w leads to nothing/gm)).toEqual(
      ['a', 'b', 'c'].map((name) => `${name} leads to nothing`),
    )
    expect(output!.stderr).toMatch(/\nand 2 more\n$/)
  })

  test('a check does not wait, and nothing is ever called changed', () => {
    expect(action.module.waits).toBe(true)
    expect(action.module.touches!(action.params)).toEqual([])
  })
})
