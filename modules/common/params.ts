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

/** A sha256 in hex, with or without `sha256:` before it. */
export const sha256Param = z
  .string()
  .regex(/^(sha256:)?[0-9a-f]{64}$/, { error: 'is a sha256: 64 hex digits in lower case' })
