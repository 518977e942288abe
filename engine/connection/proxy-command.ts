// A command whose standard input and output are the connection, as OpenSSH's ProxyCommand.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Duplex, PassThrough, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { TsplayError } from '../error.ts'
import type { Target } from './connection.ts'
import type { Route } from './route.ts'

/** Starts the command; it ends with the route, and with all that it has started. @throws TsplayError for an unknown `%` */
export function proxyRoute(target: Target, command: string): Route {
  // a group of its own, so that a pipe in the command ends as a whole
  const child = spawn('/bin/sh', ['-c', filledIn(target, command)], { stdio: 'pipe', detached: true })
  const output = new PassThrough()
  const stream = Duplex.from({ readable: output, writable: intoInput(child.stdin) })
  let errors = ''
  let ended: string | undefined
  let [closing, gone] = [false, false]
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk).slice(-2000)
  })
  child.on('error', (error) => {
    ended = error.message
  })
  child.on('exit', (code, signal) => {
    ended = signal ? `was ended by ${signal}` : `ended with ${code}`
  })
  // why a command ends is known a moment after its output has: the client is told last
  child.stdout.pipe(output, { end: false })
  child.stdout.on('end', () => setTimeout(() => output.end(), endsWithin).unref())
  child.on('close', () => {
    gone = true
    output.end()
  })
  // the end of its output alone would leave the client waiting
  stream.on('end', () => stream.destroy())
  stream.on('error', () => {}) // whoever reads it is told by the client
  const end = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-child.pid!, signal)
    } catch {
      // nothing is left of it
    }
  }
  return {
    stream,
    start() {},
    problem() {
      if (ended === undefined || closing) return undefined
      const said = errors.trim().split('\n').at(-1)
      return new TsplayError(`${target.name}: the proxy command ${ended}${said ? `: ${said}` : ''}`, {
        kind: 'unreachable',
        hint: 'run it by hand, with the address and port in place of %h and %p',
      })
    },
    async close() {
      closing = true
      stream.destroy()
      // the shell may have ended and left something that still holds its output
      if (child.pid === undefined || gone) return
      end('SIGTERM')
      await Promise.race([once(child, 'close'), sleep(500, undefined, { ref: false })])
      end('SIGKILL')
    },
  }
}

/** Milliseconds between the end of a command's output and its own. */
const endsWithin = 200

/** What is written to a command that is gone is lost, and no error of its own. */
function intoInput(input: Writable): Writable {
  input.on('error', () => {})
  return new Writable({
    write: (chunk, _encoding, done) => void input.write(chunk, () => done()),
    final(done) {
      input.end()
      done()
    },
  })
}

/** What is filled in goes to a shell as it stands: nothing but names, numbers and addresses is let through. */
function filledIn({ name, address, port, user }: Target, command: string): string {
  const values: Record<string, string> = { h: address, p: String(port), r: user, n: name, '%': '%' }
  return command.replace(/%(.?)/g, (whole, letter: string) => {
    const value = values[letter]
    if (value === undefined || (letter !== '%' && !/^[\p{L}\p{N}._:@-]+$/u.test(value)))
      throw new TsplayError(
        value === undefined
          ? `${name}: the proxy command has '${whole}', which means nothing`
          : `${name}: '${value}' cannot be a part of the proxy command`,
        { kind: 'unreachable', hint: '%h, %p, %r, %n and %% mean address, port, user, name and a percent sign' },
      )
    return value
  })
}
