// tsplay cert show: what certificates say, and what stands behind them. Never shows a key.
import { TsplayError } from '../../error.ts'
import { issuerIn, type StoredCertificate, storedCertificates } from '../../pki/contents.ts'
import { harmless } from '../../report/harmless.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { tell } from '../../x509/tell.ts'
import { type CertStoreFlags, certStore } from './cert-store.ts'
import { type CertificateRecord, certificateRecord } from './certificate-record.ts'
import { findStored } from './find-stored.ts'
import { type CertOutput, paint, print } from './print.ts'

interface Flags extends CertStoreFlags {
  readonly output?: CertOutput
  readonly pem?: boolean
}

/**
 * Prints those of the names (`kubernetes/etcd-m1`). `pem`: the certificates themselves, with those behind them.
 * @throws TsplayError for a name that there is not, or a certificate that cannot be read
 */
export async function showCertificates(names: readonly string[], { output, pem, ...flags }: Flags): Promise<void> {
  const { store, keys } = await certStore(flags, 'certificates')
  const all = await storedCertificates(store, { keys, tellDamage: true })
  const wanted = findStored(all, names)
  for (const { name, certificate } of wanted)
    if (!certificate)
      throw new TsplayError(`'${name}' cannot be shown: it is no certificate that can be read`, {
        hint: 'older ones lie in .old beside it',
      })
  const found = wanted.map((entry) => ({ entry, chain: chainOf(entry, all) }))
  if (pem && output !== 'ndjson' && output !== 'json')
    return void process.stdout.write(found.flatMap(({ chain }) => chain.map((each) => each.pem)).join(''))
  const options = { now: new Date(), warn: 0 }
  const records = found.map(({ entry, chain }) => ({
    ...certificateRecord(entry, all, options),
    chain: chain.slice(1).map(({ subject, fingerprint, notAfter }) => ({
      subject,
      fingerprint,
      notAfter: notAfter.toISOString(),
    })),
    ...(pem && { pem: chain.map((each) => each.pem).join('') }),
  }))
  print(output, records, () => found.flatMap(({ chain }, index) => lines(records[index]!, chain)))
}

/** The certificate, and all that signed it, as far as the store knows. */
function chainOf({ chain }: StoredCertificate, all: readonly StoredCertificate[]): readonly Certificate[] {
  const [certificate] = chain as [Certificate]
  if (chain.length > 1 || certificate.subject === certificate.issuer) return chain
  return [certificate, ...(issuerIn(all, certificate)?.chain ?? [])]
}

function lines(record: CertificateRecord, chain: readonly Certificate[]): string[] {
  return [
    paint().bold(record.name),
    ...harmless(tell(chain[0]!)).trimEnd().split('\n'),
    ...chain.slice(1).map(({ subject }) => `chain        ${harmless(subject)}`),
    ...(record.publicKeyPin === undefined ? [] : [`pin          ${record.publicKeyPin}`]),
    `its key      ${keys[record.key]}`,
    '',
  ]
}

const keys: Readonly<Record<CertificateRecord['key'], string>> = {
  own: 'in the store',
  none: 'not in the store',
  foreign: 'in the store is another',
  unreadable: 'in the store cannot be read',
  unknown: 'unknown: the store is encrypted, and no passphrase is given',
}
