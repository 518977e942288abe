// A host's own key and the request for a certificate of it: what is there, and what a dry run foretells. Pure.
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { StatAnswer } from '../../engine/probe.ts'
import { formatKey, keySpecOf, spkiOf } from '../../engine/x509/key.ts'
import { readRequest } from '../../engine/x509/request.ts'
import type { Asked } from './asked.ts'
import { encrypted, noOpenssl } from './openssl-request.ts'

/** The key and the request. */
export interface RequestState {
  /** What kind of key there is, `RSA 2048`; null where there is none. */
  readonly key: string | null
  readonly keyMode: string | null
  readonly keyOwner: string | null
  readonly keyGroup: string | null
  /** Who the request is for, `O=k8s, CN=n1`; null where there is none that can be read. */
  readonly subject: string | null
  /** What it is to be good for, `DNS:…`, sorted. */
  readonly hosts: readonly string[] | null
  /** Whether the key that is there has signed it. */
  readonly signed: boolean
  readonly mode: string | null
  readonly owner: string | null
  readonly group: string | null
  /** What was looked up besides: never wished for. */
  readonly found: {
    readonly keyStat: StatAnswer | null
    readonly requestStat: StatAnswer | null
    /** Whether there is a program to make and read keys with. */
    readonly openssl: boolean
    /** Why the key is of no use; undefined where it is, or there is none. */
    readonly problem: string | undefined
    readonly publicKey: KeyObject | undefined
    /** The request, PEM. */
    readonly text: string
    /** What is at the folders of both, by path. */
    readonly folders: Readonly<Record<string, StatAnswer | null>>
  }
}

/** What was asked: what is at both paths, what openssl said of the key, the text of the request. */
export interface RequestAnswers {
  readonly keyStat: StatAnswer | null
  readonly asked: Asked
  readonly requestStat: StatAnswer | null
  readonly text: string
  readonly folders: Readonly<Record<string, StatAnswer | null>>
}

export function requestStateOf({ keyStat, asked, requestStat, text, folders }: RequestAnswers): RequestState {
  const { publicKey, problem, foretold }: Key = keyStat ? keyOf(asked) : {}
  const request = requestOf(text)
  return {
    key: keyStat ? (publicKey ? formatKey(keySpecOf(publicKey)) : (foretold ?? 'unknown')) : null,
    keyMode: keyStat?.mode ?? null,
    keyOwner: keyStat?.owner ?? null,
    keyGroup: keyStat?.group ?? null,
    subject: request?.subject ?? null,
    hosts: request?.hosts ?? null,
    signed: request ? request.isSignedBy(publicKey) : false,
    mode: requestStat?.mode ?? null,
    owner: requestStat?.owner ?? null,
    group: requestStat?.group ?? null,
    found: {
      ...{ keyStat, requestStat, problem, publicKey, text, folders },
      openssl: asked.stdout.trim() !== noOpenssl,
    },
  }
}

interface Key {
  readonly publicKey?: KeyObject
  readonly problem?: string
  readonly foretold?: string
}

function keyOf({ code, stdout, error }: Asked): Key {
  const said = stdout.trim()
  const foretold = foretoldKey.exec(said)?.[1]
  if (foretold !== undefined) return { foretold }
  if (said === encrypted) return { problem: 'the key is protected by a passphrase, which nobody is there to type' }
  if (code !== 0)
    return { problem: `openssl cannot read a private key there: ${error.split('\n')[0] || `exit code ${code}`}` }
  // one that has only just come, or only will in this check
  if (said === '' || said === noOpenssl) return {}
  try {
    const publicKey = createPublicKey(said)
    if (keySpecOf(publicKey)) return { publicKey }
  } catch {
    // of a kind that node does not know either
  }
  return {
    problem: 'the key is of a kind that certificates are not made for: RSA, ECDSA (P-256, P-384, P-521) or Ed25519',
  }
}

interface Request {
  readonly subject: string
  readonly hosts: readonly string[]
  isSignedBy(key: KeyObject | undefined): boolean
}

function requestOf(text: string): Request | undefined {
  try {
    const foretold = foretoldRequest.exec(text)?.[1]
    if (foretold !== undefined) return { ...(JSON.parse(foretold) as Request), isSignedBy: () => true }
    const { subjectText, names, publicKey } = readRequest(text)
    return {
      subject: subjectText,
      hosts: [...names].sort(),
      isSignedBy: (key) => key !== undefined && spkiOf(publicKey).equals(spkiOf(key)),
    }
  } catch {
    return undefined
  }
}

/** What openssl is foretold to say of a key that is yet to be made. */
export const foretellKey = (kind: string): string => `# made in the run: ${kind}`

const foretoldKey = /^# made in the run: (.+)$/

/** The request as a dry run finds it that is yet to be made. */
export const foretellRequest = (subject: string, hosts: readonly string[]): string =>
  `# made in the run: ${JSON.stringify({ subject, hosts })}\n`

const foretoldRequest = /^# made in the run: (\{.*\})\n$/
