// EJS templates for configuration files: nothing is HTML-escaped, nothing undefined passes, secrets are remembered.
import { isUtf8 } from 'node:buffer'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import ejs from 'ejs'
import { suggest, TsplayError } from '../../error.ts'
import type { RenderedTemplate } from '../../module.ts'
import { isSecret, reveal } from '../../secret.ts'

/** A compiled template, called with its variables and what turns a value into text. */
export type Compiled = (vars: Readonly<Record<string, unknown>>, toText: (value: unknown) => string) => string

/** The rendered text, and whether a secret has gone into it. @throws TsplayError with the template's line. */
export function renderTemplate(
  file: string,
  compiled: Compiled,
  vars: Readonly<Record<string, unknown>>,
): RenderedTemplate {
  let secret = false
  const toText = (value: unknown): string => {
    const opened = (value as Sealed | null)?.[sealed]
    if (opened !== undefined) {
      secret = true
      return opened()
    }
    return plainText(value)
  }
  try {
    return { path: file, text: compiled(seal(vars) as Record<string, unknown>, toText), secret }
  } catch (error) {
    throw templateError(file, error as Error, vars)
  }
}

/** A template ready to be rendered. Parts that it includes lie in `dirs`. @throws TsplayError where it does not compile. */
export async function compileTemplate(file: string, dirs: readonly string[]): Promise<Compiled> {
  try {
    const context = { toText: plainText as (value: unknown) => string }
    const template = ejs.compile(readTemplate(file), {
      __proto__: null,
      filename: file,
      compileDebug: true,
      escape: (value: unknown) => context.toText(value),
      includer: (named: string, found: string | undefined) => {
        const included = confined(named, found ?? path.resolve(path.dirname(file), named), dirs)
        return { filename: included, template: readTemplate(included) }
      },
    } as unknown as ejs.Options) as (vars: object) => string
    return (vars, toText) => {
      context.toText = toText // rendering is synchronous: no other render comes in between
      return template(vars)
    }
  } catch (error) {
    throw templateError(file, error as Error, {})
  }
}

/** `<%-` would let undefined pass without a word; as nothing is escaped here it means the same as `<%=`. */
function readTemplate(file: string): string {
  const bytes = readFileSync(file)
  if (!isUtf8(bytes)) throw new Error(`${file} is not a text in UTF-8`)
  return bytes
    .toString()
    .replace(/^\uFEFF/, '')
    .replaceAll('<%-', '<%=')
}

/** The text of a value. What has none is an error and not an empty place in a configuration file. */
function plainText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Number.isNaN(value)) throw new TypeError('the value is NaN')
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (value === undefined || value === null) throw new TypeError(`the value is ${value}`)
  throw new TypeError(`${Array.isArray(value) ? 'a list' : 'an object'} has no text; use JSON.stringify(…) or join(…)`)
}

const sealed = Symbol('sealed secret')

interface Sealed {
  readonly [sealed]?: () => string
}

/** The variables with secrets that can only be printed by themselves: glued into a string they would print as ***. */
function seal(value: unknown): unknown {
  if (isSecret(value)) {
    const refuse = (): never => {
      throw new TypeError(
        `the secret '${value.label}' cannot be glued into another text; print it by itself with <%= … %>`,
      )
    }
    return { [sealed]: () => reveal(value), [Symbol.toPrimitive]: refuse, toString: refuse, toJSON: refuse }
  }
  if (Array.isArray(value)) return value.map(seal)
  if (typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, seal(item)]))
  }
  return value
}

/** Links are followed before the path is judged. */
function confined(named: string, file: string, dirs: readonly string[]): string {
  if (!existsSync(file)) throw new Error(`include('${named}'): there is no ${file}`)
  const real = realpathSync(file)
  if (dirs.some((dir) => existsSync(dir) && real.startsWith(`${realpathSync(dir)}${path.sep}`))) return real
  throw new Error(`include('${named}') leads out of the role's and the playbook's folders`)
}

/**
 * EJS puts `file:line`, an excerpt and the reason into one message, once more for each template that includes another:
 * the last place is where it happened.
 */
function templateError(file: string, error: Error, vars: Readonly<Record<string, unknown>>): TsplayError {
  const places = [...error.message.matchAll(/^(.*):(\d+)\n(?: >> | {4})\d+\| /gm)]
  const [, where, line] = places.at(-1) ?? []
  // the reason follows the excerpts; what EJS advises for text that does not compile is about other programs
  const reason = (line === undefined ? error.message.split('\n\n')[0]! : error.message.split('\n\n').at(-1)!).trim()
  const missing = /^(\S+) is not defined$/.exec(reason)?.[1]
  return new TsplayError(
    missing === undefined ? `template: ${reason}` : `template: variable '${missing}' is not defined`,
    {
      place: { file: where ?? file, ...(line !== undefined && { line: Number(line) }) },
      ...(missing !== undefined && { hint: suggest(missing, Object.keys(vars)) }),
    },
  )
}
