// Writes to a channel with back-pressure, small pieces together in one packet. Knows not what the bytes mean.
import type { Channel } from './transport.ts'

/** Pieces below this many bytes are gathered: one packet and one wake-up of the host instead of many. */
const gatherBelow = 32_768

/** The writing end of one channel. */
export interface Sender {
  /** Queues bytes. Await it where it returns a promise: the channel is full. */
  put(bytes: Uint8Array): Promise<void> | undefined
  /** Sends what has been gathered. */
  flush(): Promise<void> | undefined
}

export function senderFor({ input, closed }: Channel): Sender {
  let gathered: Uint8Array[] = []
  let size = 0
  let gone = false
  let wake: (() => void) | undefined
  // Registered once: a listener for every full buffer would pile up over a long upload.
  input.on('drain', () => wake?.())
  closed.then(() => {
    gone = true
    wake?.()
  })

  const write = (bytes: Uint8Array): Promise<void> | undefined => {
    if (gone || input.write(bytes)) return undefined
    return new Promise((resolve) => {
      wake = resolve
    })
  }
  const flush = () => {
    if (size === 0) return undefined
    const bytes = gathered.length === 1 ? gathered[0]! : Buffer.concat(gathered, size)
    gathered = []
    size = 0
    return write(bytes)
  }
  return {
    flush,
    put(bytes) {
      if (bytes.length >= gatherBelow) {
        const full = flush()
        return full ? full.then(() => write(bytes)) : write(bytes)
      }
      gathered.push(bytes)
      size += bytes.length
      return size >= gatherBelow ? flush() : undefined
    },
  }
}
