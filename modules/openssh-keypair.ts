// opensshKeypair: an ssh key pair of a host's own. Its private half never leaves the host.
import path from 'node:path'
import { z } from 'zod'
import { contentOf, contentOnHost, contentText } from '../engine/content.ts'
import { type Change, type Desired, defineModule, type Output, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, file, map, target } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type Script, sh } from '../engine/script.ts'
import type { Secret } from '../engine/secret.ts'
import {
  type AttributeState,
  desiredAttributes,
  type FileAttributes,
  fileAttributeParams,
  setAttributes,
} from './common/file-attributes.ts'
import { foretold, type KeypairState, keypairOf, keyWithoutComment } from './common/keypair-state.ts'
import { filePathParam } from './common/names.ts'
import { fingerprintOf } from './common/public-key.ts'
import {
  derivePublicKey,
  generateSshKey,
  type SshKeyType,
  secretParam,
  sshKeyComment,
  sshKeyTypes,
} from './common/ssh-keygen.ts'

/** Parameters of `opensshKeypair`. */
export interface OpensshKeypairParams extends FileAttributes {
  /** The private key's file; the public half lies beside it, with `.pub` at its end. Their folder must exist. */
  path: string
  /** Default `ed25519`. */
  type?: SshKeyType
  /** Bits. Default: 3072 for rsa, 256 for ecdsa. */
  size?: number
  /** Stands behind the public key. Default: empty for a new one, else left as it is. */
  comment?: string
  /** Protects the private key; only matters when it is made, or its public half is missing. Default: none. */
  passphrase?: Secret
  /**
   * What becomes of a pair whose type or size is another. `never` (default): it stays, whatever it is. `fail`: the task
   * fails. `mismatched`: a new pair is made.
   */
  regenerate?: 'never' | 'fail' | 'mismatched'
  /** Make a new pair in every run. Default false. */
  force?: boolean
  /** Default `present`. */
  state?: 'present' | 'absent'
}

/** The public half. */
export interface KeypairResult {
  readonly path: string
  /** As it goes into authorized_keys. */
  readonly publicKey?: string
  /** `SHA256:…`. */
  readonly fingerprint?: string
}

/**
 * An ssh key pair lies at a path. One that is there is not made again unless you say so.
 *
 * @example a host's key for its peers
 * ```ts
 * task('key', opensshKeypair({ path: '/root/.ssh/id_ed25519', comment: `root@${host.name}` })).register((key) => [
 *   task('let it in', authorizedKey({ user: 'root', key: key.publicKey ?? '' }), { delegateTo: 'store1' }),
 * ])
 * ```
 *
 * @example RSA of a certain size, or a failure
 * ```ts
 * task('old peers', opensshKeypair({ path: '/etc/backup/id_rsa', type: 'rsa', size: 4096, regenerate: 'fail' }))
 * ```
 */
