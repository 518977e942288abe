// getUrl: a file from an address, on the host or by way of the control side.

import { createHash, randomUUID } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { type Content, contentText } from '../engine/content.ts'
import { TsplayError } from '../engine/error.ts'
import { type Change, type Control, type Desired, defineModule } from '../engine/module.ts'
import { fileResource } from '../engine/resource.ts'
import { isSecret, type Text } from '../engine/secret.ts'
import { type Checksum, checksumOf, checksumParam, digestIn, sha256Param } from './common/digests.ts'
import { type FileAttributes, fileAttributeParams } from './common/file-attributes.ts'
import {
  applyHostFile,
  desiredHostFile,
  type HostFile,
  type HostFileState,
  hostFileProbe,
  predictHostFile,
} from './common/host-file.ts'
import { pathParam } from './common/params.ts'
import { headersParam, loginParams, noPasswordIn, urlParam } from './common/request-params.ts'
import {
  desiredWritten,
  predictWritten,
  type Writing,
  type WrittenState,
  writeScript,
  writtenProbe,
} from './common/written-file.ts'

/** Parameters of `getUrl`. */
export interface GetUrlParams extends FileAttributes {
  /** Address of the file: http, https or ftp. A login goes into `user` and `password`. */
  url: string
  /** Other addresses of the same file, tried in order where one fails or gives something else. Default: none. */
  mirrors?: readonly string[]
  /** Absolute path on the host. A folder that exists, or a slash at the end, means: into it, by the name in `url`. */
  dest: string
  /** Hex sha256 of the file. With one, a file that is right is not downloaded, and no other is ever put in place. Default: none. */
  sha256?: string
  /**
   * The same by any algorithm: `'sha512:…'`; or `'sha256:https://…/SHA256SUMS'`, where the digest stands by the file's
   * name. Default: none.
   */
  checksum?: string
  /** Without a digest: true downloads each time, and replaces what differs. Default false: a file that is there stays. */
  force?: boolean
  /** `'host'` (default): with the host's curl or wget. `'control'`: once on the control side into its cache, then sent to each host. */
  via?: 'host' | 'control'
  /** Sent with the request. Secret values need curl on the host. Default: none. */
  headers?: Readonly<Record<string, Text>>
  /** Log in with this name. Default: nobody logs in. */
  user?: string
  /** And this password. Default: none. */
  password?: Text
  /** Seconds without an answer, or without a byte, after which an address is given up. Default 30. */
  timeout?: number
  /** Go on where an earlier try broke off. Needs a digest, and `via: 'host'`. Default false. */
  resume?: boolean
  /** False: whoever answers is believed. Default true. */
  validateCerts?: boolean
  /** Keep a copy of the file that is replaced, beside it, named by the time. Default false. */
  backup?: boolean
}

/** What `register` receives. */
export interface GetUrlResult {
  /** Where the file is. */
  readonly dest: string
  /** Its hex sha256, where it is known without looking: it was given, or the control side has the file. */
  readonly sha256?: string
}

type Input =
  | { readonly kind: 'host'; readonly file: HostFile }
  | { readonly kind: 'control'; readonly writing: Writing }

type State = WrittenState | HostFileState

/**
 * A file is what an address gives. It is checked before it is renamed into its place, so that no half or wrong one is ever
 * seen there.
 *
 * @example a release, downloaded once for all hosts
 * ```ts
 * task('etcd', getUrl({
 *   url: 'https://example.org/etcd-v3.5.12-linux-amd64.tar.gz',
 *   sha256: 'f2ff0cb43ce119f55a85012255609b61c64263baea83aa7c8e6846c0938adca5',
 *   dest: '/opt/src/',
 *   via: 'control',
 * }))
 * ```
 * @example by the host itself, with a mirror and a file of digests
 * ```ts
 * task('kernel', getUrl({
 *   url: 'https://example.org/kernel.rpm',
 *   mirrors: ['https://mirror.example.org/kernel.rpm'],
 *   checksum: 'sha256:https://example.org/SHA256SUMS',
 *   dest: '/var/cache/kernel.rpm',
 *   mode: '0644',
 * }))
 * ```
 */
