// A value that may reach a host and nothing else: it prints as *** everywhere.

const revealed = Symbol.for('tsplay.secret')

/** An opaque value. It cannot be branched on or spliced into a string by mistake; only {@link reveal} opens it. */
export interface Secret<T extends string = string> {
  /** What the secret is called in messages, never its value. */
  readonly label: string
  toString(): '***'
  toJSON(): '***'
  /** @internal */
  readonly [revealed]: () => T
}

/** Wraps a value as a {@link Secret}. `label` names it in messages. */
export function secret<T extends string>(value: T, label = 'secret'): Secret<T> {
  return Object.freeze({
    label,
    toString: () => '***' as const,
    toJSON: () => '***' as const,
    [revealed]: () => value,
    [Symbol.for('nodejs.util.inspect.custom')]: () => '***',
  })
}

export const isSecret = (value: unknown): value is Secret =>
  typeof value === 'object' && value !== null && revealed in value

/** The value itself. Only the control side's `prepare` and the connection call this. */
export const reveal = <T extends string>(value: Secret<T> | T): T =>
  isSecret(value) ? value[revealed]() : (value as T)

/** A text that may be secret. */
export type Text = string | Secret
