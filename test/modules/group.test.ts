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

  it('shares a number, removes a primary group, and uses libuser where the host has it', async () => {
    const shadow = { groupadd: '', groupmod: '', groupdel: '' }
    const shared = { name: 'k8s', gid: 900, nonUnique: true }
    expect(await calls(shared, null, shadow)).toEqual([['groupadd', '-g', '900', '-o', 'k8s']])
    expect(await calls(shared, { gid: 1 }, shadow)).toEqual([['groupmod', '-g', '900', '-o', 'k8s']])
    expect(await calls({ name: 'k8s', state: 'absent', force: true }, { gid: 1 }, shadow)).toEqual([
      ['groupdel', '-f', 'k8s'],
    ])
    expect(await calls({ name: 'k8s', local: true, system: true }, null, shadow)).toEqual([['groupadd', '-r', 'k8s']])
    expect(await calls({ name: 'k8s', local: true, gid: 9 }, null, { ...shadow, lgroupadd: '' })).toEqual([
      ['lgroupadd', '-g', '9', 'k8s'],
    ])
    expect(() => group({ name: 'k8s', nonUnique: true })).toThrow(/'nonUnique': needs gid/)
  })

  it('tells the number that the host has chosen', () => {
    const output = { code: 0, stdout: 'gid k8s:x:950:\n', stderr: '' }
    expect(module.result!({ name: 'k8s' }, null, output)).toEqual({ gid: 950 })
    expect(module.result!({ name: 'k8s' }, { gid: 7 })).toEqual({ gid: 7 })
    expect(module.result!({ name: 'k8s', state: 'absent' }, null)).toEqual({})
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
