// Events for someone who watches a terminal.
import ora, { type Ora } from 'ora'
import type { Reporter, RunEvent } from '../event.ts'
import { plain } from './plain.ts'
import type { ReportOptions, Write } from './report-options.ts'
import { createRunning } from './running.ts'

/** A reporter that may have something running on the terminal. */
export interface PrettyReporter extends Reporter {
  /** Takes the spinner off the terminal; for a run that ends without a recap. */
  readonly close: () => void
  /** Keeps the spinner off the terminal while somebody is asked on it. */
  readonly still: (on: boolean) => void
}

type HostState = Extract<RunEvent, { type: 'host' }>['state']

/**
 * Lines as {@link plain} writes them, in colour, with a spinner while hosts connect and plan, and beside it what takes
 * longer than some seconds, with the last line that it has printed. Without a terminal it is `plain`; NO_COLOR and
 * `color: false` leave out the colours.
 */
export function pretty(stream: NodeJS.WriteStream, options: ReportOptions = {}): PrettyReporter {
  const color = (options.color ?? !process.env.NO_COLOR) && stream.isTTY
  // a terminal without a width (script(1), some containers) has no place for a spinner: ora would loop for ever
  if (!stream.isTTY || !stream.columns) {
    return Object.assign(
      plain((text) => stream.write(text), { ...options, color }),
      { close: () => {}, still: () => {} },
    )
  }
  const spinner = ora({ stream, discardStdin: false, color: 'cyan' })
  const lines = beside(spinner, stream)
  const report = plain(lines.write, { ...options, color })
  const waiting = createWaiting()
  const running = createRunning()
  let slow: string | undefined
  let timer: NodeJS.Timeout | undefined
  let quiet = false
  const show = (): void => {
    if (!quiet) turn(spinner, [waiting.text(), slow], stream.columns)
  }
  // looked at once a second: with many hosts, every event would be too often
  const watch = (): void => {
    if (running.any()) {
      timer ??= setInterval(() => {
        slow = running.text()
        show()
      }, 1000).unref()
    } else if (timer !== undefined) {
      clearInterval(timer)
      timer = slow = undefined
      show()
    }
  }
  const close = (): void => {
    clearInterval(timer)
    spinner.stop()
    lines.flush()
  }
  const reporter = (event: RunEvent): void => {
    running.add(event)
    if (event.type === 'host') {
      waiting.set(event.host, event.state)
      show()
    }
    watch()
    if (event.type === 'recap') close()
    report(event)
  }
  const still = (on: boolean): void => {
    quiet = on
    if (on) {
      spinner.stop()
      lines.flush()
    } else show()
  }
  return Object.assign(reporter, { close, still })
}

/** Milliseconds in which lines gather beside a spinner: it draws itself again after everything that is written. */
const gathering = 40

function beside(spinner: Ora, stream: NodeJS.WriteStream): { write: Write; flush: () => void } {
  let waiting = ''
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (waiting !== '') stream.write(waiting)
    waiting = ''
  }
  return {
    flush,
    write(text) {
      waiting += text
      if (!spinner.isSpinning) flush()
      else timer ??= setTimeout(flush, gathering)
    },
  }
}

/** Hosts that connect or plan, and a few words on them; as quick with thousands. */
function createWaiting() {
  const hosts = { connecting: new Set<string>(), planning: new Set<string>() }
  const words = (state: keyof typeof hosts): string | undefined => {
    const { size } = hosts[state]
    if (size === 0) return undefined
    return `${state} ${size > 3 ? `${size} hosts` : [...hosts[state]].join(', ')}`
  }
  return {
    set(host: string, state: HostState): void {
      hosts.connecting.delete(host)
      hosts.planning.delete(host)
      if (state === 'connecting' || state === 'planning') hosts[state].add(host)
    },
    text: (): string => [words('connecting'), words('planning')].filter(Boolean).join('; '),
  }
}

function turn(spinner: Ora, parts: readonly (string | undefined)[], columns: number): void {
  const text = parts.filter(Boolean).join('; ').replaceAll('\t', ' ')
  // one line and no more: beside the spinner and a space
  const cut = text.length > columns - 4 ? `${text.slice(0, Math.max(columns - 5, 0))}…` : text
  if (spinner.isSpinning) {
    if (cut === '') spinner.stop()
    else spinner.text = cut
  } else if (cut !== '') spinner.start(cut)
}
