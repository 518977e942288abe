import { describe, expect, it } from 'vitest'
import { installedPackage } from '../../engine/probe.ts'
import { sh } from '../../engine/script.ts'
import { dpkgSelections } from '../../modules/dpkg-selections.ts'
import { runFaked, scriptFor, shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { passThrownAway } from '../support/pass-thrown-away.ts'
import { throwAwayRootLacks } from '../support/throw-away-root.ts'

const { module } = dpkgSelections

describe('dpkgSelections', () => {
  it.each(shells)('gives dpkg what differs, and nothing else (M08, %s)', async (...shell) => {
    const params = { name: ['aa', 'bb', 'cc'], selection: 'hold' as const }
    const actual = { dpkg: true, selections: { aa: 'install', bb: 'hold', cc: 'deinstall' } }
    const run = await runFaked(scriptFor(module, params, actual)!, { dpkg: 'cat' }, shell)
    expect(run).toMatchObject({ code: 0, stdout: 'aa hold\ncc hold\n', calls: [['dpkg', '--set-selections']] })
    expectSettles(module, params, actual)
  })

  it('says which package dpkg does not know, and where there is no dpkg', () => {
    const unknown = { dpkg: true, selections: { aa: null, bb: 'install' } }
    expect(() => module.desired({ name: ['aa', 'bb'], selection: 'hold' }, unknown)).toThrow('dpkg does not know aa')
    const none = { dpkg: false, selections: {} }
    expect(() => module.desired({ name: 'aa', selection: 'hold' }, none)).toThrow('the host has no dpkg')
  })

  it('foretells what the package question will say', () => {
    const actual = { dpkg: true, selections: { aa: 'install' } }
    const [prediction] = module.predict!(
      { name: 'aa', selection: 'hold' },
      { from: actual, to: null, has: () => true },
    ).slice(1)
    const [question] = installedPackage('aa').questions
    const before = { manager: 'apt', version: '1', held: false, residual: false }
    expect(prediction!.answer(question!, before)).toEqual({ ...before, held: true })
  })

  it.each(['', '-x', 'a b', 'nginx=1', "x'; touch /pwned; '", 'a\nb', 'ä'])('refuses the package %j', (name) => {
    expect(() => dpkgSelections({ name, selection: 'hold' })).toThrow(/'name'.* is not the name of a package/)
  })

  it.skipIf(throwAwayRootLacks())(
    'is what dpkg then says itself',
    async () => {
      const show = sh`dpkg --get-selections dash coreutils | sort; apt-mark showhold`
      const held = await passThrownAway(dpkgSelections({ name: ['dash', 'coreutils'], selection: 'hold' }), {
        given: sh`:`,
        show,
      })
      expect(held).toMatchObject({ output: { code: 0 }, left: [] })
      expect(held.shown.replace(/\t+/g, ' ')).toBe('coreutils hold\ndash hold\ncoreutils\ndash\n')
    },
    60_000,
  )
})
