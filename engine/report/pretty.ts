// Events for someone who watches a terminal.
import ora, { type Ora } from 'ora'
import type { Reporter, RunEvent } from '../event.ts'
import { plain } from './plain.ts'
import type { ReportOptions, Write } from './report-options.ts'

/** A reporter that may have something running on the terminal. */
export interface PrettyReporter extends Reporter {
  /** Takes the spinner off the terminal; for a run that ends without a recap. */
  readonly close: () => void
}

type HostState = Extract<RunEvent, { type: 'host' }>['state']

/**
 * Lines as {@link plain} writes them, in colour, with a spinner while hosts connect and plan. Without a terminal it is
 * `plain`; NO_COLOR and `color: false` leave out the colours.
 */
export function pretty(stream: NodeJS.WriteStream, options: ReportOptions = {}): PrettyReporter {
  const color = (options.color ?? !process.env.NO_COLOR) && stream.isTTY
  // a terminal without a width (script(1), some containers) has no place for a spinner: ora would loop for ever
  if (!stream.isTTY || !stream.columns) {
    return Object.assign(
      plain((text) => stream.write(text), { ...options, color }),
      { close: () => {} },
    )
  }
  const spinner = ora({ stream, discardStdin: false, color: 'cyan' })
  const lines = beside(spinner, stream)
  const report = plain(lines.write, { ...options, color })
  const states = new Map<string, HostState>()
  const close = (): void => {
    spinner.stop()
    lines.flush()
  }
  const reporter = (event: RunEvent): void => {
    if (event.type === 'host') {
      states.set(event.host, event.state)
      turn(spinner, states)
    }
    if (event.type === 'recap') close()
    report(event)
  }
  return Object.assign(reporter, { close })
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

function turn(spinner: Ora, states: ReadonlyMap<string, HostState>): void {
  const text = (['connecting', 'planning'] as const)
    .map((state) => ({ state, hosts: [...states].filter(([, each]) => each === state).map(([host]) => host) }))
    .filter(({ hosts }) => hosts.length > 0)
    .map(({ state, hosts }) => `${state} ${hosts.length > 3 ? `${hosts.length} hosts` : hosts.join(', ')}`)
    .join('; ')
  if (text === '') spinner.stop()
  else if (spinner.isSpinning) spinner.text = text
  else spinner.start(text)
}
