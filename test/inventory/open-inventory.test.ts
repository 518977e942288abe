import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { formatError, type TsplayError } from '../../engine/error.ts'
import * as tsplay from '../../engine/index.ts'
import { findInventory } from '../../engine/inventory/find-inventory.ts'
import { openInventory } from '../../engine/inventory/open-inventory.ts'
import { project } from '../load/project.ts'

const modules = { tsplay, zod: z }

const prod = `import { inventory, site, z } from 'tsplay'
const world = site({ vars: z.object({}), groups: { masters: z.object({ etcdName: z.string() }) } })
const master = (n: number) => ({ address: '10.0.0.' + n, etcdName: 'etcd0' + n })
export default inventory(world, {
  vars: { user: 'root' },
  groups: { masters: { hosts: { m1: master(1), m2: master(2) } } },
})
`

const open = async (files: Record<string, string>, names: string | string[], options = {}) =>
  await openInventory(names, { modules, cwd: project(files), ...options })

const failure = async (files: Record<string, string>, names: string | string[], options = {}) =>
  formatError((await open(files, names, options).catch((error: unknown) => error)) as TsplayError)

describe('-i', () => {
  test('finds an inventory by its name', async () => {
    const found = await open({ 'inventories/prod.ts': prod }, 'prod')
    expect(found).toMatchObject({ name: 'prod', path: 'inventories/prod.ts' })
    expect(found.hosts.get('m2')).toMatchObject({ address: '10.0.0.2', vars: { etcdName: 'etcd02' } })
  })

  test('takes a path as it is', async () => {
    expect((await open({ 'hosts.ts': prod }, 'hosts.ts')).name).toBe('hosts')
    expect((await open({ 'a/b/hosts.ts': prod }, './a/b/hosts.ts')).path).toBe('a/b/hosts.ts')
  })

  test('takes a list of hosts (A121), with user and port, also of IPv6 addresses', async () => {
    const { hosts, groups } = await open({}, 'web1, admin@10.0.0.7:2222,fe80::1,[fe80::2]:2200,')
    expect([...hosts.values()].map(({ name, address, connection }) => ({ name, address, ...connection }))).toEqual([
      { name: 'web1', address: 'web1' },
      { name: '10.0.0.7', address: '10.0.0.7', user: 'admin', port: 2222 },
      { name: 'fe80::1', address: 'fe80::1' },
      { name: 'fe80::2', address: 'fe80::2', port: 2200 },
    ])
    expect(groups.get('ungrouped')).toHaveLength(4)
  })

  test('takes any variable for a list of hosts without a playbook', async () => {
    expect((await open({}, 'web1,', { extraVars: { a: 1 } })).hosts.get('web1')?.vars).toEqual({ a: 1 })
  })

  test('checks a list of hosts by the playbook’s site', async () => {
    const site = tsplay.site({ vars: z.object({ apiHost: z.string() }), groups: {} })
    expect(await failure({}, 'web1,', { site })).toBe(
      "host 'web1': variable 'apiHost' of the site is missing\n  hint: give it to the host, to a group that it is in, or to the inventory's vars",
    )
    expect((await open({}, 'web1,', { site, extraVars: { apiHost: 'x' } })).hosts.get('web1')?.vars).toEqual({
      apiHost: 'x',
    })
  })

  test('may be given several times', async () => {
    const found = await open({ 'inventories/prod.ts': prod }, ['prod', 'web1,'])
    expect([...found.hosts.keys()]).toEqual(['m1', 'm2', 'web1'])
  })

  test('shows an error of the inventory at its place', async () => {
    expect(
      await failure(
        { 'inventories/prod.ts': prod.replace('m2: master', 'm2: { ...master').replace('(2)', "(2), etcdNam: '' }") },
        'prod',
      ),
    ).toBe(
      "unknown variable 'etcdNam' in host 'm2' of group 'masters'\n  at inventories/prod.ts:6:68\n  hint: did you mean 'etcdName'?",
    )
  })
})

describe('-i is refused', () => {
  test('for a name that there is not', async () => {
    expect(await failure({ 'inventories/prod.ts': prod }, 'prdo')).toBe(
      "there is no inventory 'prdo'\n  hint: did you mean 'prod'?",
    )
    expect(await failure({}, 'prod')).toBe(
      "there is no inventory 'prod'\n  hint: an inventory is a .ts, .yml, .ini or .json file, an executable, a folder, or a list such as 'a,b,'; there is none in inventories/",
    )
    expect(await failure({}, './gone.ts')).toMatch(/^there is no inventory '.\/gone.ts'/)
  })

  test('for a folder in which there is none', async () => {
    expect(await failure({ 'inventories/prod/README.md': '' }, 'prod')).toBe(
      "there is no inventory in 'inventories/prod'\n  hint: a folder has hosts.yml, hosts.ini, hosts.ts or hosts, and group_vars/ and host_vars/ beside it",
    )
  })

  test('where it is empty or missing', async () => {
    expect(await failure({}, '')).toBe(
      "-i is empty\n  hint: an inventory is a .ts, .yml, .ini or .json file, an executable, a folder, or a list such as 'a,b,'",
    )
    expect(await failure({}, [])).toBe("no inventory is given\n  hint: -i prod, -i path/to/hosts.yml or -i 'a,b,'")
    expect(await failure({}, ',')).toBe("-i ',' lists no host\n  hint: write -i 'a,b,'")
  })

  test('for a list with an entry that is no host', async () => {
    const hint = '\n  hint: write name, name:port, user@name or [IPv6]:port'
    expect(await failure({}, 'a,@b,')).toBe(`-i: '@b' is not a host${hint}`)
    expect(await failure({}, 'a,b:x,')).toBe(`-i: 'b:x' is not a host${hint}`)
    expect(await failure({}, 'a,a b,')).toBe(`-i: 'a b' is not a host${hint}`)
    expect(await failure({}, 'a:22,a:23')).toBe(`-i lists 'a' twice${'\n  hint: one machine is one host'}`)
  })

  test('for a file that does not load', async () => {
    expect(await failure({ 'inventories/prod.ts': 'export default 1' }, 'prod')).toBe(
      'the default export of inventories/prod.ts is a number, not an inventory\n  at inventories/prod.ts:1:1\n  hint: write export default inventory(site, { … })',
    )
  })
})

test('what has a comma is a list even where a file has the first name', () => {
  expect(findInventory('prod,', project({ 'inventories/prod.ts': prod }))).toEqual({ kind: 'list', text: 'prod,' })
})
