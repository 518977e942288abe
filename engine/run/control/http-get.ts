// One GET over http or https with redirects and timeouts. Keeps nothing.
import type { IncomingMessage } from 'node:http'
import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import tls from 'node:tls'
import { proxyFor, proxyLogin, tunnel } from './proxy.ts'

export interface HttpGet {
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly validateCerts: boolean
}

const mostRedirects = 10

/** The answer, whatever its status; its body is still to be read. @throws Error where there is none */
export async function httpGet(url: string, options: HttpGet): Promise<IncomingMessage> {
  let at = new URL(url)
  let headers = options.headers
  for (let step = 0; step <= mostRedirects; step++) {
    const response = await request(at, { ...options, headers })
    const location = response.headers.location
    if (![301, 302, 303, 307, 308].includes(response.statusCode ?? 0) || location === undefined) return response
    response.resume()
    const next = new URL(location, at)
    // whoever else is redirected to has no business with what was meant for the first
    if (next.origin !== at.origin) headers = {}
    at = next
  }
  throw new Error(`more than ${mostRedirects} redirects`)
}

async function request(url: URL, { headers, timeoutMs, validateCerts }: HttpGet): Promise<IncomingMessage> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`the control side speaks http and https, not ${url.protocol.slice(0, -1)}`)
  const proxy = proxyFor(url)
  const options = { headers: { 'user-agent': 'tsplay', ...headers }, timeout: timeoutMs, agent: false as const }
  const secure = { ...options, rejectUnauthorized: validateCerts }
  const socket = proxy && url.protocol === 'https:' ? await tunnel(proxy, url, timeoutMs) : undefined
  return new Promise((resolve, reject) => {
    const sent = socket
      ? https.get(
          url,
          {
            ...secure,
            createConnection: () =>
              tls.connect({ ...secure, socket, servername: isIP(url.hostname) ? '' : url.hostname }),
          },
          resolve,
        )
      : url.protocol === 'https:'
        ? https.get(url, secure, resolve)
        : proxy
          ? http.get({ ...options, ...throughProxy(proxy, url, options.headers) }, resolve)
          : http.get(url, options, resolve)
    // also in the midst of a body: whoever reads it gets the error
    sent.on('timeout', () => sent.destroy(new Error(`no answer for ${timeoutMs / 1000} s`)))
    sent.on('error', reject)
  })
}

const throughProxy = (proxy: URL, url: URL, headers: Record<string, string>) => ({
  host: proxy.hostname,
  port: proxy.port || 80,
  path: url.href,
  headers: { ...headers, host: url.host, ...proxyLogin(proxy) },
})
