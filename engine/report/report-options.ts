// What a reporter of text may be told, and what it works with.
import type { createColors } from 'picocolors'

/** Options of the reporters for people. */
export interface ReportOptions {
  /** Show what differs, as text diffs and values. Default false. */
  readonly diff?: boolean
  /**
   * 0: what changed, failed or has something to say; 1: also ok and skipped tasks and all output; 2: output as it comes;
   * 3: also the scripts that were sent, and what hosts are doing. Default 0.
   */
  readonly verbosity?: number
  /** Name the slowest tasks and hosts at the end. Default false. */
  readonly profile?: boolean
  /** Default: for `pretty` what the terminal and NO_COLOR say, else false. */
  readonly color?: boolean
}

/** Takes a piece of text, newlines included. */
export type Write = (text: string) => void

/** Functions that colour a text, or leave it as it is. */
export type Colors = ReturnType<typeof createColors>
