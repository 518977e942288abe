// What a certificate should be, whether one that is there is still that, and how a new one is made of it.
import type { KeyObject } from 'node:crypto'
import { alternativeNames } from './alternative-name.ts'
import { type Certificate, isIssuedBy, issue } from './certificate.ts'
import { formatKey, type KeySpec, sameSpec } from './key.ts'
import { formatSubject, type Subject } from './subject.ts'
import { normalUsages } from './usage.ts'

/** What a certificate should be. */
export interface Wish {
  readonly subject: Subject
  /** As a user writes them: names and addresses. */
  readonly hosts: readonly string[]
  /** In cfssl's words. */
  readonly usages: readonly string[]
  /** An authority that may sign others; none: a leaf. */
  readonly authority?: { readonly pathLength?: number | undefined }
  /** Undefined: whoever made the key has chosen. */
  readonly key: KeySpec | undefined
  /** Milliseconds that a new one is valid for. */
  readonly expiry: number
  /** Milliseconds before its end from which on it is made anew. */
  readonly renewBefore: number
}

/** Why a new certificate is needed; undefined: it is not. The order of names and usages does not matter. */
export function reissueReason(
  present: Certificate,
  wish: Wish,
  issuer: Certificate | undefined,
  now: Date,
): string | undefined {
  if (issuer && !isIssuedBy(present, issuer)) return `its authority is another: it was issued by '${present.issuer}'`
  if (present.notAfter <= now) return `it expired on ${day(present.notAfter)}`
  const left = present.notAfter.getTime() - now.getTime()
  // one that ends with its authority would not live longer if it were made anew
  if (left < wish.renewBefore && (!issuer || present.notAfter < issuer.notAfter))
    return `it expires on ${day(present.notAfter)}`
  const [subject, wanted] = [present.subject, formatSubject(wish.subject)]
  if (subject !== wanted) return `its subject is '${subject}', not '${wanted}'`
  if (wish.key && !sameSpec(present.key, wish.key))
    return `its key is ${formatKey(present.key)}, not ${formatKey(wish.key)}`
  const { authority = false, pathLength } = present
  return (
    listReason('hosts', present.names, alternativeNames(wish.hosts)) ??
    listReason('usages', present.usages, normalUsages(wish.usages)) ??
    (authority !== (wish.authority !== undefined) || pathLength !== wish.authority?.pathLength
      ? 'its constraints are others'
      : undefined)
  )
}

function listReason(what: string, present: readonly string[], wanted: readonly string[]): string | undefined {
  const missing = wanted.filter((each) => !present.includes(each))
  const extra = present.filter((each) => !wanted.includes(each))
  if (missing.length + extra.length === 0) return undefined
  const told = [...missing.map((each) => `+${each}`), ...extra.map((each) => `-${each}`)].slice(0, 8)
  return `its ${what} are others: ${told.join(' ')}${missing.length + extra.length > 8 ? ' …' : ''}`
}

const day = (date: Date): string => date.toISOString().slice(0, 10)

/** Clocks differ: a certificate is valid from five minutes before it was made, to the minute as cfssl has it. */
const backdate = 5 * 60_000

/** Makes what is wished for. It never outlives its issuer. Without one, it is signed by its own key. */
export function issueWish(
  wish: Wish,
  publicKey: KeyObject,
  signer: { readonly key: KeyObject; readonly certificate?: Certificate },
  now: Date,
): string {
  const { certificate: issuer, key } = signer
  const notBefore = new Date(Math.floor((now.getTime() - backdate) / 60_000) * 60_000)
  const end = new Date(notBefore.getTime() + wish.expiry)
  return issue(
    {
      subject: wish.subject,
      names: alternativeNames(wish.hosts),
      usages: wish.usages,
      ...(wish.authority && { authority: wish.authority }),
      notBefore,
      notAfter: issuer && issuer.notAfter < end ? issuer.notAfter : end,
      publicKey,
    },
    key,
    issuer,
  )
}
