// Help shows examples first.
import type { Command } from 'commander'

/** Puts the lines, each a whole command, before the help of `command`. */
export function helpExamples(command: Command, lines: readonly string[]): void {
  command.addHelpText('before', `Examples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`)
}
