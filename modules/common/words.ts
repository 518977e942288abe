// A command line as a user writes it, split into words without a shell.

/** What a command line says. */
export interface CommandLine {
  readonly words: readonly string[]
  /** The first character outside of quotes that only a shell would understand. */
  readonly shellSyntax: string | undefined
}

/** Characters that mean something to a shell; a word that holds one outside of quotes wants one. */
const special = /[|&;<>()$`*?[\]~#!{}]/

/** Splits at blanks; quotes and backslashes work as in a shell. @throws Error for a quote that is not closed. */
export function splitWords(line: string): CommandLine {
  const words: string[] = []
  let word: string | undefined
  let shellSyntax: string | undefined
  for (let index = 0; index < line.length; index++) {
    const char = line[index]!
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (char === "'" || char === '"') {
      const { text, end } = quoted(line, index)
      word = (word ?? '') + text
      index = end
    } else if (char === '\\' && index + 1 < line.length) {
      word = (word ?? '') + line[++index]
    } else {
      if (special.test(char) && !harmless(char, word, line[index + 1])) shellSyntax ??= char
      word = (word ?? '') + char
    }
  }
  if (word !== undefined) words.push(word)
  return { words, shellSyntax }
}

/** `#` and `~` inside a word, `{}` and `!` anywhere, and brackets that stand alone are no syntax that a forgotten shell would miss. */
const harmless = (char: string, word: string | undefined, next = ' '): boolean =>
  '{}!'.includes(char) ||
  ('#~'.includes(char) && word !== undefined) ||
  ('[]'.includes(char) && word === undefined && /\s/.test(next))

function quoted(line: string, start: number): { text: string; end: number } {
  const quote = line[start]!
  let text = ''
  for (let index = start + 1; index < line.length; index++) {
    const char = line[index]!
    if (char === quote) return { text, end: index }
    const escaped = quote === '"' && char === '\\' && '"\\$`'.includes(line[index + 1] ?? '')
    text += escaped ? line[++index] : char
  }
  throw new Error(`the quote at character ${start + 1} is not closed`)
}
