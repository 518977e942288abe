// Shell scripts as values. Every value that enters one is quoted by construction; secrets stay masked; file content rides along.
import { type Content, isContent } from './content.ts'
import { isSecret, reveal, type Secret } from './secret.ts'

/** One piece of a script: literal shell text, a secret to be quoted in, or content to be read from the shell's stdin. */
export type ScriptPart = string | Secret | Content

/** A POSIX shell script with the content it streams. Made by {@link sh}; runs in a subshell of its own. */
export interface Script {
  readonly kind: 'script'
  readonly parts: readonly ScriptPart[]
}

/** What may stand in a `${}` of {@link sh}: null, undefined, booleans and plain objects are a TypeError there. */
export type ShellValue = string | number | Secret | Script | Content | readonly ShellValue[]

/**
 * A script from a template. Strings and numbers become one quoted word each, arrays several words, a {@link Script} is
 * spliced in as it is, a {@link Secret} is quoted and masked wherever the script is shown.
 *
 * The text between values is taken raw, so that backslashes mean what they mean to the shell (`printf 'a\\n'` needs no
 * second one); `\\${` and a backslash before a backtick stand for the characters themselves.
 *
 * A {@link Content} becomes a command that writes its bytes to standard output: `` sh`${content} > ${path}` ``. Contents
 * arrive on one stream, so a script must read each exactly once and in order; where it cannot, it must fail.
 */
export function sh(strings: TemplateStringsArray, ...values: ShellValue[]): Script {
  const parts: ScriptPart[] = []
  strings.raw.forEach((text, index) => {
    append(parts, text.replace(/\\(`|\$\{)/g, '$1'))
    if (index < values.length) appendValue(parts, values[index] as ShellValue)
  })
  return { kind: 'script', parts }
}

/** Literal shell text, not quoted. For text the author wrote, never for a value. */
sh.raw = (text: string): Script => ({ kind: 'script', parts: text === '' ? [] : [text] })

/** The script that does nothing. */
sh.empty = { kind: 'script', parts: [] } as Script

/** Scripts (falsy ones left out) joined by `separator`, a newline by default. */
sh.join = (scripts: readonly (Script | false | null | undefined | '')[], separator = '\n'): Script => {
  const parts: ScriptPart[] = []
  for (const script of scripts) {
    if (!script || script.parts.length === 0) continue
    if (parts.length > 0) append(parts, separator)
    for (const part of script.parts) append(parts, part)
  }
  return { kind: 'script', parts }
}

export const isScript = (value: unknown): value is Script =>
  typeof value === 'object' && value !== null && (value as Script).kind === 'script'

/** One shell word that means exactly `value`. */
export function quote(value: string): string {
  if (value.includes('\0')) throw new TypeError('a NUL character cannot be passed to a shell')
  return /^[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:@%+=,-]*$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}

/** What a session sends: the text with secrets revealed, and the contents that follow it. */
export interface WireScript {
  readonly text: string
  readonly contents: readonly Content[]
}

/** The script for the wire. {@link readContent} is the shell function that a session defines. */
export function toWire(script: Script): WireScript {
  const contents: Content[] = []
  const text = script.parts.map((part) => {
    if (typeof part === 'string') return part
    if (isSecret(part)) return quote(reveal(part))
    contents.push(part)
    return `${readContent} ${part.size}`
  })
  return { text: text.join(''), contents }
}

/** The shell function that writes the next N bytes of the session's input to standard output. */
export const readContent = '_tsp_content'

/** The script as a person may see it: secrets are ***, contents their size. */
export const showScript = (script: Script): string =>
  script.parts
    .map((part) => (typeof part === 'string' ? part : isContent(part) ? `<${part.size} bytes>` : '***'))
    .join('')

/** Every secret that stands in the script, to be masked wherever its output is shown. */
export const secretsOf = (script: Script): Secret[] => script.parts.filter((part): part is Secret => isSecret(part))

function appendValue(parts: ScriptPart[], value: ShellValue): void {
  if (typeof value === 'string') append(parts, quote(value))
  else if (typeof value === 'number' && Number.isFinite(value)) append(parts, String(value))
  else if (isScript(value)) for (const part of value.parts) append(parts, part)
  else if (isSecret(value) || isContent(value)) append(parts, value)
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (index > 0) append(parts, ' ')
      appendValue(parts, item)
    }
  } else throw new TypeError(`sh: a ${value === null ? 'null' : typeof value} cannot stand in a script`)
}

function append(parts: ScriptPart[], part: ScriptPart): void {
  const last = parts.length - 1
  if (typeof part === 'string' && typeof parts[last] === 'string') parts[last] += part
  else if (part !== '') parts.push(part)
}
