// The value of a Python literal, which is what a variable in an INI inventory is: 1, True, None, 'text', [1, 2], {'a': 1}.
// Everything else is a text; reading it never fails.

/** The literal's value, or the text itself where it is none. */
export function pythonLiteral(text: string): unknown {
  // most values are plain words, which begin like no literal
  if (!/^[\s\d'"[({.+\-TFNrRbBuU]/.test(text)) return text
  try {
    const literal = reader(text)
    const value = literal.value()
    return literal.atEnd() ? value : text
  } catch (error) {
    if (error instanceof NoLiteral) return text
    throw error
  }
}

class NoLiteral extends Error {}

/** How deeply lists and dictionaries may lie in each other. */
const deepest = 100

/** A cursor over the text: one function for each kind of value. @throws NoLiteral */
function reader(text: string): { value(): unknown; atEnd(): boolean } {
  let at = 0
  let depth = 0

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found) at += found.length
    return found || undefined
  }
  const skip = (): unknown => take(/(?:\s|#[^\n]*)+/y)
  const next = (): string | undefined => {
    skip()
    return text[at]
  }
  const accepts = (char: string): boolean => {
    const found = next() === char
    if (found) at++
    return found
  }
  const open = (): void => {
    if (++depth > deepest) throw new NoLiteral()
    at++
  }
  const closed = (end: string): boolean => {
    const found = accepts(end)
    if (found) depth--
    return found
  }
  const comma = (end: string): void => {
    if (next() !== end && !accepts(',')) throw new NoLiteral()
  }

  function value(): unknown {
    const char = next()
    if (char === '[') return items(']')
    if (char === '(') return tuple()
    if (char === '{') return braces()
    const word = take(/(?:True|False|None)(?!\w)/y)
    if (word !== undefined) return word === 'None' ? null : word === 'True'
    return strings() ?? number()
  }

  function items(end: string): unknown[] {
    const found: unknown[] = []
    open()
    while (!closed(end)) {
      found.push(value())
      comma(end)
    }
    return found
  }

  /** `(1)` is 1, `(1,)` is a list of one. */
  function tuple(): unknown {
    const start = at
    const found = items(')')
    return found.length === 1 && !/,\s*\)$/.test(text.slice(start, at)) ? found[0] : found
  }

  /** A dictionary, or a set, which JSON has as a list. */
  function braces(): unknown {
    const entries: [string, unknown][] = []
    const members: unknown[] = []
    open()
    while (!closed('}')) {
      const item = value()
      if (accepts(':')) entries.push([keyOf(item), value()])
      else members.push(item)
      comma('}')
    }
    if (entries.length > 0 && members.length > 0) throw new NoLiteral()
    return members.length > 0 ? members : Object.fromEntries(entries)
  }

  /** One string or several side by side, which are one. */
  function strings(): string | undefined {
    let found: string | undefined
    for (;;) {
      skip()
      const head = take(/(?:[rR][bB]?|[bB][rR]?|[uU])?(?:'''|"""|'|")/y)
      if (head === undefined) return found
      const quote = head.replace(/^\w+/, '')
      const body = take(bodies[quote]!)
      if (body === undefined) throw new NoLiteral()
      const inner = body.slice(0, -quote.length)
      const prefix = head.slice(0, -quote.length).toLowerCase()
      found = (found ?? '') + (prefix.includes('r') ? inner : unescaped(inner, prefix.includes('b')))
    }
  }

  function number(): number {
    const digits = take(
      /[-+]?\s*(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.?(?:\d(?:_?\d)*)?(?:[eE][-+]?\d(?:_?\d)*)?)(?![\w.])/y,
    )?.replaceAll(/[_\s]/g, '')
    // a leading zero is an error in Python, so 0755 stays a text
    if (digits === undefined || !/\d/.test(digits) || /^[-+]?0+[1-9]\d*$/.test(digits)) throw new NoLiteral()
    const found = Number(digits.replace(/^[-+]/, '')) * (digits.startsWith('-') ? -1 : 1)
    const isInteger = !/[.eE]/.test(digits) || /^[-+]?0[xX]/.test(digits)
    // what JavaScript cannot hold exactly stays as it was written
    if (!Number.isFinite(found) || (isInteger && !Number.isSafeInteger(found))) throw new NoLiteral()
    return found + 0
  }

  return { value, atEnd: () => next() === undefined }
}

/** What follows an opening quote, up to the one that closes. */
const bodies: Readonly<Record<string, RegExp>> = {
  "'": /(?:\\.|[^'\\\n])*'/y,
  '"': /(?:\\.|[^"\\\n])*"/y,
  "'''": /(?:\\[\s\S]|[^\\])*?'''/y,
  '"""': /(?:\\[\s\S]|[^\\])*?"""/y,
}

/** JSON has texts as keys and nothing else. */
function keyOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) throw new NoLiteral()
  return String(value)
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
}

/** An escape that Python does not know stays as it is, backslash included. */
function unescaped(text: string, bytes: boolean): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
    (whole, hex?: string, unicode?: string, long?: string, octal?: string, single?: string) => {
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
      const code = hex ?? (bytes ? undefined : (unicode ?? long))
      if (code !== undefined) {
        const point = Number.parseInt(code, 16)
        if (point > 0x10ffff) throw new NoLiteral()
        return String.fromCodePoint(point)
      }
      if (single === 'N' || single === 'x' || (!bytes && (single === 'u' || single === 'U'))) throw new NoLiteral()
      return single === undefined ? whole : (escapes[single] ?? whole)
    },
  )
}
