import { describe, expect, test } from 'vitest'
import { namesIn, opened, refused, varsOf } from './opened.ts'

describe('a folder as an inventory (A121, A123)', () => {
  const files = {
    'inventories/prod/hosts.ini': '[web]\nw1\n[web:vars]\na=inline\n',
    'inventories/prod/db.yml': 'db: {hosts: {d1: }}\n',
    'inventories/prod/group_vars/web.yml': 'a: file\nmode: 0644\n',
    'inventories/prod/group_vars/all/one.yaml': 'b: 1\nc: 1\n',
    'inventories/prod/group_vars/all/two.json': '{"c": 2}',
    'inventories/prod/group_vars/db.ts': "export default { engine: 'pg', user: 'postgres' }",
    'inventories/prod/host_vars/w1': 'h: 1\n',
    'inventories/prod/ansible.cfg': '[defaults]\n',
    'inventories/prod/notes.md': '# x\n',
    'inventories/prod/helper.ts': "throw new Error('never loaded')",
  }

  test('has the hosts of all its files and the variables beside them', async () => {
    const found = await opened(files, { names: 'prod' })
    expect(found).toMatchObject({ name: 'prod', path: 'inventories/prod' })
    expect(namesIn(found, 'all')).toEqual(['d1', 'w1'])
    expect(varsOf(found, 'w1')).toEqual({ a: 'file', b: 1, c: 2, h: 1, mode: 420 })
    expect(varsOf(found, 'd1')).toEqual({ b: 1, c: 2, engine: 'pg', ansible_user: 'postgres' })
  })

  test('says of each value where it is from and what it overruled', async () => {
    const found = await opened(files, { names: 'prod', extraVars: { c: 3 } })
    expect(varsOf(found, 'w1', true)).toEqual({
      a: {
        value: 'file',
        by: 'inventories/prod/group_vars/web.yml',
        at: 'inventories/prod/group_vars/web.yml:1:1',
        overrules: [{ value: 'inline', by: "the vars of group 'web'", at: 'inventories/prod/hosts.ini:4:1' }],
      },
      b: {
        value: 1,
        by: 'inventories/prod/group_vars/all/one.yaml',
        at: 'inventories/prod/group_vars/all/one.yaml:1:1',
      },
      c: {
        value: 3,
        by: '-e',
        overrules: [
          {
            value: 2,
            by: 'inventories/prod/group_vars/all/two.json',
            at: 'inventories/prod/group_vars/all/two.json:1:2',
          },
          {
            value: 1,
            by: 'inventories/prod/group_vars/all/one.yaml',
            at: 'inventories/prod/group_vars/all/one.yaml:2:1',
          },
        ],
      },
      h: { value: 1, by: 'inventories/prod/host_vars/w1', at: 'inventories/prod/host_vars/w1:1:1' },
      mode: { value: 420, by: 'inventories/prod/group_vars/web.yml', at: 'inventories/prod/group_vars/web.yml:2:1' },
    })
  })

  test('the playbook’s group_vars and host_vars win over the inventory’s (A123)', async () => {
    const site = {
      'inv/hosts.ini': '[web]\nw1\n',
      'inv/group_vars/web.yml': 'a: inventory\nb: inventory\n',
      'inv/host_vars/w1.yml': 'c: inventory\n',
      'book/group_vars/web.yml': 'a: playbook\nc: playbook\n',
      'book/group_vars/all.yml': 'b: playbook\n',
    }
    const found = await opened(site, { names: 'inv/hosts.ini', playbookDir: 'book' })
    expect(varsOf(found, 'w1')).toEqual({ a: 'playbook', b: 'inventory', c: 'inventory' })
  })

  test.each([
    ['group_vars/web.yml', '- a\n', 'inv/group_vars/web.yml is a list, not a mapping\n  at inv/group_vars/web.yml:1:1'],
    [
      'group_vars/web.yml',
      'a: 1\na: 2\n',
      'not valid YAML: a key is given twice in one mapping\n  at inv/group_vars/web.yml:2:1',
    ],
    ['group_vars/web.yml', '$ANSIBLE_VAULT;1.1;AES256\n61\n', 'inv/group_vars/web.yml is encrypted with ansible-vault'],
    ['group_vars/web.yml', 'a\0b', "'inv/group_vars/web.yml' is not a text file\n  at inv/group_vars/web.yml:1"],
    ['host_vars/w1.ts', 'export default 3', 'the default export of inv/host_vars/w1.ts is a number, not variables'],
    ['host_vars/w1.ts', 'export default {', 'syntax error'],
    ['hosts.toml', '[web]', "'inv/hosts.toml': TOML inventories are not read"],
    ['other.yml', 'x: [', 'not valid YAML'],
  ])('%s with %j is refused with its place', async (file, text, message) => {
    const found = await refused({ 'inv/hosts.ini': '[web]\nw1\n', [`inv/${file}`]: text }, { names: './inv' })
    expect(found.slice(0, message.length)).toBe(message)
  })

  test('warns of two files of one name, of which one is not read', async () => {
    const { warnings } = await opened(
      { 'inv/hosts.ini': '[web]\nw1\n', 'inv/group_vars/web.yml': 'a: 1\n', 'inv/group_vars/web.yaml': 'a: 2\n' },
      { names: './inv' },
    )
    expect(warnings).toEqual([{ message: "inv/group_vars/web.yaml is not read, since there is 'web.yml' as well" }])
  })
})

describe('a file without an extension', () => {
  test.each([
    ['[web]\nw1\n', ['w1']],
    ['# hosts\n\nw1 ansible_port=2222\n', ['w1']],
    ['---\nweb: {hosts: {w1: }}\n', ['w1']],
    ['# hosts\nweb:\n  hosts:\n    w1:\n', ['w1']],
    ['{"web": {"hosts": {"w1": null}}}', ['w1']],
    ['w1:2222\n', ['w1']],
  ])('%j is INI or YAML, whichever it looks like', async (text, hosts) => {
    expect(namesIn(await opened({ 'etc/hosts': text }), 'all')).toEqual(hosts)
  })

  test('that is no text is refused', async () => {
    expect(await refused({ 'etc/hosts': 'a\n\0\0' })).toBe(
      "'etc/hosts' is not a text file\n  at etc/hosts:2\n  hint: an inventory is UTF-8 text: TypeScript, YAML, INI or JSON",
    )
  })
})
