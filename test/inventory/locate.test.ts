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

test('finds nothing where there is nothing', () => {
  expect(locate('export default inventory(world, spec)', ['groups', 'lb'])).toBeUndefined()
})
