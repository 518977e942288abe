// A file at an address, as a download of the host's or as one of the control side's. Writes nothing to a host.
import { createHash, randomUUID } from 'node:crypto'
import { type Content, contentText } from '../../engine/content.ts'
import { TsplayError } from '../../engine/error.ts'
import type { Control } from '../../engine/module.ts'
import { isSecret } from '../../engine/secret.ts'
import { type Checksum, checksumOf, digestIn } from './digests.ts'
import type { FileAttributes } from './file-attributes.ts'
import type { CheckedGetUrlParams } from './get-url-params.ts'
import type { HostFile } from './host-file.ts'
import type { Writing } from './written-file.ts'

/** As the host downloads it. `name` is its name where `dest` is a folder. */
export const fileFromHost = (params: CheckedGetUrlParams, name: string | undefined): HostFile => ({
  dest: params.dest,
  name,
  digest: digestOf(params),
  force: params.force ?? false,
  resume: params.resume ?? false,
  backup: params.backup ?? false,
  attributes: attributesOf(params),
  nonce: randomUUID(),
  download: {
    urls: [params.url, ...(params.mirrors ?? [])],
    timeout: params.timeout ?? 30,
    request: {
      ...(params.headers && { headers: params.headers }),
      ...(params.user !== undefined && { user: params.user }),
      ...(params.password !== undefined && { password: params.password }),
      ...(params.validateCerts === false && { validateCerts: false }),
    },
  },
})

/** As the control side has downloaded and checked it. @throws TsplayError where it is not the one that was wanted */
export async function fileFromControl(
  params: CheckedGetUrlParams,
  name: string | undefined,
  control: Control,
): Promise<Writing> {
  const { headers, user, password, timeout = 30, validateCerts = true } = params
  const login = {
    ...(headers && { headers }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
  }
  const request = { ...login, timeout, validateCerts }
  const digest = await knownDigest(params, name, (url) => control.download({ ...request, urls: [url] }))
  const { content } = await control.download({
    ...request,
    urls: [params.url, ...(params.mirrors ?? [])],
    ...(digest?.algorithm === 'sha256' && { sha256: digest.hex }),
  })
  if (digest && digest.algorithm !== 'sha256') await verify(content, digest, params.url)
  const secret = password !== undefined || Object.values(headers ?? {}).some(isSecret)
  return {
    dest: params.dest,
    content: secret ? hidden(content) : content,
    inside: name,
    params: {
      ...attributesOf(params),
      ...(params.backup && { backup: true }),
      ...(digest === undefined && !params.force && { force: false }),
    },
  }
}

async function knownDigest(
  params: CheckedGetUrlParams,
  name: string | undefined,
  download: (url: string) => Promise<{ content: Content }>,
): Promise<Extract<Checksum, { hex: string }> | undefined> {
  const digest = digestOf(params)
  if (digest === undefined || 'hex' in digest) return digest
  const sums = contentText((await download(digest.url)).content)
  const hex = sums === undefined ? undefined : digestIn(sums, name ?? '', digest.algorithm)
  if (hex !== undefined) return { algorithm: digest.algorithm, hex }
  throw new TsplayError(`getUrl: ${digest.url} has no ${digest.algorithm} of '${name}'`)
}

async function verify(
  content: Content,
  { algorithm, hex }: { algorithm: string; hex: string },
  url: string,
): Promise<void> {
  const hash = createHash(algorithm)
  for await (const chunk of content.stream()) hash.update(chunk)
  const found = hash.digest('hex')
  if (found !== hex) throw new TsplayError(`getUrl: ${url} has ${algorithm} ${found}, not ${hex}`)
}

/** What needs a login is not shown in diffs. */
const hidden = (content: Content): Content => ({ ...content, secret: true, stream: () => content.stream() })

const digestOf = ({ sha256, checksum }: CheckedGetUrlParams): Checksum | undefined =>
  sha256 !== undefined
    ? { algorithm: 'sha256', hex: sha256 }
    : checksum === undefined
      ? undefined
      : checksumOf(checksum)

const attributesOf = ({ mode, owner, group }: CheckedGetUrlParams): FileAttributes => ({
  ...(mode !== undefined && { mode }),
  ...(owner !== undefined && { owner }),
  ...(group !== undefined && { group }),
})
