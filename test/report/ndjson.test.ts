import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../engine/event.ts'
import { ndjson } from '../../engine/report/ndjson.ts'
import { recapOf, reported, taskEvent } from './events.ts'

describe('ndjson', () => {
  test('is one JSON object a line, whatever the output holds', () => {
    const events: RunEvent[] = [
      { type: 'play', play: 'a\nb', hosts: ['m1'] },
      taskEvent({ stdout: 'x\r\n\u2028\x1b[1m\ud800', diff: [{ property: 'size', before: 1n, after: null }] }),
      { type: 'recap', hosts: {}, durationMs: 1 },
    ]
    const lines = reported(ndjson, events).split('\n')
    expect(lines.pop()).toBe('')
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(['play', 'task', 'recap'])
    expect(JSON.parse(lines[1]!)).toMatchObject({ stdout: 'x\r\n\u2028\x1b[1m\ud800', diff: [{ before: '1' }] })
  })

  test('has the documented keys of a task first and in order', () => {
    const { durationMs, diff, ...rest } = taskEvent({ status: 'changed', code: 0, durationMs: 12.7 })
    expect(reported(ndjson, [{ ...rest, diff, durationMs }])).toBe(
      '{"type":"task","play":"etcd","role":"etcd","task":"config","host":"m1","module":"template","status":"changed","changed":true,"diff":[],"durationMs":13,"code":0}\n',
    )
  })

  test('ends with the recap as documented', () => {
    const { roundTrips, ...rest } = recapOf({ ok: 3, roundTrips: 4 })
    expect(reported(ndjson, [{ type: 'recap', hosts: { m1: { roundTrips, ...rest } }, durationMs: 99.4 }])).toBe(
      '{"type":"recap","hosts":{"m1":{"ok":3,"changed":0,"unreachable":0,"failed":0,"skipped":0,"rescued":0,"ignored":0,"roundTrips":4}},"durationMs":99}\n',
    )
  })

  test('takes 10,000 events in less than a second', () => {
    const events = Array.from({ length: 10_000 }, (_, index) =>
      taskEvent({ host: `m${index}`, stdout: 'x'.repeat(500) }),
    )
    const start = performance.now()
    reported(ndjson, events)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
