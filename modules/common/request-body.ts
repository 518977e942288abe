// The body of a request over http: from values to the text that is sent. Sends nothing.
import { isSecret, reveal, type Secret, secret, type Text } from '../../engine/secret.ts'

/** What a body is made of: plain values, and secrets among them. */
export type BodyValue =
  | string
  | number
  | boolean
  | null
  | Secret
  | readonly BodyValue[]
  | { readonly [name: string]: BodyValue | undefined }

/** The body as it is sent, a secret where anything in it is one, and its type where the format says one. */
export function bodyOf(
  body: BodyValue | undefined,
  bodyFormat: 'json' | 'form' | 'raw' | undefined,
): { text: Text; type?: string } | undefined {
  if (body === undefined) return undefined
  const plain = typeof body === 'string' || isSecret(body)
  const format = bodyFormat ?? (plain ? 'raw' : 'json')
  const kept = hasSecret(body)
  const as = (text: string, type?: string) => ({ text: kept ? secret(text, 'body') : text, ...(type && { type }) })
  if (format === 'raw') return { text: body as Text }
  if (format === 'json') return as(plain ? reveal(body as Text) : JSON.stringify(open(body)), 'application/json')
  const form = plain ? reveal(body as Text) : new URLSearchParams(pairs(open(body))).toString()
  return as(form, 'application/x-www-form-urlencoded')
}

/** A list under a name stands for several of that name. */
const pairs = (body: unknown): [string, string][] =>
  Object.entries(body as Record<string, unknown>).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, String(each)]),
  )

const hasSecret = (value: unknown): boolean =>
  isSecret(value) || (typeof value === 'object' && value !== null && Object.values(value).some(hasSecret))

function open(value: unknown): unknown {
  if (isSecret(value)) return reveal(value)
  if (Array.isArray(value)) return value.map(open)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, open(item)]),
  )
}

/** Whether a body can be made of it. */
export function isBody(value: unknown): boolean {
  if (value === null || isSecret(value) || ['string', 'number', 'boolean'].includes(typeof value)) return true
  if (Array.isArray(value)) return value.every(isBody)
  return typeof value === 'object' && Object.values(value).every((each) => each === undefined || isBody(each))
}
