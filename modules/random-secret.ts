// randomSecret: a value that nobody knows, made once on the control side and kept, and a file of it on hosts.
import { randomBytes, randomInt } from 'node:crypto'
import { z } from 'zod'
import { contentOf } from '../engine/content.ts'
import { TsplayError } from '../engine/error.ts'
import { defineModule } from '../engine/module.ts'
import { storeName } from '../engine/pki/paths.ts'
import { type Secret, secret } from '../engine/secret.ts'
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

/** Parameters of `randomSecret`. */
export interface RandomSecretParams {
  /** What the store calls it. Tasks and hosts that name the same one share its value. */
  name: string
  /** Bytes of randomness; for `alphanumeric` the number of characters. Not with `kubeadm`. Default 16. */
  bytes?: number
  /**
   * How a new one is written: `hex` (default), `base64`, `alphanumeric` (letters and digits), or `kubeadm`, a bootstrap
   * token such as `abcdef.0123456789abcdef`.
   */
  encoding?: 'hex' | 'base64' | 'alphanumeric' | 'kubeadm'
  /** Path of a file on the host that holds it, and a newline. Default: it stays in the store and in `register`. */
  dest?: string
  /** What the file holds instead, `%s` standing for the value: a whole configuration file. Default: the value and a newline. */
  text?: string
  /** Mode of the file. Default `0600`. */
  mode?: string
  /** Owner of the file. Default: left as it is. */
  owner?: string
  /** Group of the file. Default: left as it is. */
  group?: string
}

/** What `register` receives. */
export interface RandomSecretResult {
  /** The value, for templates, files and other tasks. It prints as ***. */
  readonly value: Secret
  /** True where this task made it, in the store. */
  readonly made: boolean
}

interface Input extends RandomSecretResult {
  readonly files: readonly Writing[]
}

/**
 * A random value exists in the control side's store. It is made once and never anew: to change it, take its file out of
 * the store, or put another value there.
 *
 * @example a bootstrap token, used in a template
 * ```ts
 * task('token', randomSecret({ name: 'bootstrap-token', encoding: 'hex', bytes: 16 })).register(({ value }) => [
 *   task('token.csv', template({ src: 'token.csv.ejs', dest: '/opt/kubernetes/cfg/token.csv', mode: '0600', vars: { token: value } })),
 * ])
 * ```
 *
 * @example a password of eight characters, in a line of a file
 * ```ts
 * task('password', randomSecret({ name: 'vrrp', encoding: 'alphanumeric', bytes: 8, dest: '/etc/vrrp', text: 'auth_pass %s\n' }))
 * ```
 */
export const randomSecret = defineModule<RandomSecretParams, PlacedState, RandomSecretResult, Input>({
  name: 'randomSecret',
  params: z
    .strictObject({
      name: storeName,
      bytes: z.int().min(1).max(1024).optional(),
      encoding: z.enum(['hex', 'base64', 'alphanumeric', 'kubeadm']).optional(),
      dest: filePathParam.optional(),
      text: z.string().includes('%s', { error: 'it needs a %s, where the value goes' }).optional(),
      mode: modeParam.optional(),
      owner: fileAttributeParams.owner,
      group: fileAttributeParams.group,
    })
    .refine(({ bytes, encoding }) => bytes === undefined || encoding !== 'kubeadm', {
      path: ['bytes'],
      error: 'a kubeadm token has 6 and 16 characters',
    })
    .refine(
      ({ dest, text, mode, owner, group }) => dest !== undefined || (text ?? mode ?? owner ?? group) === undefined,
      {
        path: ['dest'],
        error: 'text, mode, owner and group are those of the file: give its path',
      },
    ),
  subject: ({ name, dest }) => dest ?? name,
  async prepare(params, { store }) {
    const { name, dest, text = '%s\n', mode = '0600', owner, group } = params
    const stored = `secrets/${name}`
    let made = false
    const { '.txt': kept = '' } = await store.update(stored, async (present) => {
      made = present === undefined // asked again where another run was quicker
      return present ?? { '.txt': `${newValue(params)}\n` }
    })
    const value = kept.replace(/\r?\n$/, '')
    checkKept(params, value)
    const provisional = store.isProvisional?.(stored) ?? false
    const content = contentOf(
      text.replaceAll('%s', () => value),
      { secret: true, secrets: [value], provisional },
    )
    const attributes = { mode, ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) }
    return {
      files: dest === undefined ? [] : [placedFile(dest, content, attributes)],
      value: secret(value, name),
      made,
    }
  },
  probe: ({ files }) => probePlaced(files),
  desired: ({ files }, actual) => desiredPlaced(files, actual),
  apply: ({ files }, change) => applyPlaced(files, change),
  result: ({ value, made }) => ({ value, made }),
  touches: ({ files }) => files.flatMap(writtenResources),
  predict: ({ files }, change) => predictPlaced(files, change),
})

const lower = 'abcdefghijklmnopqrstuvwxyz0123456789'

function newValue({ bytes = 16, encoding = 'hex' }: RandomSecretParams): string {
  if (encoding === 'kubeadm') return `${characters(6, lower)}.${characters(16, lower)}`
  if (encoding === 'alphanumeric') return characters(bytes, `${lower}ABCDEFGHIJKLMNOPQRSTUVWXYZ`)
  return randomBytes(bytes).toString(encoding)
}

const characters = (count: number, alphabet: string): string =>
  Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join('')

/** A value that somebody else has put into the store is taken as it is, as long as it can be used. */
function checkKept({ name, encoding }: RandomSecretParams, value: string): void {
  const wrong =
    value === ''
      ? 'is empty'
      : encoding === 'kubeadm' && !/^[a-z0-9]{6}\.[a-z0-9]{16}$/.test(value)
        ? 'is not a token of kubeadm'
        : undefined
  if (wrong !== undefined)
    throw new TsplayError(`the secret '${name}' in the store ${wrong}`, {
      hint: `it is not made anew unasked: mend or remove secrets/${name}.txt in the store`,
    })
}
