// Errors that are the user's to fix. Anything else that is thrown is a bug and prints a stack.

/** Where in the user's files an error lies: 1-based line and column. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

/** Which exit code an error ends the program with (see the table in README.md). */
export type ErrorKind = 'input' | 'unreachable' | 'task' | 'interrupted'

/** Something the user can mend: a clear message, where it is, and what to do about it. Prints without a stack. */
export class TsplayError extends Error {
  override readonly name = 'TsplayError'
  readonly kind: ErrorKind
  readonly place: Place | undefined
  readonly hint: string | undefined

  constructor(message: string, details: { kind?: ErrorKind; place?: Place; hint?: string; cause?: unknown } = {}) {
    super(message, { cause: details.cause })
    this.kind = details.kind ?? 'input'
    this.place = details.place
    this.hint = details.hint
  }
}

/** `file:line:column`, as far as known. */
export const formatPlace = ({ file, line, column }: Place): string =>
  [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':')

/** The error as a user reads it: message, place and hint, each on its own line. */
export function formatError(error: TsplayError): string {
  const lines = [error.message]
  if (error.place) lines.push(`  at ${formatPlace(error.place)}`)
  if (error.hint) lines.push(`  hint: ${error.hint}`)
  return lines.join('\n')
}

/** The closest of `candidates` to a mistyped `name`, for hints; undefined where none is near. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** «did you mean …?», or the list of what there is, for an unknown `name`. */
export function suggest(name: string, candidates: Iterable<string>): string {
  const known = [...candidates]
  const near = closest(name, known)
  if (near !== undefined) return `did you mean '${near}'?`
  return known.length === 0
    ? 'there are none'
    : `known: ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}`
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(substitution, previous[j]! + 1, row[j - 1]! + 1))
    }
    previous = row
  }
  return previous[b.length]!
}
