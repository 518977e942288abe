// What an ssh key pair on a host is, read from its public half, and what a dry run foretells of one that is yet to be made. Pure.
import type { Desired } from '../../engine/module.ts'
import type { StatAnswer } from '../../engine/probe.ts'
import type { AttributeState } from './file-attributes.ts'
import { bitsOf, publicKeyOf } from './public-key.ts'
import type { SshKeyType } from './ssh-keygen.ts'

/** The pair. */
export interface KeypairState extends AttributeState {
  readonly privateKey: boolean
  readonly publicKey: boolean
  readonly type: string | undefined
  readonly size: number | undefined
  readonly comment: string | undefined
  /** Made in this run: never so before it. */
  readonly made: boolean
  /** What was looked up besides: never wished for. */
  readonly found: { readonly stat: StatAnswer | null; readonly line: string; readonly parent: boolean }
}

/** The pair, given what is at its path, the text of its public half, and whether their folder is there. */
export function keypairOf(stat: StatAnswer | null, pub: string | null, parent: boolean): KeypairState {
  const line = pub?.trim() ?? ''
  const key = publicKeyOf(line)
  const [, type, size, comment = ''] = /^# made in the run: (\S+) (\S+) ?(.*)$/.exec(line) ?? []
  return {
    privateKey: stat !== null,
    publicKey: pub !== null,
    type: key ? (names.get(key.type) ?? key.type) : type,
    size: key ? bitsOf(key) : Number(size),
    comment: key ? key.comment : comment,
    mode: stat?.mode ?? '',
    owner: stat?.owner ?? '',
    group: stat?.group ?? '',
    made: false,
    found: { stat, line: key ? line : '', parent },
  }
}

const names = new Map<string, SshKeyType>([
  ['ssh-ed25519', 'ed25519'],
  ['ssh-rsa', 'rsa'],
  ...['256', '384', '521'].map((bits) => [`ecdsa-sha2-nistp${bits}`, 'ecdsa'] as const),
])

/** The public half as a dry run finds it, where the key is yet to be made. */
export function foretold(from: KeypairState, to: NonNullable<Desired<KeypairState>>): string {
  const comment = to.comment ?? from.comment ?? ''
  const stays =
    from.privateKey && !to.made && (to.type ?? from.type) === from.type && (to.size ?? from.size) === from.size
  if (stays && from.found.line) return `${keyWithoutComment(from.found.line)} ${comment}\n`
  return `# made in the run: ${to.type ?? '-'} ${to.size ?? '-'} ${comment}\n`
}

/** A key's line without the comment. */
export const keyWithoutComment = (line: string): string => line.split(' ', 2).join(' ')
