// uri: a request that the host makes, with curl.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Action, type Control, defineModule, type Output, TaskFailure } from '../engine/module.ts'
import { all, always, map, type Probe, script, stat } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { isSecret, reveal, type Secret, secret, type Text } from '../engine/secret.ts'
import { type CurlRequest, curl, curlLines, option } from './common/curl.ts'
import { pathParam } from './common/params.ts'
import { headersParam, loginParams, noPasswordIn, urlParam } from './common/request-params.ts'
import { readResponse, type UriResponse } from './common/response.ts'

/** What a body is made of: plain values, and secrets among them. */
export type BodyValue =
  | string
  | number
  | boolean
  | null
  | Secret
  | readonly BodyValue[]
  | { readonly [name: string]: BodyValue | undefined }

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

const params = z
  .strictObject({
    url: urlParam.refine((url) => !/^ftp:/i.test(url), { error: 'begins with http:// or https://' }),
    method: z
      .string()
      .regex(/^[A-Za-z]+$/, { error: 'is a word such as GET' })
      .transform((method) => method.toUpperCase())
      .optional(),
    body: z
      .custom<BodyValue>((value) => isBody(value), {
        error: 'is made of texts, numbers, booleans, null, lists and objects',
      })
      .optional(),
    bodyFormat: z.enum(['json', 'form', 'raw']).optional(),
    headers: headersParam.optional(),
    statusCode: z
      .union([status(), z.array(status()).min(1).readonly()], { error: 'is a number such as 200, or several' })
      .optional(),
    returnContent: z.boolean().optional(),
    ...loginParams,
    clientCert: pathParam.optional(),
    clientKey: pathParam.optional(),
    caPath: pathParam.optional(),
    validateCerts: z.boolean().optional(),
    timeout: z.number().positive().optional(),
    followRedirects: z.enum(['safe', 'all', 'none']).optional(),
    unixSocket: pathParam.optional(),
    creates: pathParam.optional(),
    removes: pathParam.optional(),
  })
  .refine(({ body, bodyFormat }) => bodyFormat === undefined || body !== undefined, {
    path: ['bodyFormat'],
    error: 'needs body',
  })
  .refine(({ body, bodyFormat }) => bodyFormat !== 'raw' || typeof body === 'string' || isSecret(body), {
    path: ['body'],
    error: 'is a text where bodyFormat is raw',
  })
  .refine(({ password, user }) => password === undefined || user !== undefined, {
    path: ['password'],
    error: 'needs user',
  })
  .refine(({ clientCert, clientKey }) => clientKey === undefined || clientCert !== undefined, {
    path: ['clientKey'],
    error: 'needs clientCert',
  })
  .superRefine(({ url }, context) => noPasswordIn([url], context))

