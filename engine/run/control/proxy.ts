// The proxy that an address is reached through, by the variables that curl goes by, and a tunnel through it.
import http from 'node:http'
import type { Socket } from 'node:net'

/** From `http_proxy`, `https_proxy` and `no_proxy`, in small or capital letters; undefined: none. */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv = process.env): URL | undefined {
  const named = (name: string): string => env[name] || env[name.toUpperCase()] || ''
  const exempt = named('no_proxy')
    .split(',')
    .map((each) =>
      each
        .trim()
        .replace(/^\*?\./, '')
        .toLowerCase(),
    )
    .filter((each) => each !== '')
  const host = url.hostname.toLowerCase()
  if (exempt.some((each) => each === '*' || host === each || host.endsWith(`.${each}`))) return undefined
  const proxy = named(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy')
  if (proxy === '') return undefined
  return new URL(proxy.includes('://') ? proxy : `http://${proxy}`)
}

/** What the proxy wants to know of who asks. */
export const proxyLogin = ({ username, password }: URL): Record<string, string> =>
  username === ''
    ? {}
    : {
        'proxy-authorization': `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
      }

/** A connection to the address through the proxy. @throws Error saying what the proxy says */
export function tunnel(proxy: URL, url: URL, timeoutMs: number): Promise<Socket> {
  const path = `${url.hostname}:${url.port || 443}`
  return new Promise((resolve, reject) => {
    const asked = http.request({
      ...{ host: proxy.hostname, port: proxy.port || 80, method: 'CONNECT', path, timeout: timeoutMs, agent: false },
      headers: { host: path, ...proxyLogin(proxy) },
    })
    asked.on('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(new Error(`the proxy ${proxy.host} answers with status ${statusCode}`))
    })
    asked.on('timeout', () =>
      asked.destroy(new Error(`no answer of the proxy ${proxy.host} for ${timeoutMs / 1000} s`)),
    )
    asked.on('error', reject)
    asked.end()
  })
}
