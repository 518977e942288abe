// A program and its arguments as a parameter: a list of words, or one text that no shell reads.
import { z } from 'zod'
import { splitWords } from './words.ts'

const line = z.string().superRefine((text, context) => {
  try {
    const { words, shellSyntax } = splitWords(text)
    if (words.length === 0) context.addIssue({ code: 'custom', message: 'there is no program to run' })
    if (shellSyntax !== undefined) {
      context.addIssue({
        code: 'custom',
        message: `'${shellSyntax}' means something to a shell only, and none runs here: use shell({ cmd }), quote it, or give a list of words`,
      })
    }
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
})

/** The schema. */
export const cmdParam = z.union([
  line,
  z
    .array(z.string().refine((word) => !word.includes('\0'), { error: 'an argument cannot hold a NUL character' }))
    .readonly()
    .refine((words) => words.length > 0, { error: 'there is no program to run' }),
])

/** Its words. */
export const wordsOf = (cmd: string | readonly string[]): readonly string[] =>
  typeof cmd === 'string' ? splitWords(cmd).words : cmd
