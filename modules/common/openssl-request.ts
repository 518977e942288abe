// Keys and certificate requests made by a host's own openssl, 1.0.2 or newer: its scripts. Knows nothing of what is there.
import { staleCode } from '../../engine/module.ts'
import { type Script, sh } from '../../engine/script.ts'
import { alternativeNames, encodeNames } from '../../engine/x509/alternative-name.ts'
import { encodeDer } from '../../engine/x509/der.ts'
import { formatKey, type KeySpec } from '../../engine/x509/key.ts'
import type { Subject } from '../../engine/x509/subject.ts'

/**
 * Prints the public half of the private key in a file, as PEM; nothing where there is no file, {@link noOpenssl} or
 * {@link encrypted} where it cannot. A key that is none makes it fail.
 */
export const printPublicKey = (
  key: string,
): Script => sh`if ! command -v openssl >/dev/null 2>&1; then echo ${noOpenssl}
elif [ ! -f ${key} ]; then :
elif grep -q ENCRYPTED < ${key}; then echo ${encrypted}
else openssl pkey -in ${key} -pubout -passin pass: </dev/null
fi`

/** The host has no openssl. */
export const noOpenssl = 'no-openssl'

/** The key wants a passphrase. */
export const encrypted = 'encrypted'

/** Writes a new private key to standard output, PKCS#8. Fails as stale where meanwhile somebody has made one at `path`. */
export const makeKey = (spec: KeySpec, path: string): Script => sh`{
openssl genpkey ${keyOptions(spec)} </dev/null || {
  printf '%s cannot make a key of the kind %s\n' "$(openssl version 2>&1)" ${formatKey(spec)} >&2
  exit 1
}
if [ -e ${path} ]; then exit ${staleCode}; fi
}`

const keyOptions = (spec: KeySpec): readonly string[] =>
  spec.algo === 'rsa'
    ? ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${spec.size}`]
    : spec.algo === 'ecdsa'
      ? // in this order, and by name: the parameters themselves are what 1.0.2 would write
        [
          '-algorithm',
          'EC',
          '-pkeyopt',
          `ec_paramgen_curve:${curves[spec.size]}`,
          '-pkeyopt',
          'ec_param_enc:named_curve',
        ]
      : ['-algorithm', 'ED25519']

const curves = { 256: 'prime256v1', 384: 'secp384r1', 521: 'secp521r1' } as const

/** Writes a request that the key signs to standard output, as PEM. */
export const makeRequest = (key: string, subject: Subject, hosts: readonly string[]): Script =>
  // 1.0.2 knows no -addext, so that there is a configuration; a name in it could not hold every character, the option can
  sh`printf '%s\n' ${configuration(alternativeNames(hosts))} |
openssl req -new -config /dev/stdin -key ${key} -passin pass: -sha256 -utf8 ${severalOf(subject)} -subj ${subjectOption(subject)}`

function configuration(names: readonly string[]): readonly string[] {
  const lines = ['[req]', 'distinguished_name = dn', `string_mask = MASK:${printableOrUtf8}`]
  if (names.length === 0) return [...lines, '[dn]']
  const encoded = encodeDer(encodeNames(names)).toString('hex')
  return [...lines, 'req_extensions = extensions', '[dn]', '[extensions]', `subjectAltName = DER:${encoded}`]
}

/** openssl's bits for the two kinds of text that cfssl writes. */
const printableOrUtf8 = 0x2002

const fields = ['c', 'st', 'l', 'o', 'ou', 'cn'] as const

const valuesOf = (subject: Subject, field: (typeof fields)[number]): readonly string[] => [subject[field] ?? []].flat()

/** Before 3.0 several values of one field have to be asked for. */
const severalOf = (subject: Subject): readonly string[] =>
  fields.some((field) => valuesOf(subject, field).length > 1) ? ['-multivalue-rdn'] : []

/** `/C=CN/O=a+O=b/CN=c`, with backslashes before what would end a value. */
const subjectOption = (subject: Subject): string =>
  fields
    .flatMap((field) => {
      const values = valuesOf(subject, field).map(
        (value) => `${field.toUpperCase()}=${value.replace(/[\\/+]/g, '\\$&')}`,
      )
      return values.length === 0 ? [] : [`/${values.join('+')}`]
    })
    .join('')
