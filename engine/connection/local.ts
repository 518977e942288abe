// This machine as a host: programs are child processes. Knows no protocol.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { userInfo } from 'node:os'
import { TsplayError } from '../error.ts'
import type { Target } from './connection.ts'
import { closeWriteEnds, openPipes } from './fifo.ts'
import type { Channel, Exit, Transport } from './transport.ts'

/** What differs from one local transport to the next. */
export interface LocalOptions {
  /** Command that is run in place of `/bin/sh`, such as `['busybox', 'ash']`. */
  readonly shell?: readonly string[]
}

/** Programs of this machine, each in a process group of its own. */
export function localTransport(target: Target, { shell = ['/bin/sh'] }: LocalOptions = {}): Transport {
  const channels = new Set<Channel>()
  return {
    name: target.name,
    user: userInfo().username,
    openingTrips: 1,
    patience: target.connectTimeout,
    lost: new AbortController().signal, // this machine is never out of reach
    async open(argv) {
      const channel = await openChild(target.name, argv[0] === '/bin/sh' ? [...shell, ...argv.slice(1)] : argv)
      channels.add(channel)
      channel.closed.then(() => channels.delete(channel))
      return channel
    },
    again: async () => localTransport(target, { shell }),
    async close() {
      for (const channel of channels) channel.destroy()
    },
  }
}

async function openChild(name: string, [file, ...args]: readonly string[]): Promise<Channel> {
  const pipes = await openPipes(2)
  const [output, errors] = pipes.map(({ readable }) => readable) as [
    (typeof pipes)[0]['readable'],
    (typeof pipes)[0]['readable'],
  ]
  const child = spawn(file!, args, { detached: true, stdio: ['pipe', pipes[0]!.writeEnd, pipes[1]!.writeEnd] })
  closeWriteEnds(pipes)
  const destroy = () => {
    for (const stream of [child.stdin!, output, errors]) stream.destroy()
    child.unref()
  }
  try {
    await once(child, 'spawn')
  } catch (cause) {
    destroy()
    throw new TsplayError(`${name}: ${file} could not be started: ${(cause as Error).message}`, {
      kind: 'unreachable',
      cause,
    })
  }
  const closed = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      const exit: Exit = { code: code ?? undefined, signal: signal ?? undefined }
      // What is in the pipes is still read. A daemon that holds them open is not waited for.
      const ended = Promise.all(
        [output, errors].map((stream) => stream.closed || once(stream, 'close').catch(() => {})),
      )
      const grace = setTimeout(() => resolve(exit), 100)
      ended.then(() => {
        clearTimeout(grace)
        resolve(exit)
      })
    })
  })
  return { input: child.stdin!, output, errors, closed, destroy }
}
