// tsplay cert list: what the store has, for what, and until when.
import { storedCertificates } from '../../pki/contents.ts'
import { type CertStoreFlags, certStore } from './cert-store.ts'
import { type CertificateRecord, certificateRecord } from './certificate-record.ts'
import { type CertOutput, paint, print, table } from './print.ts'

interface Flags extends CertStoreFlags {
  readonly output?: CertOutput
  /** Milliseconds. */
  readonly warn: number
}

/** Prints a line for each certificate of the store. @throws TsplayError where there is no store, or it cannot be read */
export async function listCertificates({ output, warn, ...flags }: Flags): Promise<void> {
  const { store, keys } = await certStore(flags, 'certificates')
  const all = await storedCertificates(store, { keys, tellDamage: true })
  const now = new Date()
  const records = all.map((entry) => certificateRecord(entry, all, { now, warn }))
  print(output, records, () => (records.length === 0 ? ['the store has no certificates'] : lines(records)))
}

function lines(records: readonly CertificateRecord[]): string[] {
  const colors = paint()
  const [header, ...rows] = table([['name', 'subject', 'for', 'expires', 'issuer'], ...records.map(rowOf)])
  return [
    colors.bold(header!),
    ...rows.map((row, index) => {
      const { readable, expired, expiring } = records[index]!
      return !readable || expired ? colors.red(row) : expiring ? colors.yellow(row) : row
    }),
  ]
}

function rowOf(record: CertificateRecord): string[] {
  const { name, readable, subject = '', notAfter = '', daysLeft, expired, expiring, issuer = '', issuerName } = record
  if (!readable) return [name, '(cannot be read)', '', '', '']
  const mark = expired ? '  expired' : expiring ? '  soon' : ''
  const by = issuerName === name ? 'itself' : (issuerName ?? issuer)
  return [name, subject, purpose(record), `${notAfter.slice(0, 10)} (${daysLeft} d)${mark}`, by]
}

/** What it is for, in few words: that it may sign and encipher goes without saying. */
function purpose({ authority, usages = [] }: CertificateRecord): string {
  if (authority) return 'authority'
  const telling = usages.filter((usage) => !['digital signature', 'key encipherment'].includes(usage))
  return (telling.length > 0 ? telling : usages).map((usage) => usage.replace(/ auth$/, '')).join(', ')
}
