// EJS templates for configuration files: nothing is HTML-escaped, nothing undefined passes, secrets are remembered.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import ejs from 'ejs'
import { suggest, TsplayError } from '../../error.ts'
import { isSecret, reveal } from '../../secret.ts'

/** A compiled template, called with its variables and what turns a value into text. */
export type Compiled = (vars: Readonly<Record<string, unknown>>, toText: (value: unknown) => string) => string

/** The rendered text, and whether a secret has gone into it. @throws TsplayError with the template's line. */
export async function renderTemplate(
  file: string,
  vars: Readonly<Record<string, unknown>>,
  { dirs, templates }: { readonly dirs: readonly string[]; readonly templates: Map<string, Promise<Compiled>> },
): Promise<{ path: string; text: string; secret: boolean }> {
  const known = templates.get(file) ?? compile(file, dirs)
  templates.set(file, known)
  const compiled = await known
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

async function compile(file: string, dirs: readonly string[]): Promise<Compiled> {
  try {
    // `<%-` would let undefined pass without a word; as nothing is escaped here it means the same as `<%=`
    const source = (await readFile(file, 'utf8')).replaceAll('<%-', '<%=')
    const context = { toText: plainText as (value: unknown) => string }
    const template = ejs.compile(source, {
      __proto__: null,
      filename: file,
      compileDebug: true,
      rmWhitespace: false,
      escape: (value: unknown) => context.toText(value),
      includer: (original: string, parsed: string) => ({
        filename: confined(original, parsed || path.resolve(path.dirname(file), original), dirs),
      }),
    } as ejs.Options) as (vars: object) => string
    return (vars, toText) => {
      context.toText = toText // rendering is synchronous: no other render comes in between
      return template(vars)
    }
  } catch (error) {
    throw templateError(file, error as Error, {})
  }
}

/** The text of a value. What has none is an error and not an empty place in a configuration file. */
function plainText(value: unknown): string {
  if (typeof value === 'string') return value
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

function confined(original: string, file: string, dirs: readonly string[]): string {
  if (dirs.some((dir) => file.startsWith(`${path.resolve(dir)}${path.sep}`))) return file
  throw new Error(`include('${original}') leads out of the role's and the playbook's folders`)
}

/** EJS puts `file:line`, an excerpt and the reason into one message. */
function templateError(file: string, error: Error, vars: Readonly<Record<string, unknown>>): TsplayError {
  const [head = '', ...rest] = error.message.split('\n')
  const [, where, line] = /^(.*):(\d+)$/.exec(head) ?? []
  const reason =
    line === undefined ? error.message.split('\n')[0]! : (rest.join('\n').split('\n\n').at(-1) ?? '').trim()
  const missing = /^(\S+) is not defined$/.exec(reason)?.[1]
  return new TsplayError(
    missing === undefined ? `template: ${reason}` : `template: variable '${missing}' is not defined`,
    {
      place: { file: where ?? file, ...(line !== undefined && { line: Number(line) }) },
      ...(missing !== undefined && { hint: suggest(missing, Object.keys(vars)) }),
    },
  )
}
