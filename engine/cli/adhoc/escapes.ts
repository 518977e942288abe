// Backslashes in the text of -a: what stands for one character, and what stays as it is.

const sequence = /\\(?:U([0-9a-fA-F]{8})|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\\'"abfnrtv]))/g

const characters: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** `\n`, `\t`, `\x41`, `\u00e9`, `\"`, `\\` become characters; any other backslash, as in `\1` or `\.`, stays. */
export const unescaped = (text: string): string =>
  text.replace(sequence, (whole, long?: string, short?: string, byte?: string, char?: string) => {
    if (char !== undefined) return characters[char] ?? char
    const code = Number.parseInt(long ?? short ?? byte ?? '', 16)
    return code > 0x10ffff ? whole : String.fromCodePoint(code)
  })
