// A host pattern, taken apart into its terms. Pure text.
import { isIPv6 } from 'node:net'

/** One term: hosts to add, to keep (`&`) or to take away (`!`). */
export interface Term {
  readonly operator: '' | '&' | '!'
  readonly text: string
}

/**
 * Terms between commas and colons. Colons within brackets, in IPv6 addresses and in names for which `isName` holds do not
 * separate.
 */
export function splitPattern(pattern: string, isName: (text: string) => boolean): Term[] {
  return pieces(pattern, ',')
    .flatMap((part) => join(pieces(part, ':'), isName))
    .map(termOf)
    .filter(({ text }) => text !== '')
}

function termOf(text: string): Term {
  const operator = text.startsWith('&') ? '&' : text.startsWith('!') ? '!' : ''
  return { operator, text: text.slice(operator.length).trim() }
}

/** Splits at a separator outside of brackets; in a regular expression also outside of groups and repetitions. */
function pieces(text: string, separator: string): string[] {
  const found: string[] = []
  let start = 0
  let open = 0
  for (let index = 0; index < text.length; index++) {
    const char = text[index]!
    const brackets = /^\s*[&!]?~/.test(text.slice(start)) ? '[({])}' : '[]'
    if (char === '\\') index++
    else if (brackets.includes(char)) open += '[({'.includes(char) ? 1 : -1
    else if (char === separator && open <= 0) {
      found.push(text.slice(start, index))
      start = index + 1
      open = 0
    }
  }
  return [...found, text.slice(start)].map((piece) => piece.trim())
}

/** Puts back together what is one name or address with colons: the longest that is one. */
function join(parts: readonly string[], isName: (text: string) => boolean): string[] {
  const found: string[] = []
  for (let start = 0; start < parts.length; ) {
    let end = parts.length
    while (end > start + 1 && !isWhole(parts.slice(start, end).join(':'), isName)) end--
    found.push(parts.slice(start, end).join(':'))
    start = end
  }
  return found
}

function isWhole(text: string, isName: (text: string) => boolean): boolean {
  const name = text.replace(/^[&!]/, '')
  return isIPv6(name) || isName(name)
}