export const getUrl = defineModule<GetUrlParams, State, GetUrlResult, Input>({
  name: 'getUrl',
  params: z
    .strictObject({
      url: urlParam,
      mirrors: z.array(urlParam).readonly().optional(),
      dest: pathParam,
      sha256: sha256Param.optional(),
      checksum: checksumParam.optional(),
      force: z.boolean().optional(),
      via: z.enum(['host', 'control']).optional(),
      headers: headersParam.optional(),
      ...loginParams,
      timeout: z.number().positive().optional(),
      resume: z.boolean().optional(),
      validateCerts: z.boolean().optional(),
      backup: z.boolean().optional(),
      ...fileAttributeParams,
    })
    .refine(({ sha256, checksum }) => sha256 === undefined || checksum === undefined, {
      error: 'give either sha256 or checksum',
    })
    .refine(({ password, user }) => password === undefined || user !== undefined, {
      path: ['password'],
      error: 'needs user',
    })
    .refine(({ resume, sha256, checksum }) => !resume || (sha256 ?? checksum) !== undefined, {
      path: ['resume'],
      error: 'needs sha256 or checksum: what an earlier try has left may be of another file',
    })
    .refine(({ resume, via }) => !resume || via !== 'control', { path: ['resume'], error: "is for via: 'host'" })
    .refine(({ force, sha256, checksum }) => !force || (sha256 ?? checksum) === undefined, {
      path: ['force'],
      error: 'is for files without a digest: with one, a file that differs is always replaced',
    })
    .superRefine(({ url, mirrors = [], via }, context) => {
      if (via === 'control' && [url, ...mirrors].some((each) => each.startsWith('ftp:')))
        context.addIssue({ code: 'custom', path: ['via'], message: 'the control side speaks http and https' })
      noPasswordIn([url, ...mirrors], context)
    }),
  subject: ({ dest }) => dest,
  async prepare(params, control) {
    const name = nameIn(params.url)
    if (name === undefined && params.dest.endsWith('/'))
      throw new TsplayError(`getUrl: '${params.url}' names no file, so dest must`, {
        hint: `dest: '${params.dest}NAME'`,
      })
    return params.via === 'control'
      ? fromControl(params, name, control)
      : { kind: 'host', file: hostFile(params, name) }
  },
  probe: (input) => (input.kind === 'control' ? writtenProbe(input.writing) : hostFileProbe(input.file)),
  desired: (input, actual): Desired<State> =>
    input.kind === 'control'
      ? desiredWritten(input.writing, actual as WrittenState)
      : desiredHostFile(input.file, actual as HostFileState),
  apply: (input, change) =>
    input.kind === 'control'
      ? writeScript(input.writing, change as Change<WrittenState>)
      : applyHostFile(input.file, change as Change<HostFileState>),
  result: (input, actual) => {
    const { digest } = input.kind === 'host' ? input.file : {}
    const sha256 =
      input.kind === 'control'
        ? input.writing.content.sha256
        : digest && 'hex' in digest && digest.algorithm === 'sha256'
          ? digest.hex
          : undefined
    return { dest: actual.path, ...(sha256 !== undefined && { sha256 }) }
  },
  touches: (input) => [fileResource(input.kind === 'control' ? input.writing.dest : input.file.dest)],
  predict: (input, change) =>
    input.kind === 'control'
      ? predictWritten(input.writing, change as Change<WrittenState>)
      : predictHostFile(input.file, change as Change<HostFileState>),
})

const digestOf = ({ sha256, checksum }: GetUrlParams): Checksum | undefined =>
  sha256 !== undefined
    ? { algorithm: 'sha256', hex: sha256 }
    : checksum === undefined
      ? undefined
      : checksumOf(checksum)

const hostFile = (params: GetUrlParams, name: string | undefined): HostFile => ({
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

const attributesOf = ({ mode, owner, group }: GetUrlParams): FileAttributes => ({
  ...(mode !== undefined && { mode }),
  ...(owner !== undefined && { owner }),
  ...(group !== undefined && { group }),
})

async function fromControl(params: GetUrlParams, name: string | undefined, control: Control): Promise<Input> {
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
    kind: 'control',
    writing: {
      dest: params.dest,
      content: secret ? hidden(content) : content,
      inside: name,
      params: {
        ...attributesOf(params),
        ...(params.backup && { backup: true }),
        ...(digest === undefined && !params.force && { force: false }),
      },
    },
  }
}

async function knownDigest(
  params: GetUrlParams,
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

/** The name that an address gives to what it leads to. */
function nameIn(url: string): string | undefined {
  const last = path.posix.basename(new URL(url).pathname)
  try {
    const name = decodeURIComponent(last)
    return /^\.{0,2}$|[/\0]/.test(name) ? undefined : name
  } catch {
    return last
  }
}
