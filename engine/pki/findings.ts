// What is wrong with the certificates of the store, or soon will be. Reads no store and changes nothing.
import { type Certificate, isIssuedBy } from '../x509/certificate.ts'
import { formatDuration } from '../x509/duration.ts'
import { issuerIn, type StoredCertificate } from './contents.ts'

/** One thing that is wrong with one certificate. */
export interface Finding {
  /** `kubernetes/etcd-m1`. */
  readonly name: string
  /** `error`: it is of no use as it is. `warning`: it will be, soon. */
  readonly severity: 'error' | 'warning'
  /** `expired on 2026-01-31, 3 d ago`. */
  readonly problem: string
}

/**
 * What is wrong with one of them: that it cannot be read, its key is another, it was changed after it was signed, its
 * authority is another or none of the store, its chain does not lead to a root, it has expired, is not valid yet, or ends
 * within `warn` milliseconds.
 */
export function findings(
  entry: StoredCertificate,
  all: readonly StoredCertificate[],
  { now, warn }: { readonly now: Date; readonly warn: number },
): Finding[] {
  const { name, certificate, written, role, damage } = entry
  if (!certificate) {
    const missing = written ? 'is not a certificate that can be read' : 'has a key only: its certificate is missing'
    const problem = damage === undefined ? missing : `cannot be read: ${damage}`
    return [{ name, severity: 'error', problem }]
  }
  const problems = [
    keyProblem(entry),
    ...(role === 'leaf' ? [leafProblem(entry, certificate, all)] : chainProblems(entry)),
  ]
  return [
    ...problems.flatMap((problem): Finding[] => (problem ? [{ name, severity: 'error', problem }] : [])),
    // one that goes may have expired: that is why it goes
    ...(role === 'ca-previous' ? [] : entry.chain.slice(0, role === 'leaf' ? 1 : undefined)).flatMap(
      (each, index): Finding[] => {
        const found = dateProblem(each, now, warn)
        const whose = index === 0 ? '' : `its issuer '${each.subject}' `
        return found ? [{ name, severity: found[0], problem: whose + found[1] }] : []
      },
    ),
  ]
}

function keyProblem({ key }: StoredCertificate): string | undefined {
  if (key === 'unreadable') return 'has a key that cannot be read'
  return key === 'foreign' ? 'has a key that is not its own' : undefined
}

function leafProblem(
  { ca }: StoredCertificate,
  certificate: Certificate,
  all: readonly StoredCertificate[],
): string | undefined {
  const own = all.filter((each) => each.ca === ca && each.role !== 'leaf')
  if (issuerIn(own, certificate)) return undefined
  if (own.some((each) => each.certificate && claims(certificate, each.certificate)))
    return 'was changed after it was signed'
  const other = issuerIn(all, certificate)
  if (other) return `was signed by ${other.name}, not by ${ca}/ca`
  return `was signed by '${certificate.issuer}', which is not in the store`
}

/** It says that it was signed with this very key. */
const claims = (certificate: Certificate, authority: Certificate): boolean =>
  authority.keyId !== undefined &&
  certificate.issuer === authority.subject &&
  certificate.authorityKeyId?.equals(authority.keyId) === true

function chainProblems({ chain }: StoredCertificate): (string | undefined)[] {
  return chain.map((each, index) => {
    const whose = index === 0 ? '' : `its issuer '${each.subject}' `
    if (!each.authority) return `${whose}is not a certificate of a CA`
    if (each.pathLength !== undefined && each.pathLength < index)
      return `its issuer '${each.subject}' allows no more than ${each.pathLength} CAs below it`
    const root = each.issuer === each.subject
    const issuer = root ? each : chain[index + 1]
    if (!issuer) return `its chain ends before the root: the certificate of '${each.issuer}' is missing`
    if (isIssuedBy(each, issuer)) return undefined
    return root || claims(each, issuer)
      ? `${whose}was changed after it was signed`
      : `${whose}was signed by '${each.issuer}', but behind it stands another: '${issuer.subject}'`
  })
}

function dateProblem(
  { notBefore, notAfter }: Certificate,
  now: Date,
  warn: number,
): [Finding['severity'], string] | undefined {
  const left = notAfter.getTime() - now.getTime()
  if (left <= 0) return ['error', `expired on ${day(notAfter)}, ${formatDuration(-left)} ago`]
  if (notBefore > now)
    return ['error', `is valid from ${notBefore.toISOString()} on only: is the clock of this machine right?`]
  return left < warn ? ['warning', `expires on ${day(notAfter)}, in ${formatDuration(left)}`] : undefined
}

const day = (date: Date): string => date.toISOString().slice(0, 10)
