import { describe, expect, it } from 'vitest'
import { secret } from '../../engine/secret.ts'
import { assert } from '../../modules/assert.ts'
import { debug } from '../../modules/debug.ts'
import { runLocally } from '../support/local-host.ts'
import { expectSettled } from '../support/settle-here.ts'

describe('assert (M17)', () => {
  it.each([[true], [[true, true]], [{ a: true }], [[]]])('lets a host go on where %j holds', async (that) => {
    await expectSettled(assert({ that }))
  })

  it.each([
    [{ that: false }, 'assertion failed'],
    [{ that: [true, false] }, 'assertion failed: condition 2'],
    [{ that: { 'an odd number of members': false, other: true } }, 'assertion failed: an odd number of members'],
    [{ that: false, message: 'not enough memory' }, 'not enough memory'],
  ])('fails where something of %j does not hold, and says what', async (params, message) => {
    await expect(runLocally(assert(params))).rejects.toThrow(message)
  })

  it('hands on the hint', async () => {
    await expect(runLocally(assert({ that: false, hint: 'add RAM' }))).rejects.toMatchObject({ hint: 'add RAM' })
  })

  it('refuses what is neither true nor false: a forgotten call, an undefined', () => {
    expect(() => assert({ that: (() => true) as never })).toThrow(/that/)
    expect(() => assert({ that: undefined as never })).toThrow(/that/)
    expect(() => assert({ that: { a: 1 as never } })).toThrow(/that/)
  })
})

describe('debug (M17)', () => {
  const said = (params: Parameters<typeof debug>[0]) => debug.module.result?.(debug(params).params as never, {})

  it('says a message, a value, or both, and changes nothing', async () => {
    expect(said({ message: 'hello' })).toEqual({ message: 'hello' })
    expect(said({ value: { a: [1] } })).toEqual({ message: JSON.stringify({ a: [1] }, null, 2) })
    expect(said({ message: 'got', value: null })).toEqual({ message: 'got: null' })
    await expectSettled(debug({ message: 'x' }))
  })

  it('shows no secret', () => {
    expect(said({ value: { password: secret('hunter2') } })?.message).not.toContain('hunter2')
  })

  it('wants something to say: an undefined value is a mistake', () => {
    expect(() => debug({ value: undefined })).toThrow(/message or value/)
  })
})
