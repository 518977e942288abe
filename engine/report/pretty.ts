// Events for someone who watches a terminal.
import ora, { type Ora } from 'ora'
import type { Reporter, RunEvent } from '../event.ts'
import { plain } from './plain.ts'
import type { ReportOptions } from './report-options.ts'

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
  const report = plain((text) => stream.write(text), {
    ...options,
    color: (options.color ?? !process.env.NO_COLOR) && stream.isTTY,
  })
  if (!stream.isTTY) return Object.assign(report, { close: () => {} })
  const spinner = ora({ stream, discardStdin: false, color: 'cyan' })
  const states = new Map<string, HostState>()
  const close = (): void => void spinner.stop()
  const reporter = (event: RunEvent): void => {
    if (event.type === 'host') {
      states.set(event.host, event.state)
      turn(spinner, states)
    }
    if (event.type === 'recap') close()
    // the spinner draws itself again below what is written
    if (spinner.isSpinning) spinner.clear()
    report(event)
  }
  return Object.assign(reporter, { close })
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
