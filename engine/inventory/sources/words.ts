// Words of a line as a POSIX shell reads them, without expansion: quotes, backslashes and, on demand, comments.

/** A word, and the 0-based column in which it begins. */
export interface Word {
  readonly text: string
  readonly column: number
}

/** The line cannot be split; `column` is 0-based. */
export class WordsError extends Error {
  readonly column: number

  constructor(message: string, column: number) {
    super(message)
    this.column = column
  }
}

/**
 * Splits a line at blanks outside of quotes. With `comments`, `#` ends the line wherever it stands outside of quotes.
 * @throws WordsError for a quote that is not closed or a backslash with nothing behind it
 */
export function splitWords(line: string, { comments = false } = {}): Word[] {
  const words: Word[] = []
  let text: string | undefined
  let start = 0
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!
    if (/\s/.test(char)) {
      if (text !== undefined) words.push({ text, column: start })
      text = undefined
      continue
    }
    if (comments && char === '#') break
    if (text === undefined) start = at
    text ??= ''
    if (char === '\\') {
      if (at + 1 >= line.length) throw new WordsError('a backslash has nothing behind it', at)
      text += line[++at]
    } else if (char === "'" || char === '"') {
      const quoted = quotedText(line, at)
      text += quoted.text
      at = quoted.end
    } else text += char
  }
  if (text !== undefined) words.push({ text, column: start })
  return words
}

/** Within double quotes a backslash escapes a quote or a backslash, within single quotes nothing. */
function quotedText(line: string, from: number): { text: string; end: number } {
  const quote = line[from]!
  let text = ''
  for (let at = from + 1; at < line.length; at++) {
    const char = line[at]!
    if (char === quote) return { text, end: at }
    if (quote === '"' && char === '\\' && (line[at + 1] === '"' || line[at + 1] === '\\')) text += line[++at]
    else text += char
  }
  throw new WordsError(`a ${quote} is not closed`, from)
}
