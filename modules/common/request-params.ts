// Parameters of requests over http: addresses, headers and logins.
import { z } from 'zod'
import { isSecret, reveal, type Text } from '../../engine/secret.ts'
import { textParam } from './params.ts'

/** An address as a browser takes it. */
export const urlParam = z.string().refine((text) => /^(https?|ftp):\/\/[^\s\0]+$/i.test(text) && URL.canParse(text), {
  error: (issue) =>
    `'${withoutLogin(String(issue.input))}' is not an address: it begins with http://, https:// or ftp://, and holds no blanks`,
})

/** A password in an address would be seen wherever the address is. */
export function noPasswordIn(urls: readonly string[], context: z.core.$RefinementCtx): void {
  for (const url of urls)
    if (URL.canParse(url) && new URL(url).password !== '')
      context.addIssue({
        code: 'custom',
        path: ['url'],
        message: 'a password in an address is seen by all: give user and password',
      })
}

const withoutLogin = (url: string): string => url.replace(/\/\/[^/@]*@/, '//')

/** Names and values of headers. A newline would begin another one. */
export const headersParam: z.ZodType<Readonly<Record<string, Text>>> = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: "is no header's name" }),
  textParam.refine((value) => !/[\r\n\0]/.test(typeof value === 'string' ? value : revealed(value)), {
    error: 'a header holds no newline',
  }),
)

const revealed = (value: Text): string => (isSecret(value) ? reveal(value) : value)

export const loginParams = {
  user: z
    .string()
    .regex(/^[^:\r\n\0]+$/, { error: 'a user name holds no colon' })
    .optional(),
  password: textParam.optional(),
}
