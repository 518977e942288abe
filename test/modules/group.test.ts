import { describe, expect, it } from 'vitest'
import { group } from '../../modules/group.ts'
import { runFaked, scriptFor, scriptText, shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { askLocally } from '../support/local-host.ts'

const { module } = group
const calls = async (
  params: Parameters<typeof group>[0],
  actual: object | null,
  fakes: Record<string, string>,
  shell?: readonly string[],
) => (await runFaked(scriptFor(module, params, actual)!, fakes, shell)).calls

describe('group (M14)', () => {
  it.each(shells)('makes, renumbers and removes a group (%s)', async (...shell) => {
    const shadow = { groupadd: '', groupmod: '', groupdel: '' }
    expect(await calls({ name: 'k8s' }, null, shadow, shell)).toEqual([['groupadd', 'k8s']])
    expect(await calls({ name: 'k8s', gid: 900, system: true }, null, shadow, shell)).toEqual([
      ['groupadd', '-r', '-g', '900', 'k8s'],
    ])
    expect(await calls({ name: 'k8s', gid: 900 }, { gid: 1000 }, shadow, shell)).toEqual([
      ['groupmod', '-g', '900', 'k8s'],
    ])
    expect(await calls({ name: 'k8s', state: 'absent' }, { gid: 1000 }, shadow, shell)).toEqual([['groupdel', 'k8s']])
  })

  it('has nothing to do where it is as wished', () => {
    expect(scriptText(module, { name: 'k8s' }, { gid: 1000 })).toBeUndefined()
    expect(scriptText(module, { name: 'k8s', gid: 1000 }, { gid: 1000 })).toBeUndefined()
    expect(scriptText(module, { name: 'k8s', state: 'absent' }, null)).toBeUndefined()
    expectSettles(module, { name: 'k8s', gid: 7 }, null)
    expectSettles(module, { name: 'k8s' }, null)
    expectSettles(module, { name: 'k8s', state: 'absent' }, { gid: 7 })
  })

  it('reads this machine’s database', async () => {
    expect(await askLocally(module.probe({ name: 'root' }))).toEqual({ gid: 0 })
    expect(await askLocally(module.probe({ name: 'no-such-group' }))).toBeNull()
  })

  it.each(['', '0', '1000', '-r', 'a b', 'a:b', "x'; touch /pwned; '", 'a\nb', 'ä', 'a'.repeat(33), '$(id)'])(
    'refuses the name %j',
    (name) => {
      expect(() => group({ name })).toThrow(/is not an account name/)
    },
  )
})
