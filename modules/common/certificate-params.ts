// Parameters that `ca`, `cert` and `certRequest` share, and cfssl's files among them.
import path from 'node:path'
import { z } from 'zod'
import { contentText } from '../../engine/content.ts'
import { suggest, TsplayError } from '../../engine/error.ts'
import type { Control } from '../../engine/module.ts'
import { type CsrFile, type Profile, readCsrFile, readSigningConfig } from '../../engine/x509/cfssl.ts'
import type { KeySpec } from '../../engine/x509/key.ts'
import { type Usage, usageWords } from '../../engine/x509/usage.ts'
import { fileAttributeParams, modeParam } from './file-attributes.ts'
import { filePathParam } from './names.ts'

/** What a certificate is for: `server` and `client`, or cfssl's words. */
export type CertificateUsage = 'server' | 'client' | Usage

export const usagesParam = z
  .array(z.enum(['server', 'client', ...usageWords] as [CertificateUsage, ...CertificateUsage[]]))
  .min(1)

/** Where the files of a certificate go, and whose they are. */
export const placingParams = {
  dest: filePathParam.optional(),
  keyDest: filePathParam.optional(),
  owner: fileAttributeParams.owner,
  group: fileAttributeParams.group,
  mode: modeParam.optional(),
  keyMode: modeParam.optional(),
  keyFormat: z.enum(['traditional', 'pkcs8']).optional(),
}

export const sourceFileParam = z.string().min(1)

/**
 * cfssl's words for usages. Where only `server` and `client` are said, the key may also do what TLS needs of it: sign, and
 * with RSA encipher keys.
 */
export function usageWordsOf(usages: readonly CertificateUsage[], key: KeySpec | undefined): Usage[] {
  const words = usages.map(
    (usage): Usage => (usage === 'server' ? 'server auth' : usage === 'client' ? 'client auth' : usage),
  )
  const short = usages.every((usage) => usage === 'server' || usage === 'client')
  return short ? ['signing', ...(key?.algo === 'rsa' ? (['key encipherment'] as const) : []), ...words] : words
}

/** The name that `cfssljson -bare` is given by custom: `server` for `server-csr.json`. */
export const nameOfCsr = (csr: string): string => path.basename(csr).replace(/(-csr)?\.json$/, '')

/** @throws TsplayError with the place of what is wrong */
export const csrFileOf = async (control: Control, csr: string): Promise<CsrFile> =>
  readCsrFile(...(await textOf(control, csr)))

/** A profile of a ca-config.json; without a name the default one. @throws TsplayError where there is none of this name */
export async function profileOf(control: Control, config: string, name: string | undefined): Promise<Profile> {
  const [text, file] = await textOf(control, config)
  const { profiles, standard } = readSigningConfig(text, file)
  const found = name === undefined ? standard : profiles[name]
  if (!found)
    throw new TsplayError(`there is no profile '${name}' in the signing configuration`, {
      place: { file },
      hint: suggest(name!, Object.keys(profiles)),
    })
  if (found.usages.length === 0)
    throw new TsplayError(
      `${name === undefined ? 'the default profile' : `the profile '${name}'`} has no usages: nothing would accept what it signs`,
      { place: { file }, hint: name === undefined ? `name a profile: ${Object.keys(profiles).join(', ')}` : undefined },
    )
  return found
}

async function textOf(control: Control, src: string): Promise<[text: string, file: string]> {
  const { content, path: file } = await control.file(src)
  const text = contentText(content)
  if (text === undefined) throw new TsplayError(`'${file}' is no small text`, { place: { file } })
  return [text, file]
}
