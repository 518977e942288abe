import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { pretty } from '../../engine/report/pretty.ts'
import type { ReportOptions } from '../../engine/report/report-options.ts'
import { recapOf, taskEvent } from './events.ts'

/** A terminal that remembers everything written to it. */
function terminal(isTTY: boolean) {
  const written: string[] = []
  const write = (chunk: unknown, _encoding: string, done: () => void): void => {
    written.push(String(chunk))
    done()
  }
  const stream = Object.assign(new Writable({ write }), {
    isTTY,
    columns: 120,
    rows: 40,
    clearLine: () => written.push('<clear>') > 0,
    cursorTo: () => true,
    moveCursor: () => true,
  })
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written.join('') }
}

const recap = { type: 'recap', hosts: { m1: recapOf({ ok: 1 }) }, durationMs: 10 } as const

describe('pretty', () => {
  beforeEach(() => {
    vi.stubEnv('NO_COLOR', '')
    vi.stubEnv('TERM', 'xterm')
    vi.stubEnv('CI', undefined)
  })
  afterEach(() => void vi.unstubAllEnvs())

  const show = (isTTY: boolean, options?: ReportOptions): string => {
    const { stream, text } = terminal(isTTY)
    const reporter = pretty(stream, options)
    reporter(taskEvent({ status: 'changed' }))
    reporter(recap)
    return text()
  }

  test('is coloured on a terminal, unless NO_COLOR or --no-color say otherwise', () => {
    expect(show(true)).toContain('\x1b[33mchanged\x1b[39m')
    expect(show(true, { color: false })).not.toContain('\x1b[33m')
    vi.stubEnv('NO_COLOR', '1')
    expect(show(true)).not.toContain('\x1b[33m')
  })

  test('is plain where there is no terminal', () => {
    expect(show(false)).toMatch(/^m1 \| changed \| etcd : config \(0.12s\)\n\nhost /)
    expect(show(false)).not.toContain('\x1b')
  })

  test('spins while hosts connect and plan, and no longer', () => {
    const { stream, text } = terminal(true)
    const reporter = pretty(stream)
    reporter({ type: 'host', host: 'm1', state: 'connecting' })
    expect(text()).toContain('connecting m1')
    reporter({ type: 'host', host: 'm1', state: 'applying' })
    const before = text().length
    reporter(taskEvent({ status: 'changed' }))
    expect(text().slice(before)).toBe('m1 | \x1b[33mchanged\x1b[39m | etcd : config \x1b[2m(0.12s)\x1b[22m\n')
    reporter(recap)
  })

  test('takes the spinner away before it writes lines, and when it is closed', async () => {
    const { stream, text } = terminal(true)
    const reporter = pretty(stream)
    for (const host of ['m1', 'm2', 'm3', 'm4']) reporter({ type: 'host', host, state: 'planning' })
    const before = text().length
    reporter(taskEvent({ status: 'changed' }))
    await vi.waitFor(() => expect(text().slice(before)).toMatch(/^<clear>.*m1 \| .*planning 4 hosts/s))
    reporter(taskEvent({ status: 'changed', host: 'm2' }))
    const closing = text().length
    reporter.close()
    expect(text().slice(closing)).toMatch(/^<clear>.*m2 \| [^\n]*\n$/s)
  })

  test('shows beside the spinner what takes long, on one line, until it has ended (X07)', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] })
    try {
      const { stream, text } = terminal(true)
      const reporter = pretty(stream)
      reporter({ type: 'host', host: 'm1', state: 'applying' })
      reporter({ type: 'output', play: 'etcd', host: 'm1', task: 'health', stream: 'stdout', text: 'x'.repeat(500) })
      vi.advanceTimersByTime(4000)
      expect(text()).toBe('')
      vi.advanceTimersByTime(3000)
      expect(text()).toMatch(/m1 7s: health: x+…/)
      expect(text()).not.toContain('x'.repeat(120))
      reporter(taskEvent({ status: 'changed' }))
      const before = text().length
      vi.advanceTimersByTime(60_000)
      expect(text().slice(before)).not.toContain('health')
      reporter(recap)
    } finally {
      vi.useRealTimers()
    }
  })

  test('takes 10,000 hosts that connect, plan and apply in less than two seconds', () => {
    const { stream } = terminal(true)
    const reporter = pretty(stream)
    const start = performance.now()
    for (const state of ['connecting', 'planning', 'applying', 'done'] as const)
      for (let index = 0; index < 10_000; index++) reporter({ type: 'host', host: `m${index}`, state })
    expect(performance.now() - start).toBeLessThan(2000)
    reporter.close()
  })

  test('takes 10,000 events in less than a second, also while it spins', () => {
    const { stream } = terminal(true)
    const reporter = pretty(stream)
    reporter({ type: 'host', host: 'm1', state: 'planning' })
    const start = performance.now()
    for (let index = 0; index < 10_000; index++) reporter(taskEvent({ status: 'changed' }))
    expect(performance.now() - start).toBeLessThan(1000)
    reporter.close()
  })
})

test('draws no spinner on a terminal without a width', () => {
  let written = ''
  const stream = {
    isTTY: true,
    columns: 0,
    write: (text: string) => (written += text),
  } as unknown as NodeJS.WriteStream
  const report = pretty(stream, { color: false })
  report({ type: 'host', host: 'm1', state: 'connecting' })
  report({ type: 'recap', hosts: {}, durationMs: 1 })
  report.close()
  expect(written).not.toContain('connecting')
})
