// The laws catch who breaks them: modules that write while they ask, run what they are given, or tell a secret.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Control, defineModule } from '../../engine/module.ts'
import { map, script } from '../../engine/probe.ts'
import { sh } from '../../engine/script.ts'
import { reveal, type Secret, secret } from '../../engine/secret.ts'
import { textParam } from '../../modules/common/params.ts'
import { throwAwayRootLacks } from '../support/throw-away-root.ts'
import { tryAll } from './tried.ts'
import { markedSecret, variantsOf, withMarkedSecrets } from './variants.ts'

const lacks = throwAwayRootLacks()
const nothing = {} as Control

const bad = defineModule<{ text: string; token?: string | Secret }, { readonly is: boolean }>({
  name: 'bad',
  params: z.strictObject({ text: z.string(), token: textParam.optional() }),
  probe: ({ text }) =>
    map(script(sh`printf x > /tmp/written-by-a-law; echo ${text} > /dev/null`), () => ({ is: false })),
  desired: () => ({ is: true }),
  apply: ({ text, token }) => sh.raw(`echo '${text}' ${token === undefined ? '' : reveal(token)}`),
})

const good = defineModule<{ text: string; list?: Record<string, string> }, { readonly is: boolean }>({
  name: 'good',
  params: z.strictObject({
    text: z.string().regex(/^[^ ]*$/),
    list: z.record(z.string(), z.string()).optional(),
  }),
  probe: ({ text }) => map(script(sh`test -e ${text}`), ({ code }) => ({ is: code === 3 })),
  desired: () => ({ is: true }),
  apply: ({ text, list = {} }) => sh`echo ${text} ${Object.entries(list).flat()} > /tmp/made-by-a-law`,
})

describe.skipIf(lacks)(`a law${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  it('names the probe that writes, and lets one be that does not', async () => {
    const { writing } = await tryAll([good({ text: 'a' }), bad({ text: 'b' }), good({ text: 'c' })], nothing)
    expect(writing).toEqual([{ script: expect.stringContaining('echo b'), written: ['/tmp', '/tmp/written-by-a-law'] }])
  })

  it('sees a value that was run', async () => {
    const variants = variantsOf(bad({ text: 'b' }), []).map(({ action }) => action)
    expect((await tryAll(variants, nothing)).written).toContain('/pwned')
    const quoted = variantsOf(good({ text: 'b', list: { key: 'value' } }), []).map(({ action }) => action)
    expect((await tryAll(quoted, nothing)).written).toEqual(['/tmp', '/tmp/made-by-a-law'])
  })

  it('sees a secret that is shown', async () => {
    const action = bad({ text: 'b', token: 'x' })
    const { tried } = await tryAll(
      [{ ...action, params: withMarkedSecrets({ text: 'b', token: secret('x') }) }],
      nothing,
    )
    expect(tried[0]!.shown).toContain(markedSecret)
  })

  it('tells a bug from what the user can mend', async () => {
    const broken = { ...good.module, desired: () => (undefined as never as { is: true }).is as never }
    const { tried } = await tryAll([{ ...good({ text: 'a' }), module: broken }], nothing)
    expect(tried[0]!.bug).toContain('TypeError')
  })
})

describe('worse examples', () => {
  it('replace texts, names in records and secrets one at a time, where the schema accepts', () => {
    const variants = variantsOf(good({ text: 'b', list: { key: 'value' } }), [])
    expect(new Set(variants.map(({ at }) => at))).toEqual(new Set(['text', 'list.key']))
    const names = variants.map(({ action }) => Object.keys((action.params as { list: object }).list)[0])
    expect(names).toContain('two\nlines')
    for (const { action } of variants) expect((action.params as { text: string }).text).not.toContain(' ')
    expect(variantsOf(good({ text: 'b', list: { key: 'value' } }), ['list', 'text'])).toEqual([])
  })
})
