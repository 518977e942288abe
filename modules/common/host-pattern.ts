// A regular expression of JavaScript's as any host's grep -E and awk understand it, as far as that can be said.
import { type PatternParam, regExp } from './patterns.ts'

/** What a host is given. */
export interface HostPattern {
  /** A POSIX extended regular expression. */
  readonly extended: string
  readonly ignoreCase: boolean
}

/** @throws Error where it asks for more than such expressions can say: looking around, back references, several lines */
export function hostPattern(pattern: PatternParam): HostPattern {
  const { source, ignoreCase } = regExp(pattern)
  const refuse = (what: string): never => {
    throw new Error(`${what} cannot be looked for on a host, which reads line by line with grep -E`)
  }
  const extended = source.replace(
    /\[(\^?)((?:\\[\s\S]|[^\]\\])*)\]|\(\?<?[=!]|\(\?:|\(\?<\w+>|\\k<|\\([1-9])|\\([\s\S])|([*+?]|\{\d+(?:,\d*)?\})\??|[\s\S]/g,
    (text, not?: string, set?: string, reference?: string, escaped?: string, quantifier?: string) => {
      if (set !== undefined) return bracket(not!, set, refuse)
      if (/^\(\?<?[=!]/.test(text)) return refuse('what stands around a match')
      if (text.startsWith('(?')) return '('
      if (text.startsWith('\\k') || reference !== undefined) return refuse('what a group has matched')
      if (escaped !== undefined) return escapedChar(escaped, refuse)
      if (quantifier !== undefined) return quantifier // whether there is a match does not depend on greed
      return text === '{' ? '\\{' : text
    },
  )
  return { extended, ignoreCase }
}

type Refuse = (what: string) => never

const classes: Readonly<Record<string, string>> = { d: '0-9', w: 'A-Za-z0-9_', s: '[:space:]' }
const characters: Readonly<Record<string, string>> = { t: '\t', r: '\r', f: '\f', v: '\v' }

function escapedChar(char: string, refuse: Refuse): string {
  const lower = char.toLowerCase()
  if (Object.hasOwn(classes, lower)) return `[${char === lower ? '' : '^'}${classes[lower]}]`
  if (Object.hasOwn(characters, char)) return characters[char]!
  if (char === 'n') return refuse('a newline')
  // GNU's, musl's and busybox's grep know both
  if (lower === 'b') return `\\${char}`
  if (/[a-z0-9]/i.test(char)) return refuse(`\\${char}`)
  return /[\\^$.*+?()[\]{}|]/.test(char) ? `\\${char}` : char
}

/** What stands in brackets: a backslash means nothing there, and some places are special. */
function bracket(not: string, set: string, refuse: Refuse): string {
  let [first, text, caret, dash] = ['', '', '', '']
  for (const [, escaped, plain] of set.matchAll(/\\([\s\S])|([\s\S])/g)) {
    const char = escaped ?? plain!
    if (escaped !== undefined && Object.hasOwn(classes, escaped)) text += classes[escaped]
    else if (escaped !== undefined && /[a-z0-9]/i.test(escaped)) {
      if (!Object.hasOwn(characters, escaped)) refuse(`[\\${escaped}]`)
      text += characters[escaped]
    } else if (char === ']') first = ']'
    else if (char === '^') caret = '^'
    else if (escaped === '-') dash = '-'
    else text += char
  }
  // alone it would deny what is not there
  if (not === '' && first + text + dash === '' && caret) return '\\^'
  // a class of characters in front keeps a leading caret from denying, and the dash at the end from being a range
  return `[${not}${first}${text}${first + text === '' && not === '' && caret ? `${dash}${caret}` : `${caret}${dash}`}]`
}
