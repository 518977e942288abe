import { describe, expect, it } from 'vitest'
import { secret } from '../../engine/secret.ts'
import { assert } from '../../modules/assert.ts'
import { type DebugParams, debug } from '../../modules/debug.ts'
import { fail } from '../../modules/fail.ts'
import { type PauseParams, pause } from '../../modules/pause.ts'
import { runLocally } from '../support/local-host.ts'
import { controlIn, expectSettled } from '../support/settle-here.ts'

describe('assert (M17)', () => {
  it.each([[true], [[true, true]], [{ a: true }], [[]]])('lets a host go on where %j holds', async (that) => {
    await expectSettled(assert({ that }))
  })

  it.each([
    [{ that: false }, 'assertion failed'],
    [{ that: [true, false] }, 'assertion failed: condition 2'],
    [{ that: { 'an odd number of members': false, other: true } }, 'assertion failed: an odd number of members'],
    [{ that: false, failMessage: 'not enough memory' }, 'not enough memory'],
  ])('fails where something of %j does not hold, and says what', async (params, message) => {
    await expect(runLocally(assert(params))).rejects.toThrow(message)
  })

  it('hands on the hint', async () => {
    await expect(runLocally(assert({ that: false, hint: 'add RAM' }))).rejects.toMatchObject({ hint: 'add RAM' })
  })

  it('says that all is well only where it is told to', () => {
    const said = (params: object) => assert.module.result?.({ that: true, ...params }, { holds: true })
    expect(said({})).toEqual({ message: undefined })
    expect(said({ successMessage: 'enough memory' })).toEqual({ message: 'enough memory' })
  })

  it('refuses what is neither true nor false: a forgotten call, an undefined', () => {
    expect(() => assert({ that: (() => true) as never })).toThrow(/that/)
    expect(() => assert({ that: undefined as never })).toThrow(/'that': .*undefined one is no condition/)
    expect(() => assert({ that: { a: 1 as never } })).toThrow(/that/)
  })
})

describe('fail (M17)', () => {
  it('fails with its message and hint', async () => {
    await expect(runLocally(fail({ message: 'no', hint: 'ask' }))).rejects.toMatchObject({ message: 'no', hint: 'ask' })
    await expect(runLocally(fail({}))).rejects.toThrow('failed as requested')
    expect(() => fail({ message: '' })).toThrow(/'message'/)
  })
})

describe('debug (M17)', () => {
  const said = async (params: DebugParams, verbosity = 0) => {
    const input = await debug.module.prepare!(debug(params).params as never, { ...controlIn(), verbosity })
    return debug.module.result?.(input, {})?.message
  }

  it('says a message, a value, or both, and changes nothing', async () => {
    expect(await said({ message: 'hello' })).toBe('hello')
    expect(await said({ value: { a: [1] } })).toBe(JSON.stringify({ a: [1] }, null, 2))
    expect(await said({ message: 'got', value: null })).toBe('got: null')
    await expectSettled(debug({ message: 'x' }), { control: controlIn() })
  })

  it('says nothing where the run says less than it wants', async () => {
    expect(await said({ message: 'x', verbosity: 2 }, 1)).toBeUndefined()
    expect(await said({ message: 'x', verbosity: 2 }, 2)).toBe('x')
    expect(() => debug({ message: 'x', verbosity: 4 as never })).toThrow(/'verbosity'/)
  })

  it('shows no secret', async () => {
    expect(await said({ value: { password: secret('hunter2') } })).not.toContain('hunter2')
  })

  it('wants something to say: an undefined value is a mistake', () => {
    expect(() => debug({ value: undefined })).toThrow(/message or value/)
  })
})

describe('pause (M17)', () => {
  const held = (params: PauseParams) =>
    pause.module.holds?.(pause(params).params as never, { from: { held: false }, to: { held: true }, has: () => true })

  it.each([
    [{ seconds: 90 }, { seconds: 90 }],
    [{ minutes: 1.5 }, { seconds: 90 }],
    [{ seconds: 0 }, { seconds: 0 }],
    [{ prompt: 'go on?' }, { question: 'go on?', echo: true, fallback: undefined }],
    [
      { prompt: 'word', echo: false, answer: '' },
      { question: 'word', echo: false, fallback: '' },
    ],
  ])('takes %j for %j', (params, hold) => {
    expect(held(params)).toEqual(hold)
  })

  it.each([
    [{}, /one of seconds, minutes and prompt/],
    [{ seconds: 1, minutes: 1 }, /one of seconds, minutes and prompt/],
    [{ seconds: 1, prompt: 'x' }, /one of seconds, minutes and prompt/],
    [{ seconds: 1, answer: 'x' }, /are for a prompt/],
    [{ seconds: -1 }, /'seconds'/],
    [{ seconds: 3e6 }, /'seconds'/],
    [{ minutes: 5e4 }, /'minutes'/],
    [{ prompt: '' }, /'prompt'/],
  ])('refuses %j', (params, message) => {
    expect(() => pause(params)).toThrow(message)
  })
})
