import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, get as httpGet, type IncomingMessage } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import path from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { secret } from '../../engine/secret.ts'
import type { Download } from '../../engine/transfer.ts'
import { httpHere } from '../support/http-here.ts'
import { controlIn, folderHere } from '../support/settle-here.ts'

let dir: string
let kept: string
beforeEach(() => {
  dir = folderHere()
  kept = path.join(dir, 'cache/tsplay/downloads')
  vi.stubEnv('XDG_CACHE_HOME', path.join(dir, 'cache'))
})

const wish = (url: string, more: Partial<Download> = {}): Download => ({
  urls: [url],
  timeout: 5,
  validateCerts: true,
  ...more,
})
const text = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')
const partial = () => readdirSync(kept).filter((name) => name.startsWith('arriving'))

describe('downloads of the control side', () => {
  it('are made once for hosts that ask at the same time, and never again where the digest is known', async () => {
    const { url, asked } = await httpHere({ '/a/etcd.tar.gz': 'bytes' })
    const download = wish(`${url}/a/etcd.tar.gz`, { sha256: sha256('bytes') })
    const control = controlIn(dir)
    const [one, two] = await Promise.all([control.download(download), control.download(download)])
    expect(one).toBe(two)
    expect(path.basename(one.path)).toBe('etcd.tar.gz')
    expect(await text(one.content.stream())).toBe('bytes')
    await controlIn(dir).download(download)
    expect(asked).toHaveLength(1)
  })

  it('are refused with another digest, and nothing stays behind', async () => {
    const { url } = await httpHere({ '/x': 'other' })
    const download = wish(`${url}/x`, { sha256: sha256('bytes') })
    await expect(controlIn(dir).download(download)).rejects.toThrow(
      `has sha256 ${sha256('other')}, not ${sha256('bytes')}`,
    )
    expect(partial()).toEqual([])
    expect(existsSync(path.join(kept, sha256('other')))).toBe(false)
  })

  it('that break off are an error, and nothing stays behind', async () => {
    const { url } = await httpHere({
      '/x': (_request, response) => {
        response.writeHead(200, { 'content-length': 1000 }).write('beginning')
        setTimeout(() => response.destroy(), 20)
      },
      '/silent': () => {},
    })
    await expect(controlIn(dir).download(wish(`${url}/x`))).rejects.toThrow(
      /cannot download .*\/x: (aborted|.*hang up)/,
    )
    await expect(controlIn(dir).download(wish(`${url}/silent`, { timeout: 0.1 }))).rejects.toThrow(
      'no answer for 0.1 s',
    )
    expect(partial()).toEqual([])
  })

  it('come from the first mirror that answers', async () => {
    const { url } = await httpHere({ '/two': 'bytes' })
    const found = await controlIn(dir).download(wish(`${url}/one`, { urls: [`${url}/one`, `${url}/two`] }))
    expect(await text(found.content.stream())).toBe('bytes')
    await expect(controlIn(dir).download(wish('', { urls: [`${url}/one?token=1`, `${url}/3`] }))).rejects.toThrow(
      /\/one\?…: status 404 Not Found; .*\/3: status 404/,
    )
  })

  it('without a digest are asked for again, and taken from the cache where nothing has changed', async () => {
    let served = 'first'
    const { url, asked } = await httpHere({
      '/x': (request, response) => {
        const etag = `"${served}"`
        if (request.headers['if-none-match'] === etag) response.writeHead(304).end()
        else response.writeHead(200, { etag }).end(served)
      },
    })
    const get = async () => text((await controlIn(dir).download(wish(`${url}/x`))).content.stream())
    expect([await get(), await get()]).toEqual(['first', 'first'])
    served = 'second'
    expect(await get()).toBe('second')
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"first"', '"first"'])
  })

  it('that somebody has spoilt in the cache are made anew', async () => {
    const { url, asked } = await httpHere({ '/x': 'bytes' })
    const download = wish(`${url}/x`, { sha256: sha256('bytes') })
    const { path: file } = await controlIn(dir).download(download)
    writeFileSync(file, 'spoilt')
    expect(await text((await controlIn(dir).download(download)).content.stream())).toBe('bytes')
    expect(asked).toHaveLength(2)
  })

  it('log in, and tell nobody else who they are', async () => {
    const other = await httpHere({ '/x': 'bytes' })
    const { url, asked } = await httpHere({
      '/x': (_request, response) => response.writeHead(302, { location: `${other.url}/x` }).end(),
      '/y': (_request, response) => response.writeHead(302, { location: 'x' }).end(),
    })
    const login = { user: 'me', password: secret('p'), headers: { 'x-token': secret('t') } }
    await controlIn(dir).download(wish(`${url}/y`, login))
    for (const { headers } of asked) expect(headers).toMatchObject({ authorization: 'Basic bWU6cA==', 'x-token': 't' })
    expect(asked).toHaveLength(2)
    expect(other.asked[0]!.headers).not.toHaveProperty('authorization')
    expect(other.asked[0]!.headers).not.toHaveProperty('x-token')
  })

  it('are not fetched by what the control side does not speak', async () => {
    await expect(controlIn(dir).download(wish('ftp://127.0.0.1/x'))).rejects.toThrow('speaks http and https, not ftp')
  })

  it('go through the proxy that the environment names, with its login, and past it where it says so', async () => {
    const { url } = await httpHere({ '/x': 'bytes' })
    const secure = await httpsHere(dir)
    const proxy = await proxyHere()
    vi.stubEnv('http_proxy', `http://me:p%40@127.0.0.1:${proxy.port}`)
    vi.stubEnv('https_proxy', `127.0.0.1:${proxy.port}`)
    const get = async (address: string) =>
      text((await controlIn(dir).download(wish(address, { validateCerts: false }))).content.stream())
    expect(await get(`${url}/x`)).toBe('bytes')
    expect(await get(`${secure}/y`)).toBe('behind a tunnel')
    expect(proxy.asked).toEqual([`GET ${url}/x Basic bWU6cEA=`, `CONNECT ${new URL(secure).host} undefined`])
    vi.stubEnv('no_proxy', 'other.example, 127.0.0.1')
    expect(await get(`${url}/x?again`)).toBe('bytes')
    expect(proxy.asked).toHaveLength(2)
    vi.stubEnv('no_proxy', '')
    vi.stubEnv('https_proxy', `${url}`)
    await expect(get(`${secure}/z`)).rejects.toThrow(/hang up|status|socket/)
  })
})

/** A web server with a certificate that nobody trusts. */
async function httpsHere(folder: string): Promise<string> {
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')]
  const args = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=x', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', '-x509', ...args], { stdio: 'pipe' })
  const options = { key: readFileSync(key), cert: readFileSync(cert) }
  const server = createSecureServer(options, (_request, response) => response.end('behind a tunnel'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A proxy for http and tunnels, which notes what it is asked. */
async function proxyHere(): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = []
  const note = (request: IncomingMessage) =>
    asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`)
  const server = createServer((request, response) => {
    note(request)
    httpGet(request.url!, (answer) => answer.pipe(response))
  })
  server.on('connect', (request, socket) => {
    note(request)
    const [host, port] = request.url!.split(':')
    const to = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      to.pipe(socket).pipe(to)
    })
    for (const each of [to, socket]) each.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, asked }
}
