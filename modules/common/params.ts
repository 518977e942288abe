// Parameter schemas that many modules share.
import { z } from 'zod'
import { isSecret, type Text } from '../../engine/secret.ts'

/** An absolute path on the host. */
export const pathParam = z
  .string()
  .startsWith('/', { error: (issue) => `'${String(issue.input)}' is not an absolute path` })
  .refine((path) => !path.includes('\0'), { error: 'a path cannot hold a NUL character' })

/** A text, or a secret one. */
export const textParam = z.custom<Text>((value) => typeof value === 'string' || isSecret(value), {
  error: 'expected a text or a secret',
})
