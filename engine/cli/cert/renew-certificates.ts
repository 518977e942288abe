// tsplay cert renew: certificates made anew before their time, and the next step of replacing a CA.
import path from 'node:path'
import { TsplayError } from '../../error.ts'
import { type StoredCertificate, storedCertificates } from '../../pki/contents.ts'
import { planRenewal, renew } from '../../pki/renewal.ts'
import { abortRotation, nextStep, rotate } from '../../pki/rotation.ts'
import { withLock } from '../../secrets/lock.ts'
import { exitCodes } from '../exit.ts'
import { type CertStore, type CertStoreFlags, certStore } from './cert-store.ts'
import { findStored } from './find-stored.ts'
import { type CertOutput, print } from './print.ts'
import { type Report, renewalReport, reportLines, rotationReport, skippedReport } from './renewal-report.ts'

interface Flags extends CertStoreFlags {
  readonly output?: CertOutput
  /** Milliseconds: all that expire within. */
  readonly expiring?: number
  readonly abort?: boolean
  readonly check?: boolean
}

/**
 * Renews the leaves of the names (`kubernetes/etcd-m1`), and takes the next step of replacing each CA (`kubernetes/ca`); or,
 * with `expiring`, renews all leaves that end so soon.
 * @throws TsplayError where one of the names is wrong, or what it names cannot be renewed: nothing is done then
 */
export async function renewCertificates(names: readonly string[], flags: Flags): Promise<void> {
  const { expiring, abort = false, check = false, output } = flags
  if ((names.length === 0) === (expiring === undefined))
    throw new TsplayError(names.length === 0 ? 'which certificates?' : '--expiring chooses by itself: give no names', {
      hint: 'tsplay cert renew kubernetes/etcd-m1, or all that expire soon: tsplay cert renew --expiring 30d',
    })
  const opened = await certStore(flags, check ? 'keys' : 'write')
  const all = await storedCertificates(opened.store)
  const now = new Date()
  const wanted = expiring === undefined ? findStored(all, names) : soon(all, now.getTime() + expiring)
  for (const each of wanted) refuseOther(each, abort)
  const reports =
    expiring === undefined
      ? await renewNamed(opened, wanted, { now, check, abort })
      : await renewSoon(opened, wanted, { now, check })
  print(
    output,
    reports.map(({ record }) => record),
    () => (reports.length === 0 ? ['nothing expires so soon'] : reportLines(reports)),
  )
  if (reports.some(({ record }) => record.type === 'skipped')) process.exitCode = exitCodes.failed
}

interface How {
  readonly now: Date
  readonly check: boolean
}

/** All are tried before the first is changed. */
async function renewNamed(
  opened: CertStore,
  wanted: readonly StoredCertificate[],
  how: How & { readonly abort: boolean },
): Promise<Report[]> {
  const planned: Report[] = []
  for (const entry of wanted) planned.push(await renewOne(opened, entry, { ...how, check: true }))
  if (how.check) return planned
  const done: Report[] = []
  for (const entry of wanted) done.push(await renewOne(opened, entry, how))
  return done
}

async function renewOne(
  { store, dir }: CertStore,
  { ca, name, role }: StoredCertificate,
  { now, check, abort }: How & { readonly abort: boolean },
): Promise<Report> {
  if (role === 'leaf') {
    const plan = await planRenewal(store, ca, name.slice(ca.length + 1), now)
    return renewalReport(name, plan, check ? undefined : await renew(store, plan, now))
  }
  const next = await nextStep(store, ca)
  const step = async (): Promise<Report> => {
    // two at once would take two steps, without the run between
    if ((await nextStep(store, ca)) !== next)
      throw new TsplayError(`another call has just taken a step of replacing '${ca}'`)
    if (!abort) return rotationReport(ca, { ...(await rotate(store, ca, { now, check })), check })
    await abortRotation(store, ca, { check })
    return rotationReport(ca, { steps: ['abort'], coming: undefined, check })
  }
  return check ? step() : withLock(path.join(dir, 'pki', ca, 'rotation'), step)
}

/** What cannot be renewed is told, and the others are renewed all the same. */
async function renewSoon(opened: CertStore, wanted: readonly StoredCertificate[], how: How): Promise<Report[]> {
  const reports: Report[] = []
  for (const entry of wanted) {
    try {
      reports.push(await renewUnlessLast(opened, entry, how))
    } catch (error) {
      if (!(error instanceof TsplayError)) throw error
      reports.push(skippedReport(entry.name, error.message, error.hint))
    }
  }
  return reports
}

/** One that ends with its authority would not live longer if it were made anew. */
async function renewUnlessLast(opened: CertStore, entry: StoredCertificate, how: How): Promise<Report> {
  const { ca, name, role, certificate } = entry
  if (role !== 'leaf') return skippedReport(name, 'a CA is not replaced unasked', `tsplay cert renew ${name}`)
  const { notAfter } = await planRenewal(opened.store, ca, name.slice(ca.length + 1), how.now)
  if (notAfter <= certificate!.notAfter)
    return skippedReport(
      name,
      'it ends with its CA and would not live longer',
      `replace that one first: tsplay cert renew ${ca}/ca`,
    )
  return renewOne(opened, entry, { ...how, abort: false })
}

/** All that end before then. One that goes ends anyway. */
const soon = (all: readonly StoredCertificate[], end: number): StoredCertificate[] =>
  all.filter(({ role, certificate }) => role !== 'ca-previous' && certificate && certificate.notAfter.getTime() < end)

function refuseOther({ ca, name, role }: StoredCertificate, abort: boolean): void {
  if (role === 'ca-next' || role === 'ca-previous')
    throw new TsplayError(`'${name}' is part of replacing a CA`, { hint: `its next step: tsplay cert renew ${ca}/ca` })
  if (abort && role === 'leaf')
    throw new TsplayError(`'${name}' is no CA: there is nothing to give up`, { hint: 'leave --abort out' })
}
