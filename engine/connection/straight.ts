// A network connection to an ssh server.
import { Socket } from 'node:net'
import type { Target } from './connection.ts'
import type { Route } from './route.ts'

/** A network connection of our own. */
export function straight({ address, port }: Pick<Target, 'address' | 'port'>): Route {
  const stream = new Socket()
  return {
    stream,
    start() {
      // With Nagle's algorithm each answer waits 40 ms for an acknowledgement. As an option of `connect` it would be ignored.
      stream.setNoDelay(true)
      stream.connect({ host: address, port, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 2000 })
    },
    problem: () => undefined,
    async close() {
      stream.destroy()
    },
  }
}
