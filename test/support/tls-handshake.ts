// Whether two sides that show each other certificates come to terms, by node:tls on this machine's loopback.
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'

/** What one side trusts, shows and signs with, as PEM. */
export interface TlsSide {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** `accepted`, or which side refused the other and why: `server: UNABLE_TO_GET_ISSUER_CERT`. */
export async function handshake(client: TlsSide, server: TlsSide): Promise<string> {
  // the server says what it thinks of the client, where node would only hang up
  const listener = createServer({ ...server, requestCert: true, rejectUnauthorized: false }, (socket) => {
    socket.on('error', () => undefined)
    socket.end(socket.authorized ? 'accepted' : `server: ${socket.authorizationError}`)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  try {
    return await new Promise<string>((resolve) => {
      const socket = connect({ ...client, host: '127.0.0.1', port })
      let text = ''
      socket.on('data', (bytes) => {
        text += bytes
      })
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(`client: ${error.code}`))
      socket.on('close', () => resolve(text))
    })
  } finally {
    await new Promise((resolve) => listener.close(resolve))
  }
}
