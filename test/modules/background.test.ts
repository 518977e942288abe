// background, jobStatus and endJob without a host: what they ask, decide and send. How jobs behave is test/job's.
import { describe, expect, test } from 'vitest'
import { changeOf } from '../../engine/difference.ts'
import { showScript } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { background, command, copy, endJob, jobStatus, shell } from '../../modules/index.ts'
import { expectSettles } from '../support/laws.ts'

const job = { id: 'aB3xYz12' }
const status = { finished: false, code: undefined, timedOut: false, stdout: '', stderr: '' }

describe('background', () => {
  const action = background({ run: shell({ cmd: 'sync', creates: '/tmp/x', stdin: secret('word') }), seconds: 1.5 })
  const { module } = background
  const input = { params: action.params as never, input: (action.params as { run: { params: unknown } }).run.params }

  test('asks what the command it starts would ask, and starts it only where that would run (A036)', () => {
    expect(module.probe(input).questions.map(({ id }) => id)).toEqual(
      shell.module.probe(input.input as never).questions.map(({ id }) => id),
    )
    expectSettles(module, input, { done: false })
    expectSettles(module, input, { done: true })
  })

  test('sends the same script each time, with whole seconds and no secret to be seen', () => {
    const sent = (): string =>
      showScript(module.apply(input, changeOf<{ done: boolean }>({ done: false }, { done: true })))
    expect(sent()).toBe(sent())
    expect(sent()).toContain('"$_j"/run "$_j" 2 <')
    expect(sent()).not.toContain('word')
  })

  test('is named after what it starts', () => {
    expect(module.subject?.(input.params)).toBe('shell sync')
  })

  test.each([
    [{ run: copy({ content: 'x', dest: '/x' }), seconds: 1 }, "parameter 'run': expected something that runs"],
    [{ run: command({ cmd: 'true' }), seconds: 0 }, "parameter 'seconds'"],
    [{ run: command({ cmd: 'true' }) }, "parameter 'seconds'"],
  ])('refuses %j', (params, message) => {
    expect(() => background(params as never)).toThrow(message)
  })
})

describe('jobStatus', () => {
  test('changes nothing, whatever the job does, and gives back how it stands (A036)', () => {
    for (const actual of [
      { ...status, known: true },
      { ...status, known: true, finished: true, code: 3, stdout: 'out' },
    ]) {
      expect(jobStatus.module.desired({ job }, actual)).toEqual({})
      expectSettles(jobStatus.module, { job }, actual)
      const { known: _known, ...result } = actual
      expect(jobStatus.module.result?.({ job }, actual)).toEqual(result)
    }
  })

  test('fails for a job that the host does not know', () => {
    expect(() => jobStatus.module.desired({ job }, { ...status, known: false })).toThrow('there is no job aB3xYz12')
  })

  test.each([undefined, {}, { id: '' }, { id: '../x' }, { id: 'a b' }])('refuses %j as a job', (wrong) => {
    expect(() => jobStatus({ job: wrong as never })).toThrow(
      "parameter 'job': expected the job that background has started",
    )
    expect(() => endJob({ job: wrong as never })).toThrow(
      "parameter 'job': expected the job that background has started",
    )
  })
})

test('endJob ends what is there, and has nothing to do where there is nothing', () => {
  expectSettles(endJob.module, { job }, { there: true })
  expect(endJob.module.desired({ job }, { there: false })).toEqual({ there: false })
  expect(
    showScript(endJob.module.apply({ job }, changeOf<{ there: boolean }>({ there: true }, { there: false }))),
  ).toContain('/.tsplay/jobs/aB3xYz12')
})