export const opensshKeypair = defineModule<OpensshKeypairParams, KeypairState, KeypairResult>({
  name: 'opensshKeypair',
  params: z
    .strictObject({
      ...fileAttributeParams,
      path: filePathParam,
      type: z.enum(sshKeyTypes).optional(),
      size: z.int().min(256).max(16_384).optional(),
      comment: sshKeyComment.optional(),
      passphrase: secretParam.optional(),
      regenerate: z.enum(['never', 'fail', 'mismatched']).optional(),
      force: z.boolean().optional(),
      state: z.enum(['present', 'absent']).optional(),
    })
    .refine(({ type = 'ed25519', size }) => size === undefined || sizes[type](size), {
      error: 'an rsa key has 1024 bits or more, ecdsa 256, 384 or 521, ed25519 256',
      path: ['size'],
    }),
  subject: (params) => params.path,
  probe: ({ path: at }) =>
    map(
      all({ stat: target(at), pub: file(`${at}.pub`), parent: target(path.posix.dirname(at)) }),
      ({ stat, pub, parent }) =>
        keypairOf(stat, pub && (contentText(contentOnHost(pub)) ?? ''), parent?.type === 'directory'),
    ),
  desired(params, actual): Desired<KeypairState> {
    if (params.state === 'absent') return { privateKey: false, publicKey: false }
    if (!actual.found.parent) {
      const folder = path.posix.dirname(params.path)
      throw new TaskFailure(
        `${folder} is not a directory on the host`,
        `make it first: directory({ path: '${folder}' })`,
      )
    }
    const { type = 'ed25519', size = defaultSizes[type] } = params
    const attributes = desiredAttributes({ mode: '0600', ...params }, actual.found.stat, 'file')
    const fresh = { privateKey: true, publicKey: true, type, size, comment: params.comment ?? '', ...attributes }
    if (!actual.privateKey) return fresh
    if (params.force) return { ...fresh, made: true }
    if (!actual.publicKey) return { publicKey: true, comment: params.comment ?? '', ...attributes }
    const other = otherThan(params, actual)
    if (other && params.regenerate === 'fail')
      throw new TaskFailure(`the key at ${params.path} is ${other}`, "regenerate: 'mismatched' makes a new one")
    if (other && params.regenerate === 'mismatched') return fresh
    return { ...(params.comment !== undefined && { comment: params.comment }), ...attributes }
  },
  apply: (params, change) =>
    params.state === 'absent'
      ? sh`rm -f -- ${params.path} ${`${params.path}.pub`}`
      : sh.join([scriptOf(params, change), sh`printf 'public-key '; cat -- ${`${params.path}.pub`}`]),
  result(params, actual, output?: Output) {
    const line = /^public-key (.+)$/m.exec(output?.stdout ?? '')?.[1] ?? actual.found.line
    const known = params.state !== 'absent' && line
    return { path: params.path, ...(known && { publicKey: line, fingerprint: fingerprintOf(line) ?? '' }) }
  },
  touches: (params) => [fileResource(params.path), fileResource(`${params.path}.pub`)],
  predict: ({ path: at, state }, { from, to }) =>
    state === 'absent'
      ? [will.beAbsent(at), will.beAbsent(`${at}.pub`)]
      : [
          will.be(at, { type: 'file', ...attributesOf(to ?? {}) }),
          will.be(`${at}.pub`, {
            type: 'file',
            content: contentOf(foretold(from, to ?? {}), { provisional: true }),
          }),
        ],
})

const defaultSizes: Readonly<Record<SshKeyType, number>> = { ed25519: 256, rsa: 3072, ecdsa: 256 }

const sizes: Readonly<Record<SshKeyType, (size: number) => boolean>> = {
  ed25519: (size) => size === 256,
  rsa: (size) => size >= 1024,
  ecdsa: (size) => [256, 384, 521].includes(size),
}

const attributesOf = ({ mode, owner, group }: Partial<AttributeState>) => ({
  ...(mode !== undefined && { mode }),
  ...(owner !== undefined && { owner }),
  ...(group !== undefined && { group }),
})

/** How the pair differs from what is asked for; undefined where it does not. */
function otherThan({ type = 'ed25519', size }: OpensshKeypairParams, actual: KeypairState): string | undefined {
  if (actual.type !== type) return `of type ${actual.type}, not ${type}`
  if (size !== undefined && actual.size !== size) return `of ${actual.size} bits, not ${size}`
  return undefined
}

function scriptOf(params: OpensshKeypairParams, change: Change<KeypairState>): Script {
  const { path: at, type = 'ed25519', size, passphrase, owner, group } = params
  const { from, to, has } = change
  const renews = ['privateKey', 'type', 'size', 'made'].some((key) => has(key as keyof KeypairState))
  const comment = to?.comment ?? ''
  const bits = type === 'ed25519' ? undefined : (size ?? defaultSizes[type])
  const pub = `${at}.pub`
  const owned = [
    ...(owner === undefined ? [] : [sh`chown -- ${owner} ${at} ${pub}`]),
    ...(group === undefined ? [] : [sh`chgrp -- ${group} ${at} ${pub}`]),
  ]
  const line = keyWithoutComment(from.found.line)
  return sh.join([
    renews
      ? generateSshKey(sh`${at}`, { type, bits, comment, passphrase })
      : has('publicKey')
        ? derivePublicKey(sh`${at}`, comment, passphrase)
        : has('comment') &&
          sh`_p=${pub}; printf '%s\n' ${comment === '' ? line : `${line} ${comment}`} > "$_p.new.$$" && chmod 0644 "$_p.new.$$" && mv -f -- "$_p.new.$$" "$_p" || exit 1`,
    renews || has('publicKey') || has('comment')
      ? sh.join([...owned, sh`chmod -- ${to?.mode ?? '0600'} ${at}`].map((each) => sh`${each} || exit 1`))
      : sh`${setAttributes(at, change as unknown as Change<AttributeState>)}`,
  ])
}
