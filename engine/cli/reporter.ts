// Which reporter the flags ask for.

import type { Reporter } from '../event.ts'
import { adhoc } from '../report/adhoc.ts'
import { junit } from '../report/junit.ts'
import { ndjson } from '../report/ndjson.ts'
import { plain } from '../report/plain.ts'
import { pretty } from '../report/pretty.ts'
import type { ReportOptions } from '../report/report-options.ts'
import type { PlaybookFlags, RunFlags } from './flags.ts'

const write = (text: string): void => void process.stdout.write(text)

/** `close` ends what stays on a terminal. */
export function reporterOf(
  flags: RunFlags & Pick<PlaybookFlags, 'step'>,
): Reporter & { close?(): void; still?(on: boolean): void } {
  const options = optionsOf(flags)
  switch (flags.output ?? (process.stdout.isTTY ? 'pretty' : 'plain')) {
    case 'ndjson':
      return ndjson(write)
    case 'junit':
      return junit(write)
    case 'pretty':
      // what turns on the terminal would turn over the questions
      return flags.step ? plain(write, options) : pretty(process.stdout, options)
    default:
      return plain(write, options)
  }
}

/** One block a host, as `ansible` prints it, unless another format is asked for. */
export const adhocReporterOf = (flags: RunFlags): Reporter =>
  flags.output === undefined || flags.output === 'pretty' || flags.output === 'plain'
    ? adhoc(write, optionsOf(flags))
    : reporterOf(flags)

const optionsOf = (flags: RunFlags): ReportOptions => ({
  diff: flags.diff ?? false,
  verbosity: flags.verbose,
  profile: flags.profile ?? false,
  color: colored(flags),
})

const colored = ({ color }: RunFlags): boolean => color && !process.env.NO_COLOR && process.stdout.isTTY === true