const common = {
  name: 'uri',
  params: params as z.ZodType<UriParams>,
  subject: ({ method = 'GET', url }: UriParams) => `${method} ${url}`,
  prepare: async (params: UriParams, _control: Control): Promise<Input> => ({
    params,
    lines: linesOf(params),
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
        done: doneProbe(params),
        asked: script(
          sh`: ${nonce}; if ! ${notNeeded(params)}; then exec 2>/dev/null; ${requestScript(params, lines)}; fi`,
        ),
      }),
      ({ done, asked }) => {
        if (asked.code === missing)
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
  probe: ({ params }) => map(doneProbe(params), (done) => ({ done })),
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

function linesOf(params: UriParams): readonly Text[] {
  const { url, method = 'GET', headers = {}, followRedirects = 'safe', timeout = 30, returnContent = true } = params
  const body = bodyOf(params)
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  const request: CurlRequest = {
    ...params,
    url,
    method: method.toUpperCase(),
    headers: { ...(body?.type !== undefined && !typed && { 'Content-Type': body.type }), ...headers },
    followRedirects:
      followRedirects === 'all' || (followRedirects === 'safe' && ['GET', 'HEAD'].includes(method.toUpperCase())),
  } as CurlRequest
  const { body: _given, ...rest } = request
  return [
    ...curlLines({ ...rest, ...(body && { body: body.text }) }),
    option('max-time', String(timeout)),
    option('dump-header', '-'),
    ...(returnContent && method.toUpperCase() !== 'HEAD' ? [] : [option('output', '/dev/null')]),
    option('write-out', '\n%{http_code} %{size_header} %{url_effective}'),
  ]
}

/** Its last line tells the status; one that is not expected is a failure that says what came instead. */
function requestScript(params: UriParams, lines: readonly Text[]): Script {
  const expected = [params.statusCode ?? 200].flat()
  return sh`command -v curl >/dev/null 2>&1 || { echo 'the host has no curl' >&2; exit ${missing}; }
if ${notNeeded(params)}; then exit 0; fi
_o=$(${curl(lines)}) || _c=$?
printf '%s' "$_o"
[ "\${_c:-0}" -eq 0 ] || exit "$_c"
_s=\${_o##*
}
case ${` ${expected.join(' ')} `} in *" \${_s%% *} "*) exit 0 ;; esac
printf 'status %s, not %s\n' "\${_s%% *}" ${expected.join(' or ')} >&2
exit 22`
}

/** A test that holds where `creates` or `removes` say that nothing is to be done. */
const notNeeded = ({ creates, removes }: UriParams): Script =>
  sh`{ ${sh.join(
    [
      creates !== undefined && sh`[ -e ${creates} ] || [ -L ${creates} ]`,
      removes !== undefined && sh`{ [ ! -e ${removes} ] && [ ! -L ${removes} ]; }`,
      sh`false`,
    ],
    ' || ',
  )}; }`

const missing = 127

const doneProbe = ({ creates, removes }: UriParams): Probe<boolean> =>
  map(
    all({
      created: creates === undefined ? always(null) : stat(creates),
      removed: removes === undefined ? always(undefined) : stat(removes),
    }),
    ({ created, removed }) => created !== null || removed === null,
  )

const resultOf = (response: UriResponse | undefined): UriResult => ({
  status: 0,
  headers: {},
  url: '',
  ...response,
  skipped: response === undefined,
})

/** The body as it is sent, a secret where anything in it is one. */
function bodyOf({ body, bodyFormat }: UriParams): { text: Text; type?: string } | undefined {
  if (body === undefined) return undefined
  const plain = typeof body === 'string' || isSecret(body)
  const format = bodyFormat ?? (plain ? 'raw' : 'json')
  const kept = hasSecret(body)
  const as = (text: string, type?: string) => ({ text: kept ? secret(text, 'body') : text, ...(type && { type }) })
  if (format === 'raw') return { text: body as Text }
  if (format === 'json') return as(plain ? reveal(body as Text) : JSON.stringify(open(body)), 'application/json')
  const form = plain ? reveal(body as Text) : new URLSearchParams(pairs(open(body))).toString()
  return as(form, 'application/x-www-form-urlencoded')
}

/** A list under a name stands for several of that name. */
const pairs = (body: unknown): [string, string][] =>
  Object.entries(body as Record<string, unknown>).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, String(each)]),
  )

const hasSecret = (value: unknown): boolean =>
  isSecret(value) || (typeof value === 'object' && value !== null && Object.values(value).some(hasSecret))

function open(value: unknown): unknown {
  if (isSecret(value)) return reveal(value)
  if (Array.isArray(value)) return value.map(open)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, open(item)]),
  )
}

function isBody(value: unknown): boolean {
  if (value === null || isSecret(value) || ['string', 'number', 'boolean'].includes(typeof value)) return true
  if (Array.isArray(value)) return value.every(isBody)
  return typeof value === 'object' && Object.values(value).every((each) => each === undefined || isBody(each))
}

function status() {
  return z.int().min(100).max(599)
}
