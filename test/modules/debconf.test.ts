import { describe, expect, it } from 'vitest'
import { sh, showScript } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { type DebconfParams, debconf } from '../../modules/debconf.ts'
import { runFaked, scriptFor, shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { askLocally } from '../support/local-host.ts'
import { passThrownAway } from '../support/pass-thrown-away.ts'
import { throwAwayRootLacks } from '../support/throw-away-root.ts'

const { module } = debconf
const zone: DebconfParams = { name: 'tzdata', question: 'tzdata/Areas', type: 'select', value: 'Europe' }

describe('debconf', () => {
  it.each(shells)('writes the answer, its seen mark as asked (%s)', async (...shell) => {
    const actual = { known: true, value: 'Asia' }
    const run = await runFaked(scriptFor(module, zone, actual)!, { 'debconf-set-selections': 'cat' }, shell)
    expect(run).toMatchObject({ code: 0, stdout: 'tzdata tzdata/Areas select Europe\n' })
    expect(run.calls).toEqual([['debconf-set-selections']])
    const unseen = await runFaked(
      scriptFor(module, { ...zone, unseen: true }, actual)!,
      { 'debconf-set-selections': '' },
      shell,
    )
    expect(unseen.calls).toEqual([['debconf-set-selections', '--unseen']])
    expectSettles(module, zone, actual)
  })

  it.each(shells)('reads what debconf-show says, empty answers and none (%s)', async (...shell) => {
    const show = (text: string) => async (question: string) => {
      const probe = module.probe({ ...zone, question })
      const [asked] = probe.questions
      const script = asked!.kind.script([asked!.key as never])
      const run = await runFaked(script, { 'debconf-show': `printf '%s\\n' '${text}'` }, shell)
      return probe.read(() => asked!.kind.parse(Buffer.from(run.stdout), [asked!.key as never], 0)[0] as never)
    }
    const ask = show('* tzdata/Areas: Europe: West\n  tzdata/Zones:\n  tzdata/Zones/Etc: UTC')
    expect(await ask('tzdata/Areas')).toEqual({ known: true, value: 'Europe: West' })
    expect(await ask('tzdata/Zones')).toEqual({ known: true, value: '' })
    expect(await ask('tzdata/Zones/Etc')).toEqual({ known: true, value: 'UTC' })
    expect(await ask('tzdata/Zones/Et')).toEqual({ known: true, value: null })
  })

  it('keeps a password to itself', async () => {
    const params: DebconfParams = { ...zone, type: 'password', value: secret('geh%eim\\n') }
    const script = scriptFor(module, params, { known: true, value: null })!
    expect(showScript(script)).not.toContain('geh')
    const run = await runFaked(script, { 'debconf-set-selections': 'cat' })
    expect(run.stdout).toBe('tzdata tzdata/Areas password geh%eim\\n\n')
    expect(run.calls).toEqual([['debconf-set-selections']])
    expectSettles(module, params, { known: true, value: secret('old') })
  })

  it('says that a host has no debconf', async () => {
    const actual = await askLocally(module.probe(zone), ['env', 'PATH=/nonexistent', '/bin/sh'])
    expect(() => module.desired(zone, actual)).toThrow('the host has no debconf')
  })

  it.each<[Partial<DebconfParams>, RegExp]>([
    [{ name: 'a b' }, /'name'/],
    [{ question: 'plain' }, /'question': "plain" is not a question/],
    [{ question: 'a/b c' }, /'question'/],
    [{ type: 'password' }, /'value': a password must be a secret/],
    [{ type: 'boolean', value: 'yes' }, /'value': expected 'true' or 'false'/],
    [{ value: 'two\nlines' }, /'value': an answer is one line/],
  ])('refuses %j', (params, message) => {
    expect(() => debconf({ ...zone, ...params })).toThrow(message)
  })

  it.skipIf(throwAwayRootLacks())(
    'is what debconf then says itself, passwords included',
    async () => {
      const given = sh`printf '%s\n' 'tzdata tzdata/Areas select Asia' | debconf-set-selections`
      const seen = await passThrownAway(debconf(zone), { given, show: sh`debconf-show tzdata | grep Areas` })
      expect(seen).toMatchObject({ found: ['value'], output: { code: 0 }, left: [], shown: '* tzdata/Areas: Europe\n' })
      const password: DebconfParams = {
        name: 'tsplay-x',
        question: 'tsplay-x/pass',
        type: 'password',
        value: secret("it's $1 \\"),
      }
      const set = await passThrownAway(debconf(password), { given: sh`:` })
      expect(set).toMatchObject({ output: { code: 0 }, left: [] })
    },
    60_000,
  )
})
