// How the commands of `tsplay cert` print: records for machines, text for people. Knows nothing of certificates.
import pc from 'picocolors'
import { harmless } from '../../report/harmless.ts'
import type { OutputFormat } from '../flags.ts'

/** What `-o` may say. */
export type CertOutput = OutputFormat | 'json'

/** Prints the records as lines or as one document, where machines read; else the lines of text. */
export function print(
  output: CertOutput | undefined,
  records: readonly object[],
  lines: () => readonly string[],
): void {
  process.stdout.write(
    output === 'ndjson'
      ? records.map((record) => `${JSON.stringify(record)}\n`).join('')
      : output === 'json'
        ? `${JSON.stringify(records, null, 2)}\n`
        : lines()
            .map((line) => `${line}\n`)
            .join(''),
  )
}

/** Paints where people look on. */
export const paint = (): ReturnType<typeof pc.createColors> =>
  pc.createColors(Boolean(process.stdout.isTTY) && !process.env.NO_COLOR)

/** Columns side by side, each as wide as its widest cell. What certificates say cannot move the cursor. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const shown = rows.map((row) => row.map(harmless))
  const widths = shown[0]!.map((_, column) => Math.max(...shown.map((row) => row[column]!.length)))
  return shown.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}
