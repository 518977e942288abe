// What hosts print, made fit for a terminal.

/**
 * The text with control characters written out (`\x1b[31m`), so that no output can move the cursor, set a title or reorder
 * what is shown. Newlines and tabs stay; a carriage return before a newline goes.
 */
export function harmless(text: string): string {
  if (!suspicious.test(text)) return text
  return text.replace(/\r+\n/g, '\n').replace(each, written)
}

// C0 without tab and newline, DEL, C1, and the characters that change the direction of text or separate lines
const dangerous = '[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]'
const suspicious = new RegExp(dangerous)
const each = new RegExp(dangerous, 'g')

function written(char: string): string {
  if (char === '\r') return '\\r'
  const code = char.charCodeAt(0).toString(16)
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`
}
