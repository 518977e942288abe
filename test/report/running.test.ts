import { describe, expect, test } from 'vitest'
import { createRunning } from '../../engine/report/running.ts'

function watched() {
  let now = 0
  const running = createRunning(() => now)
  return {
    running,
    pass: (seconds: number) => {
      now += seconds * 1000
    },
    applying: (host: string) => running.add({ type: 'host', host, state: 'applying' }),
    says: (host: string, text: string, task = 'health') =>
      running.add({ type: 'output', play: 'etcd', host, task, stream: 'stdout', text }),
  }
}

describe('what runs for long (X07)', () => {
  test('is told after five seconds, with the last line it has printed', () => {
    const { running, pass, applying, says } = watched()
    applying('m1')
    says('m1', 'starting')
    pass(4.9)
    expect(running.text()).toBeUndefined()
    pass(0.2)
    expect(running.text()).toBe('m1 5s: health: starting')
    says('m1', ' 10 %\r 20 %\r')
    says('m1', '')
    pass(7)
    expect(running.text()).toBe('m1 12s: health: 20 %')
  })

  test('is the host that takes longest; the others are counted', () => {
    const { running, pass, applying, says } = watched()
    applying('m1')
    pass(1)
    applying('m2')
    applying('m3')
    says('m2', 'x')
    pass(6)
    expect(running.text()).toBe('m1 7s is at work; 2 more')
  })

  test('is over when its task has ended, is tried again, or the host goes on', () => {
    for (const end of [
      { type: 'host', host: 'm1', state: 'done' },
      { type: 'retry', play: 'etcd', host: 'm1', task: 'health', attempt: 1, retries: 2 },
      { type: 'recap', hosts: {}, durationMs: 1 },
    ] as const) {
      const { running, pass, applying } = watched()
      applying('m1')
      pass(6)
      expect(running.any()).toBe(true)
      running.add(end)
      expect(running.any()).toBe(false)
      expect(running.text()).toBeUndefined()
    }
  })

  test('is fit for a terminal', () => {
    const { running, pass, applying, says } = watched()
    applying('m1')
    says('m1', '\x1b[2Jx')
    pass(6)
    expect(running.text()).toBe('m1 6s: health: \\x1b[2Jx')
  })
})
