// A web server on the loopback for tests of downloads: paths with what they answer, and a note of what was asked.
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface HttpHere {
  readonly url: string
  readonly port: number
  readonly asked: readonly Asked[]
}

/** A path's answer: a body, or a listener of its own. */
export type Pages = Readonly<Record<string, string | Uint8Array | RequestListener>>

/** Ends with the test. What has no page is a 404. */
export async function httpHere(pages: Pages, address = '127.0.0.1'): Promise<HttpHere> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      asked.push({
        method: request.method ?? '',
        path,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      })
      const page = pages[path] ?? pages[path.replace(/\?.*/, '')]
      if (typeof page === 'function') return page(request, response)
      if (page === undefined) response.writeHead(404).end('nothing here')
      else response.writeHead(200, { 'content-length': Buffer.byteLength(page) }).end(page)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  const { port } = server.address() as AddressInfo
  return { url: `http://${address}:${port}`, port, asked }
}
