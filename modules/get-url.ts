// getUrl: a file from an address, on the host or by way of the control side.
import { TsplayError } from '../engine/error.ts'
import { type Change, type Desired, defineModule } from '../engine/module.ts'
import { nameInUrl } from '../engine/name-in-url.ts'
import { fileResource } from '../engine/resource.ts'
import type { Text } from '../engine/secret.ts'
import type { FileAttributes } from './common/file-attributes.ts'
import { getUrlParams } from './common/get-url-params.ts'
import {
  applyHostFile,
  desiredHostFile,
  type HostFile,
  type HostFileState,
  hostFileProbe,
  predictHostFile,
} from './common/host-file.ts'
import { fileFromControl, fileFromHost } from './common/url-file.ts'
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
  params: getUrlParams,
  subject: ({ dest }) => dest,
  async prepare(params, control) {
    const name = nameInUrl(params.url)
    if (name === undefined && params.dest.endsWith('/'))
      throw new TsplayError(`getUrl: '${params.url}' names no file, so dest must`, {
        hint: `dest: '${params.dest}NAME'`,
      })
    return params.via === 'control'
      ? { kind: 'control', writing: await fileFromControl(params, name, control) }
      : { kind: 'host', file: fileFromHost(params, name) }
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
