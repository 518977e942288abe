// What carries bytes to one host: programs that can be started there, each with three streams. Knows no protocol.
import type { Readable, Writable } from 'node:stream'
import type { ConnectionLost } from './connection-lost.ts'

/** How a program on the host ended; neither is known where the connection vanished. */
export interface Exit {
  readonly code?: number
  readonly signal?: string
}

/** A program that runs on the host. */
export interface Channel {
  readonly input: Writable
  readonly output: Readable
  readonly errors: Readable
  /** Resolves once the program is gone or out of reach, after its last output. Never rejects. */
  readonly closed: Promise<Exit>
  /** Lets go of the program without waiting for it. */
  destroy(): void
}

/** One way to a host, open. */
export interface Transport {
  /** The host's inventory name, for messages. */
  readonly name: string
  /** Who programs run as. */
  readonly user: string
  /** Round trips that starting a program costs. */
  readonly openingTrips: number
  /** Seconds a program may take to say its first word. */
  readonly patience: number
  /** Aborted when the host is out of reach; the reason is a {@link ConnectionLost}. */
  readonly lost: AbortSignal
  /**
   * Starts a program.
   * @throws TsplayError kind `unreachable` where the connection is gone or grants no further channel.
   */
  open(argv: readonly string[]): Promise<Channel>
  /** A second way to the same host, for when this one has no room left or is lost. Close it after use. */
  again(signal?: AbortSignal): Promise<Transport>
  /** Closes every channel and the way itself. */
  close(): Promise<void>
}

/** Why the host is out of reach; undefined while it is not. */
export const failureOf = ({ lost }: Transport): ConnectionLost | undefined =>
  lost.aborted ? (lost.reason as ConnectionLost) : undefined
