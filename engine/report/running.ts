// What has been running for long, and the last line it has printed: for whoever waits. Knows no terminal.
import type { RunEvent } from '../event.ts'
import { harmless } from './harmless.ts'

/** Follows what hosts are applying. */
export interface Running {
  readonly add: (event: RunEvent) => void
  /** Whether anything is being applied. */
  readonly any: () => boolean
  /** `m1 12s: health: waiting for peers`, the host that takes longest; undefined where nothing takes long. */
  readonly text: () => string | undefined
}

/** Milliseconds after which a task takes long. */
export const long = 5000

interface Work {
  readonly since: number
  /** The task that has printed something, and its last line. */
  said?: { readonly task: string; readonly line: string }
}

export function createRunning(now: () => number = () => performance.now()): Running {
  const hosts = new Map<string, Work>()
  return {
    any: () => hosts.size > 0,
    add(event) {
      if (event.type === 'host') {
        if (event.state === 'applying') hosts.set(event.host, { since: now() })
        else hosts.delete(event.host)
      }
      // tasks that were sent together end together
      if (event.type === 'task' || event.type === 'retry') hosts.delete(event.host)
      if (event.type === 'recap') hosts.clear()
      if (event.type !== 'output') return
      const line = lastOf(event.text)
      const work = hosts.get(event.host)
      if (work && line !== '') work.said = { task: event.task, line }
    },
    text() {
      const slow = [...hosts].filter(([, { since }]) => now() - since >= long).sort(([, a], [, b]) => a.since - b.since)
      const [first] = slow
      if (!first) return undefined
      const [host, { since, said }] = first
      const others = slow.length > 1 ? `; ${slow.length - 1} more` : ''
      const words = said ? `: ${said.task}: ${said.line}` : ' is at work'
      return harmless(`${host} ${Math.floor((now() - since) / 1000)}s${words}${others}`)
    },
  }
}

/** The last line, as far as a progress bar has not overwritten it. */
const lastOf = (text: string): string =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean)
    .at(-1) ?? ''
