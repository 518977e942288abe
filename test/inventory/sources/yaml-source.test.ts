import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TsplayError } from '../../../engine/error.ts'
import { yamlSource } from '../../../engine/inventory/sources/yaml-source.ts'
import { isSecret, reveal } from '../../../engine/secret.ts'
import { namesIn, opened, refused, varsOf } from '../opened.ts'

const yaml = (text: string) => ({ 'hosts.yml': text })

describe('a YAML inventory (A121)', () => {
  test('has hosts, children and vars', async () => {
    const found = await opened(
      yaml(
        'all:\n  children:\n    web:\n      hosts:\n        w[1:2]: {k: yes}\n      vars: {m: 0644}\n  hosts: {lone: }\n',
      ),
    )
    expect(namesIn(found, 'web')).toEqual(['w1', 'w2'])
    expect(namesIn(found, 'ungrouped')).toEqual(['lone'])
    expect(varsOf(found, 'w2')).toEqual({ k: true, m: 420 })
  })

  test('may be written in short: hosts below their group, lists, variables at the top, ranges that count along', async () => {
    const found = await opened(
      yaml(
        'masters: {"m[1:3]": {ip: "10.0.0.[11:13]"}}\nnodes: {n1: }\nk8s: {children: [masters, nodes]}\nvars: {port: 6443}\n',
      ),
    )
    expect(namesIn(found, 'k8s')).toEqual(['m1', 'm2', 'm3', 'n1'])
    expect(varsOf(found, 'm2')).toEqual({ ip: '10.0.0.12', port: 6443 })
  })

  test('knows anchors, merges and tags', async () => {
    const found = await opened(
      yaml(
        'x: {vars: &v {a: 1, b: 1}}\nweb: {hosts: {w: }, vars: {<<: *v, b: 2, c: !!str 1, d: !unsafe "{{ x }}", e: !!set {p, q}}}\n',
      ),
    )
    expect(varsOf(found, 'w')).toEqual({ a: 1, b: 2, c: '1', d: '{{ x }}', e: ['p', 'q'] })
  })

  test('keeps values that ansible-vault has encrypted as secrets that say so when they are needed (A154)', async () => {
    const found = await opened(yaml('web: {hosts: {w: {p: !vault "$ANSIBLE_VAULT;1.1;AES256"}}}\n'))
    const { p } = found.hosts.get('w')!.vars as { p: unknown }
    expect(isSecret(p)).toBe(true)
    expect(varsOf(found, 'w')).toEqual({ p: '***' })
    expect(() => reveal(p as string)).toThrow('this value is encrypted with ansible-vault, which tsplay does not open')
  })

  test('warns of modes that are decimal numbers, however deep', async () => {
    const { warnings } = await opened(yaml('web:\n  hosts: {w: {files: [{mode: 755}, {mode: 0755}, {mode: "644"}]}}\n'))
    expect(warnings).toEqual([
      {
        message: "'mode: 755' is a decimal number, not a file mode",
        place: { file: 'hosts.yml', line: 2, column: 30 },
        hint: "write '0755', with quotes",
      },
    ])
  })

  test.each([
    ['web: [a', 'not valid YAML: '],
    ['- a\n', "'hosts.yml' is not an inventory\n  at hosts.yml:1:1"],
    ['just text\n', "'hosts.yml' is not an inventory\n  at hosts.yml:1:1"],
    ['web: text\n', "group 'web' is 'text', not a mapping\n  at hosts.yml:1:6"],
    ['web:\n\thosts:\n', 'not valid YAML: '],
    ['web: {hosts: {a: 1}}', "host 'a' is '1', not a mapping\n  at hosts.yml:1:18"],
    ['web: {hosts: {a: }, vars: [1]}', "the vars of group 'web' is a list, not a mapping\n  at hosts.yml:1:27"],
    [
      'web:\n  host: {a: }\n',
      "'host' in group 'web' is neither hosts, children nor vars\n  at hosts.yml:2:3\n  hint: did you mean 'hosts'?",
    ],
    ['web: {hosts: {a: }}\nweb: {}\n', 'not valid YAML: a key is given twice in one mapping\n  at hosts.yml:2:1'],
    [
      'plugin: aws_ec2\nregions: [x]\n',
      "'hosts.yml' configures an inventory plugin, and tsplay runs none\n  at hosts.yml:1:1",
    ],
    ['web: {hosts: [1]}', "'hosts' lists names, and this is none\n  at hosts.yml:1:15\n  hint: put quotes around it"],
    ['web: {hosts: {a b: }}', "'a b' is no name for a host: it has blanks"],
    ['web: {"m[1:2]": {ip: "x[1:3]"}}', "'x[1:3]' stands for 3 values, and there are 2 hosts\n  at hosts.yml:1:22"],
    ['a: {children: {b: {children: {a: }}}}', 'groups contain each other: a → b → a\n  at hosts.yml:1:31'],
    ['a: &a {vars: {b: *a}}', "'*a' contains itself\n  at hosts.yml:1:18"],
    ['a: *gone', "there is no anchor '&gone'\n  at hosts.yml:1:4"],
    [
      'web: {vars: {k: !python/object:os.system x}}',
      "the tag '!python/object:os.system' is not known\n  at hosts.yml:1:",
    ],
    [
      'web: {vars: {tsplay_hostkeys: off}}',
      "'tsplay_hostkeys' in the vars of group 'web' is no connection setting\n  at hosts.yml:1:14\n  hint: did you mean 'tsplay_host_keys'?",
    ],
  ])('%j is refused with its place', async (text, message) => {
    expect((await refused(yaml(text))).slice(0, message.length)).toBe(message)
  })

  test('that grows beyond measure through aliases is refused', async () => {
    const lines = ['a0: &a0 {hosts: {h: {k: [1,1,1,1,1,1,1,1,1]}}}']
    for (let i = 1; i < 12; i++)
      lines.push(`a${i}: &a${i} {vars: {k: [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]}}`)
    expect(await refused(yaml(lines.join('\n')))).toMatch(/^'hosts.yml' grows beyond measure through its aliases/)
  })

  test('that is nested too deeply is refused', async () => {
    expect(await refused(yaml(`a: ${'['.repeat(20_000)}`))).toMatch(
      /^(?:'hosts.yml' is nested too deeply|not valid YAML)/,
    )
  })

  test('is refused or read, whatever it is: no stack trace and no hang', () => {
    const piece = fc.constantFrom(
      'a',
      'web',
      'hosts',
      'children',
      'vars',
      ':',
      ': ',
      '\n',
      '\n  ',
      '\n    ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '&x ',
      '*x',
      '<<: ',
      '!!set ',
      '!vault ',
      '"',
      "'",
      '|',
      '>',
      '#',
      '0755',
      'yes',
      '[1:3]',
      '---\n',
      '?',
      '\t',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            yamlSource({ path: 'hosts.yml', text }, 'hosts')
          } catch (error) {
            expect(error).toBeInstanceOf(TsplayError)
            expect((error as TsplayError).place).toMatchObject({ file: 'hosts.yml' })
          }
        },
      ),
      { numRuns: 3000, seed: 20261121 },
    )
  })
})
