// aptKey: a key that apt trusts, in a keyring of its own. Which repositories it signs is said where they are: `signedBy`.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import {
  desiredKeyring,
  fingerprintParam,
  type Keyring,
  type KeyringState,
  keyParam,
  keyringOf,
  keyringProbe,
  keyringScript,
  predictKeyring,
} from './common/apt-keyring.ts'
import { aptFileName } from './common/apt-sources.ts'
import { filePathParam } from './common/names.ts'

/** Parameters of `aptKey`. */
export interface AptKeyParams {
  /** What the keyring is called: `docker` is /etc/apt/keyrings/docker.gpg. */
  name: string
  /**
   * The public key: its text (`-----BEGIN PGP PUBLIC KEY BLOCK-----`), an address that the host fetches, or a file of the
   * control side. An address is asked only where the keyring does not hold the key yet. May be left out with `absent`.
   */
  key?: string
  /** The key must have this fingerprint: 40 digits, or the last 16. Default: any will do. */
  fingerprint?: string
  /** Where the keyring goes instead, an absolute path. Default /etc/apt/keyrings/NAME.gpg. */
  keyring?: string
  /** Default `present`. */
  state?: 'present' | 'absent'
}

type Input = AptKeyParams & { readonly file: Keyring }

/**
 * A keyring under /etc/apt/keyrings holds a key, or is not there. Text is decoded on the way, so the host needs no gpg.
 *
 * @example from the project's own address, checked
 * ```ts
 * task('docker key', aptKey({
 *   name: 'docker',
 *   key: 'https://download.docker.com/linux/debian/gpg',
 *   fingerprint: '9DC8 5822 9FC7 DD38 854A E2D8 8D81 803C 0EBF CD88',
 * }))
 * ```
 * @example from a file beside the playbook
 * ```ts
 * task('own key', aptKey({ name: 'example', key: 'example.asc' }))
 * ```
 */
export const aptKey = defineModule<AptKeyParams, KeyringState | null, { readonly keyring: string }, Input>({
  name: 'aptKey',
  params: z
    .strictObject({
      name: aptFileName,
      key: keyParam.optional(),
      fingerprint: fingerprintParam.optional(),
      keyring: filePathParam.optional(),
      state: z.enum(['present', 'absent']).optional(),
    })
    .refine(({ key, state }) => key !== undefined || state === 'absent', {
      error: 'is needed: its text, an address, or a file of the control side',
      path: ['key'],
    }),
  subject: keyringPath,
  async prepare(params, control) {
    const key = params.state === 'absent' ? undefined : params.key
    return { ...params, file: await keyringOf(keyringPath(params), key, params.fingerprint, control) }
  },
  probe: ({ file }) => keyringProbe(file),
  desired: ({ state, file }) => (state === 'absent' ? null : desiredKeyring(file)),
  apply: ({ file }, { to }) => (to === null ? sh`rm -f -- ${file.path}` : keyringScript(file)),
  result: ({ file }) => ({ keyring: file.path }),
  touches: ({ file }) => [fileResource(file.path)],
  predict: ({ file }, { to }) => predictKeyring(file, to),
})

function keyringPath({ name, keyring }: AptKeyParams): string {
  return keyring ?? `/etc/apt/keyrings/${name}.gpg`
}
