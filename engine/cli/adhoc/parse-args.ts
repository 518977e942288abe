// The text of -a as arguments: name=value words, a JSON object, or free form. Knows no module and converts nothing.
import { TsplayError } from '../../error.ts'
import { unescaped } from './escapes.ts'
import { splitWords, type Word } from './split-words.ts'
import { refuseTemplates } from './templates.ts'

/** What a text says: arguments by name, and the free text of what runs a command. */
export interface ParsedArgs {
  readonly named: Readonly<Record<string, unknown>>
  readonly text?: string
}

/**
 * `src=a dest='b c'`, `{"src": "a"}`, or, for modules that take a command, the command with options such as
 * `creates=/x` anywhere in it. Blanks within the command stay as they are.
 * @throws TsplayError for text that Ansible would refuse, or that is meant otherwise than it reads.
 */
export function parseArgs(module: string, text: string, options: { freeForm: boolean }): ParsedArgs {
  if (text.includes('\0')) throw new TsplayError(`${module}: -a holds a NUL character`)
  const json = jsonObject(module, text.trim(), options.freeForm)
  if (json) return { named: json }
  refuseTemplates(module, text)
  const { words, open } = splitWords(text)
  if (open !== undefined) {
    throw new TsplayError(`${module}: the quote at character ${open + 1} of -a is not closed`, {
      hint: 'put a backslash before a quote that is a character of its own',
    })
  }
  return options.freeForm ? freeForm(module, text, words) : { named: pairs(module, words) }
}

/** Names that Ansible takes out of a command wherever they stand in it. */
const runningOptions = new Set([
  'chdir',
  'creates',
  'executable',
  'removes',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
  'warn',
])

function freeForm(module: string, text: string, words: readonly Word[]): ParsedArgs {
  const isOption = (word: Word): boolean => runningOptions.has(pairOf(word.text)?.[0] ?? '')
  const options = words.filter(isOption)
  let rest = ''
  let from = 0
  for (const { start, end } of options) {
    rest += text.slice(from, start)
    from = end
  }
  rest = (rest + text.slice(from)).trim()
  return { named: pairs(module, options), ...(rest !== '' && { text: rest }) }
}

function pairs(module: string, words: readonly Word[]): Readonly<Record<string, unknown>> {
  const found = new Map<string, string>()
  for (const { text } of words) {
    const pair = pairOf(text)
    if (!pair) throw strayWord(module, text)
    const [name, value] = [pair[0].trim(), unquoted(pair[1].trim())]
    if (found.has(name))
      throw new TsplayError(`${module}: '${name}' is given twice`, {
        hint: `put quotes around a value that holds ${name}=`,
      })
    found.set(name, value)
  }
  return Object.fromEntries(found)
}

/** The name and the value around the first `=` that has no backslash before it. */
function pairOf(word: string): readonly [name: string, value: string] | undefined {
  const text = unescaped(word)
  for (let at = text.indexOf('=', 1); at > 0; at = text.indexOf('=', at + 1)) {
    if (text[at - 1] !== '\\') return [text.slice(0, at), text.slice(at + 1)]
  }
  return undefined
}

/** Without the quotes around all of it; one inside is part of the value. */
const unquoted = (value: string): string =>
  /^(["'])[\s\S]*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value

function strayWord(module: string, word: string): TsplayError {
  const shown = JSON.stringify(word.length > 60 ? `${word.slice(0, 60)}…` : word)
  if (word.startsWith('@'))
    return new TsplayError(`${module}: ${shown}: arguments are not read from files`, {
      hint: `-a "$(cat ${word.slice(1) || 'FILE'})", with a JSON object in the file`,
    })
  return new TsplayError(`${module}: ${shown} is not name=value`, {
    hint: `put quotes around a value with blanks: -a 'name="two words"'; a JSON object is taken as well`,
  })
}

/** A text in braces is JSON; where it is not, it may still be a command of a shell. */
function jsonObject(module: string, text: string, freeForm: boolean): Record<string, unknown> | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    const strings = JSON.stringify(value)
    if (strings.includes('\\u0000')) throw new TsplayError(`${module}: -a holds a NUL character`)
    refuseTemplates(module, strings)
    return value as Record<string, unknown>
  } catch (error) {
    if (error instanceof TsplayError) throw error
    if (freeForm) return undefined
    throw new TsplayError(`${module}: -a is in braces and is not JSON: ${(error as Error).message}`, {
      hint: `-a '{"name": "value"}', or -a 'name=value'`,
    })
  }
}
