// cfssl's own files: ca-config.json and *-csr.json, read unchanged. What cfssl knows and is not done here is refused, not skipped.
import { z } from 'zod'
import { hostParam } from './alternative-name.ts'
import { durationParam, parseDuration } from './duration.ts'
import { readJson } from './json-file.ts'
import type { KeySpec } from './key.ts'
import type { Subject } from './subject.ts'
import { type Usage, usageWords } from './usage.ts'

/** A profile of ca-config.json. */
export interface Profile {
  readonly usages: readonly Usage[]
  /** Milliseconds. */
  readonly expiry: number
  /** Set where the profile makes authorities. */
  readonly authority?: { readonly pathLength?: number }
}

/** A *-csr.json: what a certificate is wanted for. */
export interface CsrFile {
  readonly subject: Subject
  readonly hosts: readonly string[]
  readonly key: KeySpec
  /** What only holds for authorities that sign themselves. */
  readonly authority: { readonly expiry: number; readonly pathLength?: number }
}

/** cfssl's own defaults: a file that says nothing means these. */
const defaults = {
  key: { algo: 'ecdsa', size: 256 },
  authorityExpiry: 43_800 * 3_600_000,
  expiry: 8760 * 3_600_000,
} as const

const notHere = (what: string) => z.undefined({ error: `${what} is not supported: leave it out` }).optional()

const length = durationParam.transform((text) => parseDuration(text)!)

const usage = z.preprocess(
  // as cfssl has spelt it for years, and knows no other spelling then
  (word) => (word === 'content committment' ? 'content commitment' : word),
  z.enum(usageWords as [Usage, ...Usage[]], { error: (issue) => `${JSON.stringify(issue.input)} is no usage` }),
)

const profile = z.strictObject({
  usages: z.array(usage).default([]),
  expiry: length.optional(),
  ca_constraint: z
    .strictObject({
      is_ca: z.boolean().default(false),
      max_path_len: z.int().min(0).default(0),
      max_path_len_zero: z.boolean().default(false),
    })
    .optional(),
  auth_key: notHere('a remote signer'),
  remote: notHere('a remote signer'),
})

const configFile = z.strictObject({
  signing: z.strictObject({
    default: profile.prefault({}),
    profiles: z.record(z.string(), profile).default({}),
  }),
  auth_keys: notHere('a remote signer'),
  remotes: notHere('a remote signer'),
})

/** A ca-config.json. */
export interface SigningConfig {
  readonly profiles: Readonly<Record<string, Profile>>
  /** What holds where no profile is named. */
  readonly standard: Profile
}

/** @throws TsplayError with line and column */
export function readSigningConfig(text: string, file: string): SigningConfig {
  const { signing } = readJson(text, file, configFile)
  const standardExpiry = signing.default.expiry ?? defaults.expiry
  const profileOf = ({ usages, expiry = standardExpiry, ca_constraint }: z.output<typeof profile>): Profile => ({
    usages,
    expiry,
    ...(ca_constraint?.is_ca && {
      authority: pathLengthOf(ca_constraint.max_path_len, ca_constraint.max_path_len_zero),
    }),
  })
  return {
    standard: profileOf(signing.default),
    profiles: Object.fromEntries(Object.entries(signing.profiles).map(([name, each]) => [name, profileOf(each)])),
  }
}

/** cfssl takes 0 for "not said", unless it is said that it is meant. */
const pathLengthOf = (length: number, zero: boolean): { pathLength?: number } =>
  length > 0 || zero ? { pathLength: length } : {}

const filled = z.string().transform((text) => (text === '' ? undefined : text))

const csrFile = z.strictObject({
  CN: z.string().max(64).optional(),
  hosts: z.array(hostParam).default([]),
  key: z
    .union(
      [
        z.strictObject({ algo: z.literal('rsa'), size: z.int().min(2048).max(8192) }),
        z.strictObject({ algo: z.literal('ecdsa'), size: z.literal([256, 384, 521]) }),
        z.strictObject({ algo: z.literal('ed25519'), size: z.int().optional() }),
      ],
      { error: 'a key has algo rsa with size 2048 to 8192, ecdsa with 256, 384 or 521, or ed25519' },
    )
    .default(defaults.key),
  names: z
    .array(
      z.strictObject({
        C: filled.optional(),
        ST: filled.optional(),
        L: filled.optional(),
        O: filled.optional(),
        OU: filled.optional(),
      }),
    )
    .default([]),
  ca: z
    .strictObject({
      expiry: length.optional(),
      pathlen: z.int().min(0).default(0),
      pathlenzero: z.boolean().default(false),
    })
    .optional(),
})

/** @throws TsplayError with line and column */
export function readCsrFile(text: string, file: string): CsrFile {
  const { CN, hosts, key, names, ca } = readJson(text, file, csrFile)
  const all = (field: 'C' | 'ST' | 'L' | 'O' | 'OU') => {
    const values = names.flatMap((each) => each[field] ?? [])
    return values.length === 0 ? {} : { [field.toLowerCase()]: values.length === 1 ? values[0] : values }
  }
  return {
    subject: { ...(CN && { cn: CN }), ...all('C'), ...all('ST'), ...all('L'), ...all('O'), ...all('OU') },
    hosts,
    key: key.algo === 'ed25519' ? { algo: key.algo } : key,
    authority: {
      expiry: ca?.expiry ?? defaults.authorityExpiry,
      ...(ca && pathLengthOf(ca.pathlen, ca.pathlenzero)),
    },
  }
}
