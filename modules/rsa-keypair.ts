// rsaKeypair: an RSA key and its public half, made once on the control side and kept, and their files on hosts.
import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import { contentOf } from '../engine/content.ts'
import { TsplayError } from '../engine/error.ts'
import { defineModule } from '../engine/module.ts'
import { storeName } from '../engine/pki/paths.ts'
import { fileAttributeParams, modeParam } from './common/file-attributes.ts'
import { filePathParam } from './common/names.ts'
import {
  applyPlaced,
  desiredPlaced,
  type PlacedState,
  placedFile,
  predictPlaced,
  probePlaced,
} from './common/placed-files.ts'
import { type Writing, writtenResources } from './common/written-file.ts'

/** Parameters of `rsaKeypair`. */
export interface RsaKeypairParams {
  /** What the store calls it. Hosts that name the same one share the pair. */
  name: string
  /** Path of the private key on the host, PKCS#1 PEM. Default: it stays in the store. */
  private?: string
  /** Path of the public key on the host, PEM (`BEGIN PUBLIC KEY`). Default: none. */
  public?: string
  /** Bits of a new pair. Default 2048. */
  bits?: number
  /** Mode of the private key. Default `0600`. */
  mode?: string
  /** Mode of the public key. Default `0644`. */
  publicMode?: string
  /** Owner of both files. Default: left as it is. */
  owner?: string
  /** Group of both files. Default: left as it is. */
  group?: string
}

/** What `register` receives. */
export interface RsaKeypairResult {
  /** The public key, PEM. */
  readonly publicKey: string
  /** True where this task made the pair, in the store. */
  readonly made: boolean
}

interface Input extends RsaKeypairResult {
  readonly files: readonly Writing[]
}

/**
 * A pair of RSA keys exists in the control side's store, and on the host where paths are given. It is made once and never
 * anew: what was signed with it would be worthless.
 *
 * @example the keys of Kubernetes' service accounts, the same on each master
 * ```ts
 * task('service accounts', rsaKeypair({ name: 'sa', private: '/etc/kubernetes/pki/sa.key', public: '/etc/kubernetes/pki/sa.pub' }))
 * ```
 *
 * @example the public key alone, for who only verifies
 * ```ts
 * task('verify', rsaKeypair({ name: 'sa', public: '/etc/kubernetes/pki/sa.pub', owner: 'root' }))
 * ```
 */
export const rsaKeypair = defineModule<RsaKeypairParams, PlacedState, RsaKeypairResult, Input>({
  name: 'rsaKeypair',
  params: z
    .strictObject({
      name: storeName,
      private: filePathParam.optional(),
      public: filePathParam.optional(),
      bits: z.int().min(2048).max(8192).optional(),
      mode: modeParam.optional(),
      publicMode: modeParam.optional(),
      owner: fileAttributeParams.owner,
      group: fileAttributeParams.group,
    })
    .refine((params) => params.private === undefined || params.private !== params.public, {
      path: ['public'],
      error: 'each key needs a file of its own',
    }),
  subject: (params) => params.private ?? params.public ?? params.name,
  async prepare(params, { store }) {
    const { name, bits = 2048, mode = '0600', publicMode = '0644', owner, group } = params
    const stored = `keys/${name}`
    let made = false
    const { '-key.pem': privateKey = '' } = await store.update(stored, async (present) => {
      made = present?.['-key.pem'] === undefined
      if (!made) return present!
      const key = await newKey(bits)
      return { '-key.pem': key, '.pem': publicHalf(name, key) }
    })
    const publicKey = publicHalf(name, privateKey)
    const provisional = store.isProvisional?.(stored) ?? false
    const attributes = { ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) }
    const files: Writing[] = []
    if (params.private !== undefined) {
      const content = contentOf(privateKey, { secret: true, provisional })
      files.push(placedFile(params.private, content, { mode, ...attributes }))
    }
    if (params.public !== undefined) {
      files.push(placedFile(params.public, contentOf(publicKey, { provisional }), { mode: publicMode, ...attributes }))
    }
    return { files, publicKey, made }
  },
  probe: ({ files }) => probePlaced(files),
  desired: ({ files }, actual) => desiredPlaced(files, actual),
  apply: ({ files }, change) => applyPlaced(files, change),
  result: ({ publicKey, made }) => ({ publicKey, made }),
  touches: ({ files }) => files.flatMap(writtenResources),
  predict: ({ files }, change) => predictPlaced(files, change),
})

const newKeyPair = promisify(generateKeyPair)

async function newKey(bits: number): Promise<string> {
  // in a thread of its own: a synchronous one would hold up every host
  const { privateKey } = await newKeyPair('rsa', { modulusLength: bits, publicExponent: 65537 })
  return privateKey.export({ type: 'pkcs1', format: 'pem' }) as string
}

/** @throws TsplayError where what the store has is no RSA key. */
function publicHalf(name: string, privateKey: string): string {
  const hint = `it is not made anew unasked: mend or remove keys/${name}-key.pem in the store`
  try {
    const key = createPrivateKey(privateKey)
    if (key.asymmetricKeyType !== 'rsa') throw new Error(`a key of type ${key.asymmetricKeyType}`)
    return createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string
  } catch {
    throw new TsplayError(`the key '${name}' in the store is not an RSA key`, { hint })
  }
}
