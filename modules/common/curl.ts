// Requests by the host's curl. Its options arrive on standard input: headers and passwords stand in no list of processes.
import { type Script, sh } from '../../engine/script.ts'
import { reveal, secret, type Text } from '../../engine/secret.ts'

/** What a request says besides its address. */
export interface CurlRequest {
  readonly url: string
  /** Default `GET`. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, Text>>
  readonly user?: string
  readonly password?: Text
  readonly body?: Text
  readonly validateCerts?: boolean
  /** Paths on the host. */
  readonly clientCert?: string
  readonly clientKey?: string
  readonly caPath?: string
  readonly unixSocket?: string
  readonly followRedirects?: boolean
}

/** Lines of curl's configuration; those with secrets are secrets as a whole. */
export function curlLines(request: CurlRequest): readonly Text[] {
  const { url, method = 'GET', headers = {}, user, password, body, validateCerts = true } = request
  const { clientCert, clientKey, caPath, unixSocket, followRedirects = true } = request
  return [
    'silent',
    'show-error',
    'globoff',
    option('url', url),
    ...(method === 'HEAD' ? ['head'] : method === 'GET' && body === undefined ? [] : [option('request', method)]),
    ...(followRedirects ? ['location', option('max-redirs', '20')] : []),
    ...Object.entries(headers).map(([name, value]) => option('header', value, (text) => header(name, text))),
    ...(user === undefined ? [] : [option('user', password ?? '', (text) => `${user}:${text}`)]),
    ...(body === undefined ? [] : [dataOption(body)]),
    ...(validateCerts ? [] : ['insecure']),
    ...(clientCert === undefined ? [] : [option('cert', clientCert)]),
    ...(clientKey === undefined ? [] : [option('key', clientKey)]),
    ...(caPath === undefined ? [] : [option('cacert', caPath)]),
    ...(unixSocket === undefined ? [] : [option('unix-socket', unixSocket)]),
  ]
}

/** The command that reads its options. printf is part of the shell. */
export const curl = (lines: readonly Text[]): Script => sh`printf '%s\n' ${lines} | curl -K -`

/** A value that a line of the configuration holds, whatever is in it. */
export function option(name: string, value: Text, change: (text: string) => string = (text) => text): Text {
  const line = `${name} = "${escaped(change(reveal(value)))}"`
  return typeof value === 'string' ? line : secret(line, `curl's ${name}`)
}

const escaped = (text: string): string =>
  text.replace(/[\\"\n\r\t\v]/g, (char) => `\\${{ '\n': 'n', '\r': 'r', '\t': 't', '\v': 'v' }[char] ?? char}`)

/** With a semicolon curl sends a header without a value, with a colon none at all. */
const header = (name: string, value: string): string => (value === '' ? `${name};` : `${name}: ${value}`)

/** An @ at the beginning would name a file. */
const dataOption = (body: Text): Text => option(reveal(body).startsWith('@') ? 'data-raw' : 'data-binary', body)
