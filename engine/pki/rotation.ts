// How an authority is replaced while everything goes on: in three steps, with a run of the playbook after each. A host that
// has had a step's run and one that has not accept each other. Knows no hosts: that they were all run is the user's to know.
import { TsplayError } from '../error.ts'
import { type Certificate, isIssuedBy, keyFits, readCertificate, readCertificates } from '../x509/certificate.ts'
import { parseKey, spkiOf } from '../x509/key.ts'
import { type Authority, findAuthority, usableAuthority } from './authority.ts'
import { type ListedStore, storedCertificates } from './contents.ts'
import { authorityPath, nextAuthorityPath, previousAuthorityPath } from './paths.ts'
import { planSuccessor } from './successor.ts'

/**
 * What a step does. `introduce`: the one that comes is made, and trusted from the next run on. `switch`: it signs from now
 * on, and the one that goes is still trusted. `retire`: the one that goes is trusted no longer.
 */
export type RotationStep = 'introduce' | 'switch' | 'retire'

/** What has been done, or in a check would be. */
export interface Rotation {
  /** In order. Two where the one that goes has expired: nothing that trusts it is left to be spared. */
  readonly steps: readonly RotationStep[]
  /** The one that comes, or has come; undefined where a check has not made it. */
  readonly coming: Certificate | undefined
}

type Value = Readonly<Record<string, string>>

/** Which step comes next; decided by what lies in the store, so that one that was cut off is taken up again. */
export async function nextStep(store: ListedStore, ca: string): Promise<RotationStep> {
  const [next, previous] = await Promise.all([store.read(nextAuthorityPath(ca)), store.read(previousAuthorityPath(ca))])
  if (next?.['.pem'] !== undefined) return 'switch'
  return previous?.['.pem'] === undefined ? 'introduce' : 'retire'
}

/**
 * Takes the next step. Repeating it after a crash ends it. With `check` nothing is written.
 * @throws TsplayError where it cannot be taken: no key, no issuer, or certificates that the one that goes has signed
 */
export async function rotate(
  store: ListedStore,
  ca: string,
  { now, check = false }: { readonly now: Date; readonly check?: boolean },
): Promise<Rotation> {
  const present = await presentAuthority(store, ca, now)
  const step = await nextStep(store, ca)
  if (step === 'retire') {
    await refuseToRetire(store, ca, now)
    if (!check) await store.remove(previousAuthorityPath(ca))
    return { steps: [step], coming: present.certificate }
  }
  if (step === 'switch') return { steps: [step], coming: await takeOver(store, ca, { now, check }) }
  const make = await planSuccessor(store, present, now)
  const expired = present.certificate.notAfter <= now
  const steps: RotationStep[] = expired ? [step, 'switch'] : [step]
  if (check) return { steps, coming: undefined }
  const value = await store.update(nextAuthorityPath(ca), async (there) =>
    there?.['.pem'] === undefined ? await make() : there,
  )
  return { steps, coming: expired ? await takeOver(store, ca, { now, check }) : readCertificate(value['.pem']!) }
}

/** Gives up a replacement whose first step is all that was done. @throws TsplayError where it is not */
export async function abortRotation(store: ListedStore, ca: string, { check = false } = {}): Promise<void> {
  const step = await nextStep(store, ca)
  const begun = (await store.read(previousAuthorityPath(ca)))?.['.pem'] !== undefined
  if (step !== 'switch' || begun)
    throw new TsplayError(
      begun
        ? `the CA '${ca}' has been replaced already: there is no way back`
        : `the CA '${ca}' is not being replaced: there is nothing to give up`,
      { hint: begun ? `go on: tsplay cert renew ${ca}/ca` : undefined },
    )
  if (!check) await store.remove(nextAuthorityPath(ca))
}

/** The authority in charge. One that has expired is replaced as well. */
async function presentAuthority(store: ListedStore, ca: string, now: Date): Promise<Authority> {
  const value = await store.read(authorityPath(ca))
  const certificate = readCertificate(value?.['.pem'] ?? '')
  if (!value || !certificate || certificate.notAfter > now) return findAuthority(store, ca, now)
  return usableAuthority(ca, value, certificate.notBefore)
}

/**
 * The one that goes is kept first, then the one that comes takes its place, and only then its own is removed: wherever this
 * is cut off, both are trusted and one of them signs.
 */
async function takeOver(
  store: ListedStore,
  ca: string,
  { now, check }: { readonly now: Date; readonly check: boolean },
): Promise<Certificate> {
  const [present, next, previous] = await Promise.all(
    [authorityPath, nextAuthorityPath, previousAuthorityPath].map((pathOf) => store.read(pathOf(ca))),
  )
  const coming = comingOf(ca, next!, now)
  if (previous?.['.pem'] !== undefined && !sameKey(present, previous) && !sameKey(present, next))
    throw new TsplayError(
      `the store has a CA '${ca}', one that comes and one that goes, and the three do not belong together`,
      {
        hint: `put aside what is wrong of ${authorityPath(ca)}, -next and -previous`,
      },
    )
  if (check) return coming
  await store.update(previousAuthorityPath(ca), async (there) => (there?.['.pem'] === undefined ? present! : there))
  await store.update(authorityPath(ca), async (there) => (sameKey(there, next) ? there! : next!))
  await store.remove(nextAuthorityPath(ca))
  return coming
}

/** Whether both are certificates of one key: an authority whose issuer was replaced has been signed anew. */
function sameKey(a: Value | undefined, b: Value | undefined): boolean {
  const [one, other] = [a, b].map((value) => readCertificate(value?.['.pem'] ?? ''))
  return one !== undefined && other !== undefined && spkiOf(one.publicKey).equals(spkiOf(other.publicKey))
}

/** @throws TsplayError where it cannot take over */
function comingOf(ca: string, value: Value, now: Date): Certificate {
  const refuse = (problem: string): never => {
    throw new TsplayError(`the CA that is to replace '${ca}' ${problem}`, {
      hint: `put the right one back at ${nextAuthorityPath(ca)}.pem and -key.pem, or give it up: tsplay cert renew ${ca}/ca --abort`,
    })
  }
  const certificate = readCertificate(value['.pem'] ?? '') ?? refuse('is not a certificate that can be read')
  const key = parseKey(value['-key.pem'] ?? '') ?? refuse('has no key that can be read')
  if (!certificate.authority) refuse('is not a certificate of a CA')
  if (!keyFits(certificate, key)) refuse('has a key that is not its own')
  if (certificate.notAfter <= now) refuse('has expired')
  return certificate
}

/** What only the one that goes has signed would be refused everywhere. */
async function refuseToRetire(store: ListedStore, ca: string, now: Date): Promise<void> {
  const going = readCertificates((await store.read(previousAuthorityPath(ca)))?.['.pem'] ?? '')[0]
  const left = (await storedCertificates(store)).filter(
    ({ role, certificate }) =>
      role !== 'ca-previous' &&
      going &&
      certificate &&
      certificate.notAfter > now &&
      certificate.issuer === going.subject &&
      isIssuedBy(certificate, going),
  )
  if (left.length === 0) return
  const names = left.map(({ name }) => name)
  throw new TsplayError(
    `the CA '${ca}' that goes has signed what is still in use: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`,
    {
      hint: `let the playbook run on all hosts, it makes them anew; what no playbook knows any more: tsplay cert renew ${names[0]}, or move it out of the store`,
    },
  )
}
