import { expect, test } from 'vitest'
import { harmless } from '../../engine/report/harmless.ts'

test.each([
  ['plain text, tabs\tand\nnewlines stay', 'plain text, tabs\tand\nnewlines stay'],
  ['letters of all scripts stay: ü 漢 🙂', 'letters of all scripts stay: ü 漢 🙂'],
  ['a carriage return before a newline goes\r\n', 'a carriage return before a newline goes\n'],
  ['one alone\ris shown', 'one alone\\ris shown'],
  ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
  ['\x9b31m\x7f\x00', '\\x9b31m\\x7f\\x00'],
  ['\u202egnp.exe', '\\u202egnp.exe'],
])('%j is shown as %j', (text, shown) => {
  expect(harmless(text)).toBe(shown)
})
