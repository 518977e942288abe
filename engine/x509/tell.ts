// A certificate as people read it. Knows nothing of where it lies.
import type { Certificate } from './certificate.ts'
import { formatKey } from './key.ts'

/** One property a line, so that a diff shows what becomes of each. `provisional`: another will be made that says the same. */
export const tell = (certificate: Certificate, { provisional = false } = {}): string => {
  const { subject, issuer, names, usages, authority, notBefore, notAfter, key, serial, fingerprint } = certificate
  return [
    `subject      ${subject}`,
    `issuer       ${issuer}`,
    ...names.map((name) => `name         ${name}`),
    `usages       ${usages.join(', ')}${authority ? ' (authority)' : ''}`,
    `key          ${formatKey(key)}`,
    `valid from   ${notBefore.toISOString()}`,
    `valid until  ${notAfter.toISOString()}`,
    ...(provisional ? [] : [`serial       ${serial}`, `fingerprint  ${fingerprint}`]),
    '',
  ].join('\n')
}
