// The certificate that a cert task wants, by its parameters, cfssl's files and a host's request. Makes none.
import { TsplayError } from '../../engine/error.ts'
import type { Control } from '../../engine/module.ts'
import { defaultKey } from '../../engine/pki/authority.ts'
import { hostOf } from '../../engine/x509/alternative-name.ts'
import { parseDuration } from '../../engine/x509/duration.ts'
import { type CertificateRequest, readRequest } from '../../engine/x509/request.ts'
import type { Wish } from '../../engine/x509/wish.ts'
import { type CheckedCertParams, tooEarly } from './cert-params.ts'
import { csrFileOf, profileOf, usageWordsOf } from './certificate-params.ts'

/** @throws TsplayError where the subject is missing, or what a file says does not go with `renewBefore` */
export async function certificateWish(
  params: CheckedCertParams,
  request: CertificateRequest | undefined,
  control: Control,
): Promise<Wish> {
  const file = params.csr === undefined ? undefined : await csrFileOf(control, params.csr)
  const profile = params.config === undefined ? undefined : await profileOf(control, params.config, params.profile)
  const subject = params.subject ?? file?.subject ?? request?.subject
  if (!subject)
    throw new TsplayError(`the request asks for '${request!.subjectText}', which holds fields that are not supported`, {
      hint: 'give the subject to certify',
    })
  const key = request?.key ?? file?.key ?? params.key ?? defaultKey
  const { usages = ['server', 'client'] } = params
  const expiry = profile?.expiry ?? parseDuration(params.expiry ?? '10y')!
  const renewBefore = params.renewBefore === undefined ? undefined : parseDuration(params.renewBefore)!
  if (renewBefore !== undefined && renewBefore >= expiry) throw new TsplayError(`renewBefore: ${tooEarly}`)
  return {
    subject,
    hosts: params.hosts ?? file?.hosts ?? request?.names.map(hostOf) ?? [],
    usages: profile?.usages ?? usageWordsOf(usages, key),
    ...(profile?.authority && { authority: profile.authority }),
    key: request ? undefined : key,
    expiry,
    renewBefore: renewBefore ?? Math.min(parseDuration('30d')!, expiry / 3),
  }
}

/** @throws TsplayError where it cannot be signed */
export function requestOf(text: string): CertificateRequest {
  try {
    return readRequest(text)
  } catch (error) {
    throw new TsplayError(`request cannot be signed: ${(error as Error).message}`)
  }
}
