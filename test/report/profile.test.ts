import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../engine/event.ts'
import { adhoc } from '../../engine/report/adhoc.ts'
import { junit } from '../../engine/report/junit.ts'
import { ndjson } from '../../engine/report/ndjson.ts'
import { plain } from '../../engine/report/plain.ts'
import { recapOf, reported, taskEvent } from './events.ts'

const recap: RunEvent = { type: 'recap', hosts: { m1: recapOf({ ok: 1 }) }, durationMs: 10 }
const profiled = (events: readonly RunEvent[]): string =>
  reported((write) => plain(write, { profile: true }), [...events, recap]).split('in 0.01s\n')[1]!

describe('--profile (X14, A152)', () => {
  test('adds a task up over hosts, names the host it took longest on, and adds hosts up over tasks', () => {
    expect(
      profiled([
        taskEvent({ host: 'm1', durationMs: 1000 }),
        taskEvent({ host: 'm2', durationMs: 4000, status: 'failed' }),
        taskEvent({ host: 'm1', durationMs: 2000, role: null, task: 'wait', delegate: 'lb1' }),
        taskEvent({ host: 'm3', durationMs: 0, task: 'nothing to do' }),
      ]),
    ).toBe(`
slowest tasks         total  hosts  longest
etcd : config [etcd]  5.00s      2  4.00s on m2
wait [etcd]           2.00s      1  2.00s on m1 -> lb1

slowest hosts  total  tasks  longest
m2             4.00s      1  4.00s etcd : config
m1             3.00s      2  2.00s wait
`)
  })

  test('keeps tasks of one name apart by play, role, and whether a handler ran them', () => {
    const lines = profiled([
      taskEvent({ task: 'restart' }),
      taskEvent({ task: 'restart', play: 'web' }),
      taskEvent({ task: 'restart', handler: true }),
      taskEvent({ task: 'restart', role: null }),
    ])
    expect(lines.match(/restart.*0\.12s {6}1/g)).toHaveLength(4)
  })

  test('shows ten of each', () => {
    const lines = profiled(
      Array.from({ length: 30 }, (_, index) =>
        taskEvent({ host: `m${index}`, task: `task ${index}`, durationMs: 1000 * (index + 1) }),
      ),
    ).split('\n')
    expect(lines.filter((line) => line.startsWith('etcd : task'))).toHaveLength(10)
    expect(lines.filter((line) => /^m\d/.test(line))).toHaveLength(10)
    expect(lines[2]).toMatch(/^etcd : task 29 /)
  })

  test('says nothing where nothing took time, or nobody asked', () => {
    expect(profiled([taskEvent({ durationMs: 0 })])).toBe('')
    expect(reported((write) => plain(write), [taskEvent({ status: 'changed' }), recap])).not.toContain('slowest')
  })

  test('comes after the hosts of an ad-hoc command', () => {
    expect(reported((write) => adhoc(write, { profile: true }), [taskEvent({ role: null, code: 0 }), recap])).toBe(
      `m1 | SUCCESS | rc=0 >>
slowest tasks  total  hosts  longest
config [etcd]  0.12s      1  0.12s on m1

slowest hosts  total  tasks  longest
m1             0.12s      1  0.12s config
`,
    )
  })

  test('writes out what a name hides', () => {
    expect(profiled([taskEvent({ host: '\x1b[2J', task: '\x1b[1m', play: '\x07' })])).not.toMatch(
      /[\x00-\x08\x0b-\x1f]/,
    )
  })

  test('has nothing to add for programs, who find the time with each task', () => {
    const events = [taskEvent({ durationMs: 7 }), recap]
    expect(reported(ndjson, events).trim().split('\n').at(-1)).toContain('"type":"recap"')
    expect(reported(ndjson, events)).toContain('"durationMs":7')
    expect(reported(junit, events)).toContain('time="0.007"')
  })

  test('takes 100,000 tasks in less than a second', () => {
    const events = Array.from({ length: 100_000 }, (_, index) =>
      taskEvent({ host: `m${index % 1000}`, task: `task ${index % 100}` }),
    )
    const start = performance.now()
    profiled(events)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
