import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TsplayError } from '../../../engine/error.ts'
import { iniSource } from '../../../engine/inventory/sources/ini-source.ts'
import { namesIn, opened, refused, varsOf } from '../opened.ts'

const ini = (text: string) => ({ 'hosts.ini': text })

describe('an INI inventory (A120)', () => {
  test('has hosts before all groups, in groups, and in groups of groups', async () => {
    const found = await opened(ini('lone\n[web]\nw[1:2]\n[db]\nd1\n[prod:children]\nweb\ndb\n'))
    expect(namesIn(found, 'ungrouped')).toEqual(['lone'])
    expect(namesIn(found, 'prod')).toEqual(['w1', 'w2', 'd1'])
    expect(namesIn(found, 'all')).toEqual(['lone', 'w1', 'w2', 'd1'])
  })

  test('gives hosts and groups variables', async () => {
    const found = await opened(ini("[web]\nw1 a=1 b='x y' c=[1,2]\n[web:vars]\na=0\nd = two words\n"))
    expect(varsOf(found, 'w1')).toEqual({ a: 1, b: 'x y', c: [1, 2], d: 'two words' })
  })

  test('keeps what a host is told in several groups, the later one over the earlier', async () => {
    const found = await opened(ini('[a]\nh x=1 y=1\n[b]\nh x=2\n'))
    expect(varsOf(found, 'h')).toEqual({ x: 2, y: 1 })
    expect(found.hosts.get('h')?.groups).toEqual(['a', 'b'])
  })

  test('is read with the line ends of any system, with a byte order mark, and empty', async () => {
    expect(namesIn(await opened(ini('\uFEFF[web]\r\nw1\r\nw2')), 'web')).toEqual(['w1', 'w2'])
    expect(namesIn(await opened(ini('')), 'all')).toEqual([])
    expect(namesIn(await opened(ini('# nothing\n; yet\n')), 'all')).toEqual([])
  })

  test('warns of a mode that is a decimal number', async () => {
    const { warnings } = await opened(ini('[web]\nw1 file_mode=755 dir_mode=0755 umask=22\n[web:vars]\nmode=644\n'))
    expect(warnings).toEqual([
      {
        message: "'file_mode: 755' is a decimal number, not a file mode",
        place: { file: 'hosts.ini', line: 2, column: 4 },
        hint: "write '0755', with quotes",
      },
      expect.objectContaining({ message: "'mode: 644' is a decimal number, not a file mode" }),
    ])
  })

  test.each([
    ['[web\nw1', "'[web' is no section\n  at hosts.ini:1:1"],
    ['[we b]', "'[we b]' is no section\n  at hosts.ini:1:1\n  hint: write [group], [group:children]"],
    ['[web:childen]', '[web:childen]: there are no sections of this kind\n  at hosts.ini:1:6\n  hint: did you mean '],
    ['[web]\n  w1 a', "'a' is neither a variable nor a comment\n  at hosts.ini:2:6"],
    ['[web]\nw1 =1', "'=1' is neither a variable nor a comment\n  at hosts.ini:2:4"],
    ['[web]\nw1 a="x', 'a " is not closed\n  at hosts.ini:2:6'],
    ['[web:vars]\na', "'a' is no variable\n  at hosts.ini:2:1\n  hint: write key=value"],
    ['[web:vars]\na=1', "[web:vars]: there is no group 'web' in this file\n  at hosts.ini:1:2"],
    [
      '[prod:children]\nwbe\n[web]\n',
      "[prod:children]: there is no group 'wbe' in this file\n  at hosts.ini:2:1\n  hint: did you mean 'web'?",
    ],
    ['[prod:children]\nweb db', "'web db' is no name of a group\n  at hosts.ini:2:1"],
    ['[a]\nh\n[a:children]\nb\n[b:children]\na\n', 'groups contain each other: a → b → a\n  at hosts.ini:6:1'],
    ['[a:children]\na\n', 'groups contain each other: a → a\n  at hosts.ini:2:1'],
    ['[a]\n[a:children]\nall\n', "group 'a' contains 'all', which is no group\n  at hosts.ini:3:1"],
    [
      '[web]\nw[1:99999999]',
      '[1:99999999] stands for 99999999 hosts; 100000 is the most that a range may\n  at hosts.ini:2:1',
    ],
    ['[web]\nw1:', "'w1:' is no name for a host: it ends in a colon"],
    ['[web]\nw1:99999', "'w1:99999': a port is a number from 1 to 65535\n  at hosts.ini:2:1"],
    ['---\nweb:\n', "'---' is no host\n  at hosts.ini:1:1"],
    [
      '[web]\nw1 ansible_port=x',
      "host 'w1': 'ansible_port': expected a port number from 1 to 65535\n  at hosts.ini:2:4",
    ],
    [
      '[web]\nw1\n[web:vars]\nansible_group_priority=high',
      'ansible_group_priority is a whole number\n  at hosts.ini:4:1',
    ],
  ])('%j is refused with its place', async (text, message) => {
    expect((await refused(ini(text))).slice(0, message.length)).toBe(message)
  })

  test('is refused or read, whatever it is: no stack trace and no hang', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '[a]',
      '[a:children]',
      '[b:vars]',
      ':',
      'a',
      'b',
      'h1',
      '=',
      ' ',
      '\n',
      '\n',
      '#',
      "'",
      '"',
      '\\',
      '[1:3]',
      '[01:2]',
      'k=v',
      '{',
      '}',
      '\t',
      'é',
      '\u0000',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            iniSource({ path: 'hosts.ini', text }, 'hosts')
          } catch (error) {
            expect(error).toBeInstanceOf(TsplayError)
            expect((error as TsplayError).place).toMatchObject({ file: 'hosts.ini', line: expect.any(Number) })
          }
        },
      ),
      { numRuns: 3000, seed: 20261121 },
    )
  })
})
