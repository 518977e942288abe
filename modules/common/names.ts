// Parameters that hold one name or several, with a message that tells which name does not fit and why.
import { z } from 'zod'
import { pathParam } from './params.ts'

/** One name or a list of names, each of which fits `pattern`. `rule` completes «'x' is not …». */
export const nameOrNames = (pattern: RegExp, rule: string): z.ZodType<string | string[]> =>
  z
    .union([z.string(), z.array(z.string())], { error: 'expected a name or a list of names' })
    .superRefine((value, ctx) => {
      for (const name of namesOf(value)) {
        if (!pattern.test(name)) ctx.addIssue({ code: 'custom', message: `${shown(name)} is not ${rule}` })
      }
    }) as z.ZodType<string | string[]>

/** One name that fits `pattern`. */
export const nameParam = (pattern: RegExp, rule: string): z.ZodType<string> =>
  z.string().refine((name) => pattern.test(name), { error: (issue) => `${shown(String(issue.input))} is not ${rule}` })

/** An absolute path that names a file, not a folder. */
export const filePathParam = pathParam.refine((path) => !path.endsWith('/'), {
  error: 'give the path of the file itself, not of its folder',
})

/** The names, each once, in order. */
export const namesOf = (value: string | readonly string[]): string[] => [...new Set([value].flat())]

const shown = (name: string): string =>
  name.length > 60 ? `${JSON.stringify(name.slice(0, 60))}…` : JSON.stringify(name)
