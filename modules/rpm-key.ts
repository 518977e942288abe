// rpmKey: a key that rpm checks signatures of packages with.
import { z } from 'zod'
import type { Content } from '../engine/content.ts'
import { type Desired, defineModule, TaskFailure } from '../engine/module.ts'
import { all, map, type Probe, type ScriptAnswer, script } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import { fingerprintsOf, isArmoured, isId, isUrl, keySource, normalised } from './common/key-source.ts'
import { type PgpKey, pgpKeys } from './common/pgp-key.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `rpmKey`. */
export interface RpmKeyParams {
  /**
   * The key: its address (`https://…`, fetched by the host), its path on the host, or the armoured text itself. With
   * `absent` also its fingerprint or the end of it. Default: none, where there is `src`.
   */
  key?: string
  /** The same from a file of the control side. Default: none, where there is `key`. */
  src?: string
  /** Default `present`. */
  state?: 'present' | 'absent'
  /**
   * Fingerprints that the file's keys must have, blanks as you like. Another key is refused; and a file from an address is
   * only fetched where these are missing. Default: any.
   */
  fingerprint?: string | string[]
}

/** Keys of rpm. */
export interface RpmKeyState {
  /** By fingerprint: whether rpm has it. */
  readonly keys: Readonly<Record<string, boolean>>
}

interface Found {
  /** Names of keys as rpm has them, without `gpg-pubkey-`; undefined where there is no rpm. */
  readonly installed: readonly string[] | undefined
  /** The file, or why there is none. */
  readonly file: Content | string | undefined
}

type Input = RpmKeyParams & { readonly content?: Content }

const fingerprintParam = z.string().regex(/^\s*([0-9A-Fa-f]\s*){40}$/, {
  error: 'a fingerprint is 40 hexadecimal digits: gpg --show-keys FILE prints it',
})

/**
 * rpm has a key, so that it takes packages that are signed with it, or has it no more.
 *
 * @example the key of a repository, and only that one
 * ```ts
 * task('elrepo key', rpmKey({
 *   key: 'https://www.elrepo.org/RPM-GPG-KEY-elrepo.org',
 *   fingerprint: '96C0 104F 6315 4731 1E0B B1AE 309B C305 BAAD AE52',
 * }))
 * ```
 * @example a key that is not trusted any more
 * ```ts
 * task('old key', rpmKey({ key: 'baadae52', state: 'absent' }))
 * ```
 */
