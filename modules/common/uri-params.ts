// What uri can be asked for: the schema of its parameters, and what goes with what. Knows no host.
import { z } from 'zod'
import { isSecret } from '../../engine/secret.ts'
import { pathParam } from './params.ts'
import { type BodyValue, isBody } from './request-body.ts'
import { headersParam, loginParams, noPasswordIn, urlParam } from './request-params.ts'

/** Checks the parameters of `uri`. */
export const uriParams = z
  .strictObject({
    url: urlParam.refine((url) => !/^ftp:/i.test(url), { error: 'begins with http:// or https://' }),
    method: z
      .string()
      .regex(/^[A-Za-z]+$/, { error: 'is a word such as GET' })
      .transform((method) => method.toUpperCase())
      .optional(),
    body: z
      .custom<BodyValue>((value) => isBody(value), {
        error: 'is made of texts, numbers, booleans, null, lists and objects',
      })
      .optional(),
    bodyFormat: z.enum(['json', 'form', 'raw']).optional(),
    headers: headersParam.optional(),
    statusCode: z
      .union([status(), z.array(status()).min(1).readonly()], { error: 'is a number such as 200, or several' })
      .optional(),
    returnContent: z.boolean().optional(),
    ...loginParams,
    clientCert: pathParam.optional(),
    clientKey: pathParam.optional(),
    caPath: pathParam.optional(),
    validateCerts: z.boolean().optional(),
    timeout: z.number().positive().optional(),
    followRedirects: z.enum(['safe', 'all', 'none']).optional(),
    unixSocket: pathParam.optional(),
    creates: pathParam.optional(),
    removes: pathParam.optional(),
  })
  .refine(({ body, bodyFormat }) => bodyFormat === undefined || body !== undefined, {
    path: ['bodyFormat'],
    error: 'needs body',
  })
  .refine(({ body, bodyFormat }) => bodyFormat !== 'raw' || typeof body === 'string' || isSecret(body), {
    path: ['body'],
    error: 'is a text where bodyFormat is raw',
  })
  .refine(({ password, user }) => password === undefined || user !== undefined, {
    path: ['password'],
    error: 'needs user',
  })
  .refine(({ clientCert, clientKey }) => clientKey === undefined || clientCert !== undefined, {
    path: ['clientKey'],
    error: 'needs clientCert',
  })
  .superRefine(({ url }, context) => noPasswordIn([url], context))

/** The parameters as they are checked. */
export type CheckedUriParams = z.output<typeof uriParams>

function status() {
  return z.int().min(100).max(599)
}
