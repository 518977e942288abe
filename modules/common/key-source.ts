// Where a public key comes from: an address, a file of the host, a text. Imports nothing.
import { type Content, contentOf } from '../../engine/content.ts'
import { always, file, map, type Probe, type ScriptAnswer, script } from '../../engine/probe.ts'
import { sh } from '../../engine/script.ts'
import { pgpKeys } from './pgp-key.ts'

/** Which key is asked for. */
export interface KeyAsked {
  readonly key?: string
  /** Of a file of the control side. */
  readonly content?: Content
  readonly fingerprint?: string | string[]
  readonly state?: 'present' | 'absent'
}

/** The file of the key, or why it is not to be had; undefined where none is needed. */
export function keySource({ key = '', content, fingerprint, state }: KeyAsked): Probe<Content | string | undefined> {
  if (content) return always(content)
  if (isArmoured(key)) return always(contentOf(key.endsWith('\n') ? key : `${key}\n`))
  if (key.startsWith('/'))
    return map(file(key), (answer) => (answer?.content ? contentOf(answer.content) : `${key} is not a file with a key`))
  const ids = fingerprintsOf(fingerprint).map((each) => each.slice(-8))
  if (!isUrl(key) || (state === 'absent' && ids.length > 0)) return always(undefined)
  return map(fetched(key, ids), ({ stdout }) => {
    const bytes = Buffer.from(stdout, 'base64')
    if (bytes.length === 0 || pgpKeys(bytes).length > 0) return bytes.length === 0 ? undefined : contentOf(bytes)
    return `${key}: ${bytes.toString('utf8', 0, 300).trim()}`
  })
}

/** In base64, since keys may be binary; an error comes in place of the file. Nothing where all these keys are there. */
const fetched = (url: string, ids: readonly string[]): Probe<ScriptAnswer> =>
  script(
    sh`_m=${ids.length === 0 ? 'yes' : ''}
for _i in ${ids}; do rpm -q gpg-pubkey --qf '%{VERSION}\n' 2>/dev/null | grep -q -i -e "$_i$" || _m=yes; done
if [ -z "$_m" ]; then exit 0; fi
{ if command -v curl >/dev/null 2>&1; then curl -fsSL --max-time 60 ${url}
elif command -v wget >/dev/null 2>&1; then wget -q -T 60 -O - ${url} || echo 'it cannot be fetched'
else echo 'the host has neither curl nor wget to fetch it with'; fi; } 2>&1 | base64`,
    { reads: ['rpm-keys', 'network'] },
  )

export const fingerprintsOf = (value: string | readonly string[] = []): string[] => [value].flat().map(normalised)

export const normalised = (id: string): string => id.replace(/\s|^0x/g, '').toUpperCase()

export const isUrl = (key: string): boolean => /^(https?|ftp|file):\/\/\S+$/.test(key)

export const isArmoured = (key: string): boolean => key.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----')

export const isId = (key: string): boolean => /^(0x)?[0-9A-Fa-f\s]{8,}$/.test(key)