export const rpmKey = defineModule<RpmKeyParams, RpmKeyState & { readonly found: Found }, object, Input>({
  name: 'rpmKey',
  params: z
    .strictObject({
      key: z.string().min(1).optional(),
      src: z.string().min(1).optional(),
      state: z.enum(['present', 'absent']).optional(),
      fingerprint: z.union([fingerprintParam, z.array(fingerprintParam)]).optional(),
    })
    .refine(({ key, src }) => (key === undefined) !== (src === undefined), { error: 'give key or src', path: ['key'] })
    .superRefine(({ key, state }, context) => {
      if (key === undefined || isUrl(key) || key.startsWith('/') || isArmoured(key)) return
      if (isId(key) && state === 'absent') return
      const message = isId(key)
        ? "an id tells nothing of the key: give its address, its path or its text; an id goes with state 'absent'"
        : 'expected an address (https://…), an absolute path on the host, or the text of the key'
      context.addIssue({ code: 'custom', path: ['key'], message })
    }),
  subject: ({ key, src }) => (key === undefined ? src! : isArmoured(key) ? 'key' : key),
  async prepare(params, control) {
    return params.src === undefined ? params : { ...params, content: (await control.file(params.src)).content }
  },
  probe: (input) =>
    map(all({ installed: installedKeys, file: keySource(input) }), (found) => ({
      found: { installed: found.installed.code === 0 ? namesIn(found.installed) : undefined, file: found.file },
      keys: Object.fromEntries(
        wanted(input, found.file).map((id) => [id, nameOf(id, namesIn(found.installed)) !== undefined]),
      ),
    })),
  desired(input, { found, keys }): Desired<RpmKeyState & { found: Found }> {
    if (!found.installed)
      throw new TaskFailure('the host has no rpm', 'on Debian and its kin keys belong to a repository')
    const state = input.state !== 'absent'
    const settled = Object.keys(keys).length > 0 && Object.values(keys).every((has) => has === state)
    check(input, found.file, settled)
    return { keys: Object.fromEntries(Object.keys(keys).map((id) => [id, state])) }
  },
  apply(input, { from }) {
    const { file: content, installed = [] } = from.found
    if (input.state === 'absent') {
      const names = Object.keys(from.keys).flatMap((id) => nameOf(id, installed) ?? [])
      return sh`rpm -e --allmatches -- ${names.map((name) => `gpg-pubkey-${name}`)}`
    }
    return sh`_k=$(mktemp) || exit 1
trap 'rm -f -- "$_k"' EXIT
trap 'exit 143' HUP INT TERM
${content as Content} > "$_k" && rpm --import "$_k"`
  },
  touches: () => ['rpm-keys'],
  predict(input, { from }) {
    const { installed = [], file: content } = from.found
    const gone = Object.keys(from.keys).flatMap((id) => nameOf(id, installed) ?? [])
    const after =
      input.state === 'absent'
        ? installed.filter((name) => !gone.includes(name))
        : [
            ...installed,
            ...keysIn(content).map(({ fingerprint, created }) => `${fingerprint.slice(-8).toLowerCase()}-${created}`),
          ]
    return [willAnswer(installedKeys, { code: 0, stdout: after.map((name) => `${name}\n`).join('') })]
  },
})

const installedKeys: Probe<ScriptAnswer> = script(
  sh`if ! command -v rpm >/dev/null 2>&1; then exit 127; fi
LC_ALL=C rpm -q gpg-pubkey --qf '%{VERSION}-%{RELEASE}\n' | grep -v ' '; :`,
  { reads: ['rpm-keys'] },
)

const namesIn = ({ stdout }: ScriptAnswer): string[] => stdout.split('\n').filter(Boolean)

/** rpm names keys by the last eight digits of the fingerprint, newer ones by all of it. */
const nameOf = (id: string, installed: readonly string[]): string | undefined =>
  installed.find((name) => {
    const [version = ''] = name.toUpperCase().split('-')
    return id.endsWith(version) || version.endsWith(id)
  })

const keysIn = (content: Found['file']): PgpKey[] =>
  content === undefined || typeof content === 'string' ? [] : pgpKeys(content.bytes ?? new Uint8Array())

/** Which keys it is about, by fingerprint or id. */
function wanted({ key = '', fingerprint }: Input, content: Found['file']): string[] {
  const found = keysIn(content).map((each) => each.fingerprint)
  if (found.length > 0) return found
  return isId(key) ? [normalised(key)] : fingerprintsOf(fingerprint)
}

/** @throws TaskFailure where there is no key to be imported, or another than was asked for. */
function check(input: Input, content: Found['file'], settled: boolean): void {
  const what = rpmKey.module.subject!(input)
  if (typeof content === 'string' && !(settled && input.fingerprint !== undefined)) throw new TaskFailure(content)
  if (typeof content !== 'object') return
  const found = keysIn(content).map((each) => each.fingerprint)
  if (found.length === 0)
    throw new TaskFailure(
      `${what} holds no public key of OpenPGP`,
      "it begins with '-----BEGIN PGP PUBLIC KEY BLOCK-----'",
    )
  const asked = fingerprintsOf(input.fingerprint)
  const other =
    found.find((each) => asked.length > 0 && !asked.includes(each)) ?? asked.find((each) => !found.includes(each))
  if (other !== undefined)
    throw new TaskFailure(`${what} has the key ${found.join(', ')}, not ${asked.join(', ')}`, 'it was not imported')
}
