// What differs between a host's state and the wished one, as values and as text. Pure; the only place that decides «changed».
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { type Content, contentText, diffLimit, isContent } from './content.ts'
import type { Change, Desired } from './module.ts'
import { isSecret, reveal } from './secret.ts'

/** One property that differs, as events and diffs show it. Values of secrets are '***'. */
export interface Difference {
  /** Where it is: `mode`, `content`, `files./opt/cni/bin/bridge.mode`. Empty for the whole thing. */
  readonly property: string
  /** The value now; null where there is none. */
  readonly before: unknown
  /** The value wished for; null where there should be none. */
  readonly after: unknown
  /** Unified diff, where both sides are text that may be shown, or can be told as one. */
  readonly patch?: string
  /**
   * Why there is no unified diff of two contents that are no secret: one is binary, above `diffLimit`, or (`unmade`, in a
   * check) will be made in the run only, such as a certificate.
   */
  readonly withheld?: 'binary' | 'large' | 'unmade'
}

/** How differences are told. */
export interface Telling {
  /** Lines of context around a change in a unified diff. Default 3. */
  readonly context?: number
}

/** The properties that differ; empty: nothing to do. `subject` names the thing in headers of text diffs. */
export function differences<State extends object | null>(
  actual: State,
  desired: Desired<State>,
  subject = '',
  { context = 3 }: Telling = {},
): Difference[] {
  const found: Difference[] = []
  compare(actual, desired, [], { subject, context }, found)
  return found
}

/**
 * Everything about a difference as one text, secrets and large contents by digest: two differences are the same where
 * these are. Undefined where a check has made part of it up. Not to be shown or kept: whoever keeps it hashes it.
 */
export function exactDifference(actual: unknown, desired: unknown): string | undefined {
  let made = false
  const text = JSON.stringify([wanted(actual, desired), desired], function (this: Record<string, unknown>, key, value) {
    const own = this[key]
    if (isContent(own)) {
      made ||= own.provisional === true
      return { sha256: own.sha256 }
    }
    return isSecret(own) ? { secret: reveal(own) } : value
  })
  return made ? undefined : text
}

/** As much of what is as something is wished of. */
const wanted = (actual: unknown, desired: unknown): unknown =>
  isRecord(desired) && isRecord(actual)
    ? Object.fromEntries(Object.keys(desired).map((key) => [key, wanted(actual[key], desired[key])]))
    : actual

/** The change that `apply` is given. */
export const changeOf = <State extends object | null>(from: State, to: Desired<State>): Change<State> => ({
  from,
  to,
  has: (key) =>
    to !== null &&
    (to as Record<PropertyKey, unknown>)[key] !== undefined &&
    !same((from as Record<PropertyKey, unknown> | null)?.[key], (to as Record<PropertyKey, unknown>)[key]),
})

/** Whether `actual` has everything that `desired` asks for. */
export function same(actual: unknown, desired: unknown): boolean {
  const found: Difference[] = []
  compare(actual, desired, [], { subject: '', context: 0 }, found)
  return found.length === 0
}

interface About extends Required<Telling> {
  readonly subject: string
}

function compare(actual: unknown, desired: unknown, path: readonly string[], about: About, found: Difference[]): void {
  if (desired === undefined || Object.is(actual, desired)) return
  if (isContent(desired) || isContent(actual)) {
    if (isContent(desired) && isContent(actual) && desired.sha256 === actual.sha256) return
    found.push(contentDifference(actual, desired, path, about))
  } else if (isSecret(desired) || isSecret(actual)) {
    if (isSecret(desired) && isSecret(actual) && reveal(desired) === reveal(actual)) return
    found.push({
      property: path.join('.'),
      before: actual == null ? null : '***',
      after: desired === null ? null : '***',
    })
  } else if (isRecord(desired) && (isRecord(actual) || actual == null)) {
    const before = found.length
    for (const [key, value] of Object.entries(desired)) {
      compare(actual?.[key] ?? null, value, [...path, key], about, found)
    }
    // something that should exist and does not, of which nothing else is asked
    if (actual == null && found.length === before) found.push({ property: path.join('.'), before: null, after: {} })
  } else if (Array.isArray(desired) && Array.isArray(actual)) {
    if (desired.length === actual.length && desired.every((item, index) => same(actual[index], item))) return
    found.push({ property: path.join('.'), before: shown(actual), after: shown(desired) })
  } else if (!(desired === null && actual == null)) {
    const before = desired === null && isRecord(actual) ? plainly(actual) : actual
    found.push({ property: path.join('.'), before: shown(before), after: shown(desired) })
  }
}

/** Of a thing that goes: what it is, without what a module has looked up besides. */
const plainly = (thing: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(thing).filter(([, value]) => typeof value !== 'object' || isSecret(value)))

function contentDifference(actual: unknown, desired: unknown, path: readonly string[], about: About): Difference {
  const property = path.join('.')
  const secret = [actual, desired].some((side) => isContent(side) && side.secret)
  if (secret) return { property, before: actual == null ? null : '***', after: desired == null ? null : '***' }
  if (isContent(desired) && desired.provisional) {
    // what it will say is known, as far as it can be
    const told = desired.told?.()
    const patch = told === undefined ? undefined : unified(textOf(actual) ?? '', told, path, about)
    return { property, before: shown(actual), after: 'made in the run', withheld: 'unmade', ...(patch && { patch }) }
  }
  const values = { property, before: shown(actual), after: shown(desired) }
  const withheld = [obstacle(actual), obstacle(desired)].sort().find((each) => each !== undefined)
  if (withheld) return { ...values, withheld }
  const [before, after] = [textOf(actual), textOf(desired)]
  const patch = before === undefined || after === undefined ? undefined : unified(before, after, path, about)
  return { ...values, ...(patch && { patch }) }
}

/** What keeps a content from being shown as text. What is small is held in memory, here and in a host's answer. */
function obstacle(side: unknown): Difference['withheld'] {
  if (!isContent(side)) return undefined
  if (!side.bytes || side.size > diffLimit) return 'large'
  return contentText(side) === undefined ? 'binary' : undefined
}

const textOf = (side: unknown): string | undefined =>
  side == null ? '' : isContent(side) ? (side.told?.() ?? contentText(side)) : undefined

/** A patch of bounded cost; undefined where the texts are too far apart to be worth reading as one. */
function unified(
  before: string,
  after: string,
  path: readonly string[],
  { subject, context }: About,
): string | undefined {
  const name = path.findLast((part) => part.startsWith('/')) ?? subject
  return createTwoFilesPatch(name, name, before, after, 'before', 'after', {
    context,
    timeout: 1000,
    headerOptions: FILE_HEADERS_ONLY,
  })
}

/** A value as plain data for an event: contents by digest, secrets masked. */
function shown(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (isSecret(value)) return '***'
  if (isContent(value)) return value.secret ? '***' : describe(value)
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]))
  return value
}

const describe = ({ sha256, size }: Content) => (size < 0 ? { sha256 } : { sha256, size })

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
