// The text of -a cut into words where Ansible cuts it. Knows neither names nor values.

/** A word as it stands in the text, quotes and backslashes included, and where. */
export interface Word {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Words, and the place of a quote that is never closed. */
export interface Words {
  readonly words: readonly Word[]
  readonly open: number | undefined
}

/**
 * Words stand between blanks, tabs and line ends outside of quotes (Ansible takes a tab for part of a word). A quote may
 * begin anywhere in a word; one behind a backslash is a character. A backslash by itself, as at the end of a line that
 * goes on, is no word.
 */
export function splitWords(text: string): Words {
  const words: Word[] = []
  let start: number | undefined
  let quote: { char: string; at: number } | undefined
  for (let index = 0; index <= text.length; index++) {
    const char = text[index]
    const ends = char === undefined || (!quote && /[ \t\r\n]/.test(char))
    if (ends) {
      if (start !== undefined && text.slice(start, index) !== '\\')
        words.push({ text: text.slice(start, index), start, end: index })
      start = undefined
      continue
    }
    start ??= index
    if ((char !== '"' && char !== "'") || (index > start && text[index - 1] === '\\')) continue
    if (!quote) quote = { char, at: index }
    else if (quote.char === char) quote = undefined
  }
  return { words, open: quote?.at }
}
