// An example of a module with every text in its params replaced, one at a time, by texts that break what quotes badly.
import { TsplayError } from '../../engine/error.ts'
import { type Action, checkParams } from '../../engine/module.ts'
import { isSecret, secret } from '../../engine/secret.ts'
import { nastyTexts } from '../support/shells.ts'

/** One of them: which text was replaced, by what. */
export interface Variant {
  readonly action: Action
  readonly at: string
  readonly text: string
}

type Path = readonly (string | number)[]

/**
 * All that the schema accepts. Where it refuses a text as it stands, the same text is tried behind what was there before
 * (a path stays a path). `skip` names the params that are programs, such as `cmd`: they may do what they say. What an
 * earlier example of the module has had (`seen`) gets every third text only: there it is the rest that differs.
 */
export function variantsOf(action: Action, skip: readonly string[], seen: Set<string> = new Set()): Variant[] {
  return textsIn(action.params)
    .filter(({ path }) => !skip.includes(String(path[0])))
    .flatMap(({ path, value, isKey }, leaf) =>
      textsFor(path, leaf, seen).flatMap((text) => {
        const made = [text, `${value}${text}`, `${value}${text.replaceAll('/', '_')}`]
          .map((candidate) => accepted(action, replaced(action.params, path, candidate, isKey)))
          .find((candidate) => candidate !== undefined)
        return made ? [{ action: made, at: path.join('.'), text }] : []
      }),
    )
}

function textsFor(path: Path, leaf: number, seen: Set<string>): readonly string[] {
  const place = path.map((part) => (typeof part === 'number' ? '*' : part)).join('.')
  const all = !seen.has(place)
  seen.add(place)
  return nastyTexts.filter((_text, index) => all || (index + leaf + seen.size) % 3 === 0)
}

/** A secret in place of every secret, so that it can be looked for. */
export const markedSecret = 'KeepThisOneSecret'

export function withMarkedSecrets(params: unknown): unknown {
  if (isSecret(params)) return secret(markedSecret)
  if (Array.isArray(params)) return params.map(withMarkedSecrets)
  if (!isPlain(params)) return params
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, withMarkedSecrets(value)]))
}

function accepted({ kind, module }: Action, params: unknown): Action | undefined {
  try {
    return { kind, module, params: checkParams(module, params) }
  } catch (error) {
    if (error instanceof TsplayError) return undefined
    throw error
  }
}

interface Leaf {
  readonly path: Path
  readonly value: string
  /** True where it is the name of a property. */
  readonly isKey: boolean
}

function textsIn(value: unknown, path: Path = []): Leaf[] {
  if (typeof value === 'string') return [{ path, value, isKey: false }]
  if (isSecret(value)) return [{ path, value: 'secret', isKey: false }]
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]))
  if (!isPlain(value)) return []
  return Object.entries(value).flatMap(([key, item]) => [
    // the names of parameters are the module's, those of what is in them may be the user's
    ...(path.length > 0 ? [{ path: [...path, key], value: key, isKey: true }] : []),
    ...textsIn(item, [...path, key]),
  ])
}

function replaced(value: unknown, [head, ...rest]: Path, text: string, isKey: boolean): unknown {
  if (head === undefined) return isSecret(value) ? secret(text) : text
  if (Array.isArray(value))
    return value.map((item, index) => (index === head ? replaced(item, rest, text, isKey) : item))
  return Object.fromEntries(
    Object.entries(value as object).map(([key, item]) => {
      if (key !== head) return [key, item]
      return isKey && rest.length === 0 ? [text, item] : [key, replaced(item, rest, text, isKey)]
    }),
  )
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  !ours.has((value as { kind?: unknown }).kind) &&
  !isSecret(value)

/** Values that are not data: what they hold is not the user's to write. */
const ours: ReadonlySet<unknown> = new Set(['action', 'content', 'script', 'host-fact'])
