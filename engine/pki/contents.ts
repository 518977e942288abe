// All certificates that the control side's store has, and what is beside each. Judges none.
import { formatPlace, TsplayError } from '../error.ts'
import type { Store } from '../module.ts'
import { type Certificate, isIssuedBy, keyFits, readCertificates } from '../x509/certificate.ts'
import { parseKey } from '../x509/key.ts'
import { reservedNames } from './paths.ts'

/** A store that can tell what it has, and part with something. */
export interface ListedStore extends Store {
  list(prefix?: string): Promise<readonly string[]>
  remove(name: string): Promise<void>
}

/** A certificate as the store has it. */
export interface StoredCertificate {
  /** `kubernetes/etcd-m1`; an authority is `kubernetes/ca`. */
  readonly name: string
  /** The authority it belongs to: `kubernetes`. */
  readonly ca: string
  /** What it is to that authority: itself, the one that comes or goes while it is replaced, or one that it signed. */
  readonly role: 'ca' | 'ca-next' | 'ca-previous' | 'leaf'
  /** Undefined where it cannot be read, or is still to be made. */
  readonly certificate: Certificate | undefined
  /** It, and what lies behind it in the same file: of an authority its issuers, up to the root. */
  readonly chain: readonly Certificate[]
  /** Whether there is a file that should hold it. */
  readonly written: boolean
  /** Whether its key is in the store, and is its own; `unknown` where nobody looked. */
  readonly key: 'none' | 'own' | 'foreign' | 'unreadable' | 'unknown'
  /** Why its files cannot be read; all else is unknown then. */
  readonly damage?: string
}

/** How to look at a store. */
export interface Look {
  /** False for a store that shows certificates only. Default true. */
  readonly keys?: boolean
  /** True: a value that cannot be read is told as damaged, and the others are there. Default false: it is an error. */
  readonly tellDamage?: boolean
}

/** Sorted by authority; the authority first, then by name. @throws TsplayError where the store cannot be read */
export async function storedCertificates(
  store: ListedStore,
  { keys = true, tellDamage = false }: Look = {},
): Promise<StoredCertificate[]> {
  const names = (await store.list('pki/')).filter((name) => /^pki\/[^/]+\/[^/]+$/.test(name))
  const read = async (name: string): Promise<StoredCertificate> => {
    try {
      return entryOf(name, (await store.read(name)) ?? {}, keys)
    } catch (error) {
      if (!tellDamage || !(error instanceof TsplayError)) throw error
      const { message, place } = error
      return { ...entryOf(name, {}, false), damage: place ? `${message} (${formatPlace(place)})` : message }
    }
  }
  const found = await Promise.all(names.map(read))
  const rank = ({ role }: StoredCertificate): number => reservedNames.indexOf(role) + (role === 'leaf' ? 9 : 0)
  return found.sort((a, b) => compare(a.ca, b.ca) || rank(a) - rank(b) || compare(a.name, b.name))
}

/** Whichever of `all` has signed the certificate: an authority, also one that comes or goes; undefined where it is none of them. */
export const issuerIn = (all: readonly StoredCertificate[], certificate: Certificate): StoredCertificate | undefined =>
  all.find(
    (each) =>
      each.certificate && each.certificate.subject === certificate.issuer && isIssuedBy(certificate, each.certificate),
  )

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function entryOf(path: string, value: Readonly<Record<string, string>>, keys: boolean): StoredCertificate {
  const [, ca, last] = path.split('/') as [string, string, string]
  const chain = chainOf(value['.pem'] ?? '')
  const [certificate] = chain
  return {
    name: `${ca}/${last}`,
    ca,
    role: reservedNames.includes(last) ? (last as 'ca') : 'leaf',
    certificate,
    chain,
    written: value['.pem'] !== undefined,
    key: keys ? keyOf(value['-key.pem'], certificate) : 'unknown',
  }
}

/** Empty where there is nothing that can be read. */
function chainOf(text: string): readonly Certificate[] {
  try {
    return readCertificates(text)
  } catch {
    return []
  }
}

function keyOf(text: string | undefined, certificate: Certificate | undefined): StoredCertificate['key'] {
  if (text === undefined) return 'none'
  const key = parseKey(text)
  if (!key) return 'unreadable'
  return !certificate || keyFits(certificate, key) ? 'own' : 'foreign'
}
