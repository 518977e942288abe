// Regular expressions as users give them: a RegExp, or a text in JavaScript's syntax and what of Python's is often met.
import { z } from 'zod'

/** A regular expression: `/^PORT=/`, or its text. A text may begin with `(?i)`, `(?m)` or `(?s)` and hold `(?P<name>…)`. */
export type PatternParam = string | RegExp

/** The RegExp of a pattern, with these flags besides its own. @throws SyntaxError */
export function regExp(pattern: PatternParam, flags = ''): RegExp {
  const [source, own] = typeof pattern === 'string' ? pythonFlags(pattern) : [pattern.source, pattern.flags]
  // one that remembers where it was (g, y) would match every other time
  const all = new Set([...own.replace(/[gy]/g, ''), ...flags])
  return new RegExp(source.replaceAll('(?P<', '(?<'), [...all].join(''))
}

/** The schema of a pattern. An empty one would match everything and is refused. */
export const patternParam: z.ZodType<PatternParam> = z
  .union([z.string(), z.instanceof(RegExp)], { error: 'expected a regular expression: a text or a RegExp' })
  .superRefine((pattern, context) => {
    try {
      if (regExp(pattern).source === '(?:)')
        context.addIssue({ ...final, message: 'an empty regular expression matches everything' })
    } catch (error) {
      context.addIssue({ ...final, message: `is not a regular expression: ${(error as Error).message}` })
    }
  })

/** Whoever looks at the pattern besides its schema need not look at one that is none. */
const final = { code: 'custom', continue: false } as const

/** How many groups a pattern has, and what they are called. */
export function groupsOf(pattern: PatternParam): { readonly count: number; readonly names: readonly string[] } {
  const { source, flags } = regExp(pattern)
  const match = new RegExp(`${source}|`, flags).exec('')!
  return { count: match.length - 1, names: Object.keys(match.groups ?? {}) }
}

function pythonFlags(text: string): [source: string, flags: string] {
  const [prefix = '', flags = ''] = /^\(\?([ims]+)\)/.exec(text) ?? []
  return [text.slice(prefix.length), flags]
}
