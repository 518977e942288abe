// A keyring file for apt: what it holds, what it should hold, and how it gets there. Which repository it is for, it does not know.
import path from 'node:path'
import { z } from 'zod'
import { type Content, contentOf } from '../../engine/content.ts'
import { TsplayError } from '../../engine/error.ts'
import type { Control } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import { map, type Probe } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'
import { configFile, writeConfigFile } from './config-file.ts'
import { downloadTo, isUrl, urlParam } from './host-download.ts'
import { binaryKey, fingerprintsOf, isArmored, isFingerprint, plainFingerprint } from './openpgp-key.ts'

/** A key for a keyring: the file, and what should be in it; fetched by the host where only its address is known. */
export interface Keyring {
  readonly path: string
  readonly source: { readonly content: Content } | { readonly url: string } | undefined
  readonly fingerprint: string | undefined
}

/** A keyring file. */
export interface KeyringState {
  readonly content: Content
  /** Whether it holds the key that is wanted; `other`: a valid one with another fingerprint. */
  readonly key: 'there' | 'other' | 'none'
}

/** The key as users give it. */
export const keyParam: z.ZodType<string> = z
  .string()
  .min(1)
  .refine((key) => !isUrl(key) || urlParam.safeParse(key).success, {
    error: (issue) => urlParam.safeParse(issue.input).error?.issues[0]?.message ?? 'is no address',
  })

export const fingerprintParam: z.ZodType<string> = z
  .string()
  .refine((text) => /^([0-9A-F]{16}|[0-9A-F]{40}|[0-9A-F]{64})$/.test(plainFingerprint(text)), {
    error: 'is a fingerprint of 40 hexadecimal digits, or at least the last 16 of them',
  })

/** `key`: text, an address, or a file of the control side. @throws TsplayError where it is no key, or not the one of `fingerprint`. */
export async function keyringOf(
  at: string,
  key: string | undefined,
  fingerprint: string | undefined,
  control: Control,
): Promise<Keyring> {
  if (key === undefined) return { path: at, source: undefined, fingerprint }
  if (isUrl(key)) return { path: at, source: { url: key }, fingerprint }
  const text = new TextEncoder().encode(key)
  const bytes = isArmored(text) ? text : await bytesOf((await control.file(key)).content)
  return { path: at, source: { content: checkedKey(bytes, key, fingerprint) }, fingerprint }
}

/** null: there is no such file. */
export const keyringProbe = ({ path, source, fingerprint }: Keyring): Probe<KeyringState | null> =>
  map(configFile(path, source && 'content' in source ? { unless: source.content } : {}), (content) => {
    if (content === null) return null
    const found = content.bytes ? fingerprintsOf(content.bytes) : []
    const key =
      found.length === 0
        ? 'none'
        : fingerprint === undefined ||
            content.sha256 === standIn.sha256 ||
            found.some((each) => isFingerprint(each, fingerprint))
          ? 'there'
          : 'other'
    return { content, key }
  })

export const desiredKeyring = ({ source }: Keyring): Partial<KeyringState> =>
  source === undefined ? {} : 'content' in source ? { content: source.content } : { key: 'there' }

/** Replaces the keyring. What is fetched is looked at before anything is replaced. */
export function keyringScript({ path: at, source, fingerprint }: Keyring): Script {
  if (source === undefined) return sh.empty
  if ('content' in source) return writeConfigFile(at, source.content)
  return sh`(
mkdir -p -- ${path.posix.dirname(at)} && umask 077 && _t=$(mktemp ${`${at}.XXXXXX`}) || exit 1
trap 'rm -f -- "$_t" "$_t.bin"' EXIT
trap 'exit 143' HUP INT TERM
${downloadTo(source.url, sh.raw('"$_t"'))} || exit 1
if grep -q '^-----BEGIN PGP PUBLIC KEY BLOCK-----' "$_t"; then
  tr -d '\r' < "$_t" | awk '/^-----BEGIN PGP PUBLIC/ { b = 1; h = 1; next } /^-----END PGP/ { b = 0; close("base64 -d"); next }
    b && h { if ($0 ~ /^[ \t]*$/) h = 0; next } b && !/^=/ { print | "base64 -d" }' > "$_t.bin" && mv -f -- "$_t.bin" "$_t" || exit 1
fi
${fingerprintFunction}
_f=$(_fingerprint "$_t")
case $_f in
  '') printf 'there is no OpenPGP public key at %s\n' ${source.url} >&2; exit 1 ;;
  *${fingerprint === undefined ? sh.empty : plainFingerprint(fingerprint)}) ;;
  *) printf 'the key at %s has the fingerprint %s\n' ${source.url} "$_f" >&2; exit 1 ;;
esac
chmod 0644 -- "$_t" && mv -f -- "$_t" ${at}
) || exit 1`
}

export const predictKeyring = ({ path, source }: Keyring, state: Partial<KeyringState> | null): Prediction[] => {
  if (state === null) return [will.beAbsent(path)]
  return source === undefined
    ? []
    : [will.be(path, { type: 'file', mode: '0644', content: 'content' in source ? source.content : standIn })]
}

/** For what only the run will fetch: a key with the fingerprint that nobody knows yet. */
const standIn = contentOf(Buffer.from([0x98, 6, 4, 0, 0, 0, 0, 1]), { provisional: true })

/** The fingerprint of a file's first key (version 4), from its packet alone: hosts need not have gpg. */
const fingerprintFunction = sh`_fingerprint() {
  set -- "$1" $(od -An -tu1 -N3 < "$1")
  case $2 in
    152) _l=$3 _s=3 ;;
    153) _l=$(($3 * 256 + $4)) _s=4 ;;
    198) if [ "$3" -lt 192 ]; then _l=$3 _s=3; elif [ "$3" -lt 224 ]; then _l=$((($3 - 192) * 256 + $4 + 192)) _s=4; else return 1; fi ;;
    *) return 1 ;;
  esac
  { printf "\\231\\$(printf '%03o' $((_l / 256)))\\$(printf '%03o' $((_l % 256)))"; tail -c "+$_s" < "$1" | head -c "$_l"; } |
    sha1sum | cut -c 1-40 | tr a-f A-F
}`

function checkedKey(bytes: Uint8Array, key: string, fingerprint: string | undefined): Content {
  const named = isArmored(new TextEncoder().encode(key)) ? 'the key' : `'${key}'`
  let binary: Uint8Array
  try {
    binary = binaryKey(bytes)
  } catch (error) {
    throw new TsplayError(`${named} ${(error as Error).message}`, {
      hint: 'a key is given as text (-----BEGIN PGP PUBLIC KEY BLOCK-----), as an address, or as a file of the control side',
    })
  }
  const found = fingerprintsOf(binary)
  if (fingerprint !== undefined && !found.some((each) => isFingerprint(each, fingerprint)))
    throw new TsplayError(`${named} has the fingerprint ${found.join(', ')}, not ${plainFingerprint(fingerprint)}`)
  return contentOf(binary)
}

async function bytesOf(content: Content): Promise<Uint8Array> {
  if (content.bytes) return content.bytes
  const chunks: Uint8Array[] = []
  for await (const chunk of content.stream()) chunks.push(chunk)
  return Buffer.concat(chunks)
}
