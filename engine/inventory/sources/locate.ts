// Where a key stands in the source text of an inventory. A best effort on text: what is computed cannot be found.

/** 1-based line and column. */
export interface Position {
  readonly line: number
  readonly column: number
}

interface Range {
  readonly from: number
  readonly to: number
  /** True where the range is the inside of one object: only its own keys count. */
  readonly flat: boolean
}

/** The key that `path` leads to, or else the last part of the path that can be found. */
export function locate(text: string, path: readonly string[]): Position | undefined {
  const code = blank(text, false)
  const bones = blank(text, true)
  const anywhere: Range = { from: Math.max(0, bones.lastIndexOf('inventory(')), to: text.length, flat: false }
  let range = specRange(bones, anywhere)
  let found: number | undefined
  for (const part of path) {
    const key =
      findKey(code, bones, part, range) ??
      findDeclaration(bones, part, range) ??
      (found === undefined ? findKey(code, bones, part, anywhere) : undefined)
    if (!key) {
      found = findText(code, part, range) ?? found
      break
    }
    found = key.at
    range = valueRange(bones, key.value, bones.length)
  }
  return found === undefined ? undefined : position(text, found)
}

/** The object that `inventory(site, { … })` is given, else all there is. */
function specRange(bones: string, anywhere: Range): Range {
  const match = /^inventory\([^{}()]*/.exec(bones.slice(anywhere.from))
  const range = match ? valueRange(bones, anywhere.from + match[0].length, bones.length) : anywhere
  return range.flat ? range : anywhere
}

/** `key:`, `'key':` or `"key":`, where it is one of the range's own. */
function findKey(code: string, bones: string, key: string, range: Range): { at: number; value: number } | undefined {
  const pattern = new RegExp(`(?<![\\w$.-])(['"]?)${literally(key)}\\1\\s*:`, 'g')
  pattern.lastIndex = range.from
  for (let match = pattern.exec(code); match && match.index < range.to; match = pattern.exec(code)) {
    const at = match.index
    if (bones[at] !== code[at]) continue
    if (range.flat && depth(bones, range.from, at) !== 0) continue
    return { at, value: at + match[0].length }
  }
  return undefined
}

/** `key` alone, whose value is a constant of the file: `const key = { … }`. */
function findDeclaration(bones: string, key: string, { from, to }: Range): { at: number; value: number } | undefined {
  const name = literally(key)
  if (!new RegExp(`(?<![\\w$.-])${name}\\s*(?:[,}]|$)`).test(bones.slice(from, to))) return undefined
  const match = new RegExp(`(?<![\\w$.-])const\\s+${name}\\s*(?::[^=]*)?=`).exec(bones)
  return match ? { at: match.index, value: match.index + match[0].length } : undefined
}

/** `'text'` as a value, such as a name in a list. */
function findText(code: string, text: string, { from, to }: Range): number | undefined {
  const match = new RegExp(`(['"\`])${literally(text)}\\1`).exec(code.slice(from, to))
  return match ? from + match.index : undefined
}

/** The value that starts at `from`: up to the comma or bracket that ends it. */
function valueRange(bones: string, from: number, limit: number): Range {
  let open = 0
  let end = from
  for (; end < limit; end++) {
    const char = bones[end]!
    if ('{[('.includes(char)) open++
    else if ('}])'.includes(char)) {
      if (open === 0) break
      open--
    } else if (char === ',' && open === 0) break
  }
  const brace = /^\s*\{/.exec(bones.slice(from, end))
  return brace ? { from: from + brace[0].length, to: end - 1, flat: true } : { from, to: end, flat: false }
}

function depth(bones: string, from: number, to: number): number {
  let open = 0
  for (let index = from; index < to; index++) {
    if ('{[('.includes(bones[index]!)) open++
    else if ('}])'.includes(bones[index]!)) open--
  }
  return open
}

/** The text with comments, and on demand what is inside of quotes, replaced by blanks of the same length. */
const blank = (text: string, strings: boolean): string =>
  text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g, (match) => {
    if (match.startsWith('/')) return match.replace(/[^\n]/g, ' ')
    return strings ? match[0] + match.slice(1, -1).replace(/[^\n]/g, ' ') + match.at(-1) : match
  })

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function position(text: string, index: number): Position {
  const before = text.slice(0, index)
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') }
}
