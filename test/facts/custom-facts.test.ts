// Custom facts: programs and files in folders, in every shell this machine has.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { customFactsProbe } from '../../engine/facts/custom-facts.ts'
import { parseIni } from '../../engine/facts/ini.ts'
import { askLocally } from '../support/local-host.ts'
import { poorShell } from '../support/root-with.ts'
import { folderHere } from '../support/settle-here.ts'
import { nastyNames, nothingRan, shellsHere } from '../support/shells.ts'

/** A folder of facts; those that begin with `#!` are programs. */
function factsFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = folderHere()
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), text)
    if (typeof text === 'string' && text.startsWith('#!')) chmodSync(path.join(folder, name), 0o755)
  }
  return folder
}

describe.each(shellsHere)('in $name, custom facts', ({ argv }) => {
  const ask = (...folders: string[]) => askLocally(customFactsProbe(folders), argv)

  test('are run where they are programs and read where not, JSON or INI (A064)', async () => {
    const folder = factsFolder({
      'json.fact': '{"role": "db", "ports": [1, 2], "deep": {"ü": null}}',
      'ini.fact': '[general]\nName = the db\n; comment\nempty=\n[other]\na: 1\n',
      'program.fact': '#!/bin/sh\necho \'{"pid": true, "args": \'$#\'}\'',
      'ini-program.fact': '#!/bin/sh\nprintf "[a]\\nb=c\\n"',
      'number.fact': '42\n',
      'ignored.txt': 'x',
      '.hidden.fact': '1',
    })
    mkdirSync(path.join(folder, 'folder.fact'))
    expect(await ask(folder)).toEqual({
      json: { role: 'db', ports: [1, 2], deep: { ü: null } },
      ini: { general: { name: 'the db', empty: '' }, other: { a: '1' } },
      program: { pid: true, args: 0 },
      'ini-program': { a: { b: 'c' } },
      number: 42,
    })
  })

  test('that are no good say so and hurt no other (A064)', async () => {
    const folder = factsFolder({
      'bad.fact': 'neither [nor',
      'binary.fact': new Uint8Array([0, 1, 2, 255, 0, 10, 0x1e, 0x30, 0x1e]),
      'crash.fact': '#!/bin/sh\necho \'{"half": 1\'\necho "cannot reach db" >&2\nexit 7',
      'empty.fact': '',
      'good.fact': '{"a": 1}',
      'killed.fact': '#!/bin/sh\nkill -9 $$',
      'missing.fact': '#!/no/such/interpreter\n',
      'noise.fact': '#!/bin/sh\necho "only a warning" >&2\necho \'{"b": 2}\'',
      'reader.fact': '#!/bin/sh\nread line && echo "{\\"read\\": \\"$line\\"}" || echo \'"nothing"\'',
    })
    const facts = await ask(folder)
    expect(facts).toMatchObject({
      bad: { error: 'neither JSON nor INI' },
      binary: { error: expect.any(String) },
      crash: { error: 'exit code 7: cannot reach db' },
      empty: { error: 'neither JSON nor INI' },
      good: { a: 1 },
      killed: { error: expect.stringContaining('exit code 137') },
      missing: { error: expect.stringMatching(/^exit code 12[67]/) },
      noise: { b: 2 },
      reader: 'nothing',
    })
    expect(Object.keys(facts)).toHaveLength(9)
  })

  test('are none where the folders are missing or empty, and the later folder wins (A005)', async () => {
    expect(await ask('/no/such/folder', folderHere())).toEqual({})
    const [first, second] = [
      factsFolder({ 'a.fact': '1', 'b.fact': '2' }),
      factsFolder({ 'b.fact': '3', 'c.fact': '4' }),
    ]
    expect(await ask(first, '/no/such/folder', second)).toEqual({ a: 1, b: 3, c: 4 })
  })

  test('may have any name (A064)', async () => {
    const folder = factsFolder(Object.fromEntries(nastyNames.map((name, index) => [`${name}.fact`, `${index}`])))
    expect(await ask(folder)).toEqual(Object.fromEntries(nastyNames.map((name, index) => [name, index])))
    expect(nothingRan()).toBe(true)
  })

  test('may be large (A064)', async () => {
    const big = { text: 'x'.repeat(300_000) }
    expect(await ask(factsFolder({ 'big.fact': JSON.stringify(big), 'z.fact': '1' }))).toEqual({ big, z: 1 })
  })
})

test('a program that never ends is ended, and its error says so (A005)', async () => {
  const folder = factsFolder({ 'slow.fact': '#!/bin/sh\nexec sleep 60', 'z.fact': '1' })
  const started = performance.now()
  expect(await askLocally(customFactsProbe([folder]))).toEqual({ slow: { error: 'it did not end within 10 s' }, z: 1 })
  expect(performance.now() - started).toBeLessThan(20_000)
})

test('a host without timeout runs programs all the same (A005)', async () => {
  const folder = factsFolder({ 'program.fact': '#!/bin/sh\necho 5' })
  expect(await askLocally(customFactsProbe([folder]), poorShell(['timeout']))).toEqual({ program: 5 })
})

test.each([
  ['[a]\nb=c', { a: { b: 'c' } }],
  ['[a]\nB : c = d', { a: { b: 'c = d' } }],
  ['# x\n\n[a]\n[b]\n', { a: {}, b: {} }],
  ['[a]\nb = one\n  two\n\tthree\nc = x', { a: { b: 'one\ntwo\nthree', c: 'x' } }],
  ['[DEFAULT]\nx = 1\n[a]\nb = 2\n[c]\nx = 3', { a: { x: '1', b: '2' }, c: { x: '3' } }],
  ['[a]\r\nb=c\r\n', { a: { b: 'c' } }],
  ['[a]\nb=1\n[a]\nc=2', { a: { b: '1', c: '2' } }],
  ['[__proto__]\n__proto__ = 1', JSON.parse('{"__proto__": {"__proto__": "1"}}')],
  ['b=c', undefined],
  ['[a]\nwords without a value', undefined],
  ['', undefined],
])('INI %j reads as a person means it (A064)', (text, expected) => {
  expect(parseIni(text)).toEqual(expected)
})
