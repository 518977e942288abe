// A text as lines that keep their own endings. Knows no files.

/** A line without its ending, and the ending: `''` only for a last line that has none. */
export interface TextLine {
  readonly text: string
  readonly end: string
}

export const linesOfText = (text: string): TextLine[] =>
  text === ''
    ? []
    : text.split(/(?<=\n)/).map((line) => {
        const end = /\r?\n$/.exec(line)?.[0] ?? ''
        return { text: line.slice(0, line.length - end.length), end }
      })

export const textOfLines = (lines: readonly TextLine[]): string =>
  lines.map(({ text, end }) => `${text}${end}`).join('')

/** The ending that new lines get: that of the first line. */
export const endingOf = (lines: readonly TextLine[]): string => lines.find(({ end }) => end !== '')?.end ?? '\n'

/** The lines with `added` at `index`, ended by `end`; the line before gets an ending where it has none. */
export function insertLines(
  lines: readonly TextLine[],
  index: number,
  added: readonly string[],
  end: string = endingOf(lines),
): TextLine[] {
  return [
    ...lines.slice(0, index).map((line) => (line.end === '' ? { ...line, end } : line)),
    ...added.map((text) => ({ text, end })),
    ...lines.slice(index),
  ]
}
