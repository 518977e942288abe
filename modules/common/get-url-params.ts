// What getUrl can be asked for: the schema of its parameters, and what goes with what. Knows neither host nor control side.
import { z } from 'zod'
import { checksumParam, sha256Param } from './digests.ts'
import { fileAttributeParams } from './file-attributes.ts'
import { pathParam } from './params.ts'
import { headersParam, loginParams, noPasswordIn, urlParam } from './request-params.ts'

/** Checks the parameters of `getUrl`. */
export const getUrlParams = z
  .strictObject({
    url: urlParam,
    mirrors: z.array(urlParam).readonly().optional(),
    dest: pathParam,
    sha256: sha256Param.optional(),
    checksum: checksumParam.optional(),
    force: z.boolean().optional(),
    via: z.enum(['host', 'control']).optional(),
    headers: headersParam.optional(),
    ...loginParams,
    timeout: z.number().positive().optional(),
    resume: z.boolean().optional(),
    validateCerts: z.boolean().optional(),
    backup: z.boolean().optional(),
    ...fileAttributeParams,
  })
  .refine(({ sha256, checksum }) => sha256 === undefined || checksum === undefined, {
    error: 'give either sha256 or checksum',
  })
  .refine(({ password, user }) => password === undefined || user !== undefined, {
    path: ['password'],
    error: 'needs user',
  })
  .refine(({ resume, sha256, checksum }) => !resume || (sha256 ?? checksum) !== undefined, {
    path: ['resume'],
    error: 'needs sha256 or checksum: what an earlier try has left may be of another file',
  })
  .refine(({ resume, via }) => !resume || via !== 'control', { path: ['resume'], error: "is for via: 'host'" })
  .refine(({ force, sha256, checksum }) => !force || (sha256 ?? checksum) === undefined, {
    path: ['force'],
    error: 'is for files without a digest: with one, a file that differs is always replaced',
  })
  .superRefine(({ url, mirrors = [], via }, context) => {
    if (via === 'control' && [url, ...mirrors].some((each) => each.startsWith('ftp:')))
      context.addIssue({ code: 'custom', path: ['via'], message: 'the control side speaks http and https' })
    noPasswordIn([url, ...mirrors], context)
  })

/** The parameters as they are checked. */
export type CheckedGetUrlParams = z.output<typeof getUrlParams>
