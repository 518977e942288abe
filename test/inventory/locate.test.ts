import { expect, test } from 'vitest'
import { locate } from '../../engine/inventory/sources/locate.ts'

const text = `import { inventory, site } from 'tsplay'
// groups: { masters: { hosts: { m1: {} } } } is a comment
export const world = site({ vars, groups: { masters: z.object({ hosts: z.string() }) } })
const hosts = "m1: { address }"
export default inventory(world, {
  vars: { note: "groups: { masters }", 'api-host': 'x' },
  groups: {
    lb: { hosts: { m1: { address: '10.0.0.9' } } },
    masters: {
      vars: { m1: 7 },
      hosts: {
        m10: { address: '10.0.0.10' }, /* m1: */
        m1: { address: '10.0.0.1' },
        'm.2': entry({ address: '10.0.0.2' }),
      },
    },
    k8s: { children: ['lb', 'masters'] },
    ...more,
  },
})
`

test.each([
  ['a key of its own object, not of another or of a comment', ['groups', 'masters', 'hosts', 'm1', 'address'], 13, 15],
  ['a key in quotes', ['vars', 'api-host'], 6, 40],
  ['a key inside of a call', ['groups', 'masters', 'hosts', 'm.2', 'address'], 14, 24],
  ['a name in a list', ['groups', 'k8s', 'children', 'masters'], 17, 29],
  ['what is nearest to a key that is computed', ['groups', 'masters', 'hosts', 'm7', 'address'], 11, 7],
  ['what is nearest to a group that is spread in', ['groups', 'volume'], 7, 3],
])('finds %s', (_, path, line, column) => {
  expect(locate(text, path)).toEqual({ line, column })
})

test('finds groups and variables of the inventory, and not what a value before them is called', () => {
  const one = `export default inventory(cluster, {
  vars: { accounts: [{ name: 'k8s', groups: ['docker'], vars: 1 }] },
  groups: { lb: { hosts: { groups: { address: '10.0.0.1', labels: { zone: 'x' } } } } },
})
`
  expect(locate(one, ['groups', 'lb'])).toEqual({ line: 3, column: 13 })
  expect(locate(one, ['groups', 'lb', 'hosts', 'groups', 'labels', 'zone'])).toEqual({ line: 3, column: 69 })
  expect(locate(one, ['vars', 'accounts'])).toEqual({ line: 2, column: 11 })
})

test('finds what a constant of the file holds, where the inventory names it alone', () => {
  const one = `export const vars = {
  network: { podCidr: '10.244.0.0/16' },
} satisfies Vars
const groups: Groups = { lb: { hosts: { l1: { address: '10.0.0.1' } } } }
export default inventory(cluster, { vars, groups })
`
  expect(locate(one, ['vars', 'network', 'podCidr'])).toEqual({ line: 2, column: 14 })
  expect(locate(one, ['groups', 'lb', 'hosts', 'l1', 'address'])).toEqual({ line: 4, column: 47 })
})

test('finds nothing where there is nothing', () => {
  expect(locate('export default inventory(world, spec)', ['groups', 'lb'])).toBeUndefined()
})
