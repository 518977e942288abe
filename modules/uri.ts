// uri: a request that the host makes, with curl.
import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { type Action, type Control, defineModule, type Output, TaskFailure } from '../engine/module.ts'
import { all, map, script } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import type { Text } from '../engine/secret.ts'
import type { BodyValue } from './common/request-body.ts'
import { readResponse, type UriResponse } from './common/response.ts'
import { notNeeded, notNeededProbe } from './common/uri-needed.ts'
import { uriParams } from './common/uri-params.ts'
import { hasNoCurl, requestLines, requestScript } from './common/uri-script.ts'

export type { BodyValue } from './common/request-body.ts'

/** Parameters of `uri`. */
export interface UriParams {
  /** Address: http or https. A login goes into `user` and `password`. */
  url: string
  /** Default `GET`. GET, HEAD and OPTIONS only look: they change nothing, and a check makes them as well. */
  method?: string
  /** What is sent. A value that is no text is sent as JSON, or as a form. Default: nothing. */
  body?: BodyValue
  /** `'json'`, `'form'` or `'raw'` (as it is). Default: raw for a text, JSON for all else. */
  bodyFormat?: 'json' | 'form' | 'raw'
  /** Sent with the request. Default: none. */
  headers?: Readonly<Record<string, Text>>
  /** The statuses that are no failure. Default 200. */
  statusCode?: number | readonly number[]
  /** False: what comes back is not kept. Default true. */
  returnContent?: boolean
  /** Log in with this name. Default: nobody logs in. */
  user?: string
  /** And this password. Default: none. */
  password?: Text
  /** Path on the host of a client's certificate in PEM. Default: none. */
  clientCert?: string
  /** And of its key. Default: none. */
  clientKey?: string
  /** Path on the host of the certificates that are trusted, in PEM. Default: the host's own. */
  caPath?: string
  /** False: whoever answers is believed. Default true. */
  validateCerts?: boolean
  /** Seconds for the whole request. Default 30. */
  timeout?: number
  /** `'safe'` (default): where the method only looks; `'all'`, `'none'`. */
  followRedirects?: 'safe' | 'all' | 'none'
  /** Path on the host of a socket to connect to, in place of the address's host. Default: none. */
  unixSocket?: string
  /** Do nothing where this path exists on the host. Default: asked always. */
  creates?: string
  /** Do nothing where this path does not exist. Default: asked always. */
  removes?: string
}

/** What `register` receives. */
export interface UriResult extends UriResponse {
  /** True where `creates` or `removes` kept it from asking. */
  readonly skipped: boolean
}

interface Input {
  readonly params: UriParams
  readonly lines: readonly Text[]
  /** Tells the questions of this request from those of others that differ in their secrets only. */
  readonly nonce: string
}

/** `done`: nothing is to be asked, or what was looked for is so. */
interface UriState {
  readonly done: boolean
  readonly response?: UriResponse
}

const common = {
  name: 'uri',
  params: uriParams as z.ZodType<UriParams>,
  subject: ({ method = 'GET', url }: UriParams) => `${method} ${url}`,
  prepare: async (params: UriParams, _control: Control): Promise<Input> => ({
    params,
    lines: requestLines(params),
    nonce: randomUUID(),
  }),
  apply: ({ params, lines }: Input): Script => requestScript(params, lines),
}

/** Asks in the probe already, so that a check knows the answer; asked again where that is not what it should be. */
const look = defineModule<UriParams, UriState, UriResult, Input>({
  ...common,
  waits: true,
  probe: ({ params, lines, nonce }) =>
    map(
      all({
        done: notNeededProbe(params),
        asked: script(
          sh`: ${nonce}; if ! ${notNeeded(params)}; then exec 2>/dev/null; ${requestScript(params, lines)}; fi`,
        ),
      }),
      ({ done, asked }) => {
        if (asked.code === hasNoCurl)
          throw new TaskFailure('the host has no curl', "install it: package({ name: 'curl' })")
        return { done: done || asked.code === 0, ...(!done && { response: readResponse(asked.stdout) }) }
      },
    ),
  desired: () => ({ done: true }),
  result: (_input, { response }, output) => resultOf(output ? readResponse(output.stdout) : response),
})

const send = defineModule<UriParams, UriState, UriResult, Input>({
  ...common,
  runs: true,
  probe: ({ params }) => map(notNeededProbe(params), (done) => ({ done })),
  desired: () => ({ done: true }),
  result: (_input, _actual, output?: Output) => resultOf(output && readResponse(output.stdout)),
})

/** The module for these parameters. */
export const uriModule = ({ method = 'GET' }: Pick<UriParams, 'method'>) =>
  ['GET', 'HEAD', 'OPTIONS'].includes(method.toUpperCase()) ? look.module : send.module

/**
 * Makes a request from the host and fails where its status is not the expected one. A GET only looks and is never changed;
 * other methods are always changed. Headers, body and login reach curl by its standard input.
 *
 * @example waits until an API is up
 * ```ts
 * task('apiserver', uri({ url: 'https://127.0.0.1:6443/healthz', validateCerts: false, statusCode: [200, 401] }), {
 *   retries: 30,
 *   delay: 2,
 * })
 * ```
 * @example makes something, and reads what comes back
 * ```ts
 * task('project', uri({
 *   url: 'https://registry.example.org/api/v2.0/projects',
 *   method: 'POST',
 *   body: { project_name: 'k8s', public: true },
 *   statusCode: [201, 409],
 * })).register((made) => [made.status === 409 && task('known', debug({ message: 'it was there already' }))])
 * ```
 */
export const uri = Object.assign(
  (params: UriParams): Action<UriResult> => (uriModule(params) === look.module ? look(params) : send(params)),
  { module: send.module },
)

const resultOf = (response: UriResponse | undefined): UriResult => ({
  status: 0,
  headers: {},
  url: '',
  ...response,
  skipped: response === undefined,
})
