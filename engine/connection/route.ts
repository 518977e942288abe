// How bytes get to an ssh server: a stream, and what to do about it. A type only.
import type { Duplex } from 'node:stream'
import type { TsplayError } from '../error.ts'

/** A way to an ssh server. */
export interface Route {
  readonly stream: Duplex
  /** Begins to connect, where that has to wait until somebody listens. */
  start(): void
  /** What is wrong with the way itself, where something is. */
  problem(): TsplayError | undefined
  close(): Promise<void>
}
