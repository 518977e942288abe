// Waits until a host answers as an ssh server. Knows an address, and nothing of how a host is made.
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** True once the address greets as an ssh server; false where it has not within the time, or `given up` says so. */
export async function sshAnswers(
  address: string,
  options: { timeoutMs: number; givenUp(): Promise<boolean> },
): Promise<boolean> {
  const end = Date.now() + options.timeoutMs
  while (Date.now() < end) {
    if (await greets(address)) return true
    if (await options.givenUp()) return false
    await sleep(60)
  }
  return false
}

/** Whether the address greets as an ssh server right now. */
export const greets = (address: string, timeoutMs = 1500): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: timeoutMs })
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', (data) => done(data.toString('latin1').startsWith('SSH-')))
    socket.once('timeout', () => done(false))
    socket.once('error', () => done(false))
    socket.once('close', () => done(false))
  })
