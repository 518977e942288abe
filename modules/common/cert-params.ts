// What cert can be asked for: the schema of its parameters, and what goes with what. Reads no files.
import { z } from 'zod'
import { reservedNames, storeName } from '../../engine/pki/paths.ts'
import { hostParam } from '../../engine/x509/alternative-name.ts'
import { durationParam, parseDuration } from '../../engine/x509/duration.ts'
import { keyParam } from '../../engine/x509/key.ts'
import { subjectParam } from '../../engine/x509/subject.ts'
import { nameOfCsr, placingParams, sourceFileParam, usagesParam } from './certificate-params.ts'

/** What is wrong with `renewBefore` where it is not less than the expiry. */
export const tooEarly = 'it must be less than expiry, or the certificate would be made anew each time'

/** Checks the parameters of `cert`. */
export const certParams = z
  .strictObject({
    name: storeName
      .refine((name) => !reservedNames.includes(name), {
        error: (issue) => `'${issue.input}' is what the store calls the CA itself`,
      })
      .optional(),
    ca: storeName.optional(),
    subject: subjectParam.optional(),
    hosts: z.array(hostParam).optional(),
    csr: sourceFileParam.optional(),
    request: z.string().optional(),
    config: sourceFileParam.optional(),
    profile: z.string().optional(),
    usages: usagesParam.optional(),
    expiry: durationParam.optional(),
    key: keyParam.optional(),
    renewBefore: durationParam.optional(),
    bundle: z.boolean().optional(),
    ...placingParams,
  })
  .refine(({ subject, csr, request }) => csr === undefined || (subject ?? request) === undefined, {
    path: ['csr'],
    error: 'the file says who it is for: leave subject and request out',
  })
  .refine(({ subject, csr, request }) => (subject ?? csr ?? request) !== undefined, {
    path: ['subject'],
    error: 'say who it is for: give a subject, or csr, a file of cfssl that says it',
  })
  .refine(({ key, csr, request }) => key === undefined || (csr ?? request) === undefined, {
    path: ['key'],
    error: 'csr and request say what its key is: leave key out',
  })
  .refine(({ keyDest, request }) => keyDest === undefined || request === undefined, {
    path: ['keyDest'],
    error: 'the key of a request is where it was made: leave keyDest out',
  })
  .refine(({ config, usages, expiry }) => config === undefined || (usages ?? expiry) === undefined, {
    path: ['config'],
    error: 'its profile says usages and expiry: leave them out',
  })
  .refine(({ config, profile }) => profile === undefined || config !== undefined, {
    path: ['profile'],
    error: 'a profile is one of a signing configuration: give config, such as ca-config.json',
  })
  .refine(
    ({ config, expiry = '10y', renewBefore = '0s' }) =>
      config !== undefined || parseDuration(renewBefore)! < parseDuration(expiry)!,
    { path: ['renewBefore'], error: tooEarly },
  )
  .refine(({ name, csr }) => name !== undefined || (csr !== undefined && storeName.safeParse(nameOfCsr(csr)).success), {
    path: ['name'],
    error: 'give its name in the store',
  })
  .refine(({ dest, keyDest }) => dest === undefined || dest !== keyDest, {
    path: ['keyDest'],
    error: 'certificate and key need a file each',
  })

/** The parameters as they are checked. */
export type CheckedCertParams = z.output<typeof certParams>
