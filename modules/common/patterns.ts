// Regular expressions as users give them: a text or a RegExp, checked when the task is made.
import { z } from 'zod'

/** A pattern: a text in JavaScript's syntax, or a RegExp. */
export type PatternParam = string | RegExp

/** The schema of a pattern. */
export const patternParam = z.custom<PatternParam>(
  (value) => value instanceof RegExp || (typeof value === 'string' && isPattern(value)),
  {
    error: (issue) =>
      typeof issue.input === 'string'
        ? `'${issue.input}' is not a regular expression`
        : 'expected a regular expression',
  },
)

/** The RegExp of a pattern with exactly these flags besides its own `i`. */
export const regExp = (pattern: PatternParam, flags: string): RegExp =>
  typeof pattern === 'string'
    ? new RegExp(pattern, flags)
    : new RegExp(pattern.source, flags + (pattern.ignoreCase ? 'i' : ''))

function isPattern(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}
