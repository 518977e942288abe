// One shell that lives on the host and runs bundles one at a time, until it is lost. Whoever holds it opens another then.
import { randomBytes } from 'node:crypto'
import { TsplayError } from '../error.ts'
import { bootstrap } from './bootstrap.ts'
import { Bundle, type StreamName } from './bundle.ts'
import { writeBundle } from './bundle-writer.ts'
import type { Become, Session, Step, StepOutput } from './connection.ts'
import { ConnectionLost } from './connection-lost.ts'
import { type Frame, frameOf } from './frame.ts'
import { closesWithin, killGroup } from './kill.ts'
import { markerSplitter } from './marker-splitter.ts'
import type { Remains } from './remains.ts'
import { runningMessage, whileRunning } from './running-error.ts'
import { type Sender, senderFor } from './sender.ts'
import { type Started, start } from './start.ts'
import { type Exit, failureOf, type Transport } from './transport.ts'

type BundleOptions = NonNullable<Parameters<Session['bundle']>[1]>

/** Why the waiting for a bundle is over. */
type Outcome =
  | { readonly why: 'ended' }
  | { readonly why: 'timeout' }
  | { readonly why: 'broken'; readonly error: unknown }
  | { readonly why: 'gone'; readonly exit: Exit }

/** Opens a resident shell for the login user, or for `become`. */
export async function openResidentShell(transport: Transport, become?: Become): Promise<ResidentShell> {
  return new ResidentShell(transport, become, await start(transport, become, bootstrap))
}

/** A shell on a host. Bundles must not overlap. */
export class ResidentShell {
  readonly openingTrips: number
  /** False once nothing can be run in it any more. */
  usable = true
  readonly #transport: Transport
  readonly #become: Become | undefined
  readonly #started: Started
  readonly #sender: Sender
  readonly #nonce = randomBytes(16).toString('hex')
  #bundles = 0
  #steps = 0
  #current: { bundle: Bundle; over: (outcome: Outcome) => void } | undefined
  #stepTimer: NodeJS.Timeout | undefined
  /** Out of reach, with a step running or without one. */
  #lost: 'busy' | 'idle' | undefined

  constructor(transport: Transport, become: Become | undefined, started: Started) {
    this.#transport = transport
    this.#become = become
    this.#started = started
    this.openingTrips = started.trips
    const { channel } = started
    this.#sender = senderFor(channel)
    // Begins with a character that output hardly has: what may begin a mark is held back until more is known.
    const mark = `\x1e${randomBytes(16).toString('hex')}`
    this.#sender.put(Buffer.from(`${this.#nonce} ${mark} !\n`))
    for (const [stream, readable] of [
      ['stdout', channel.output],
      ['stderr', channel.errors],
    ] as const) {
      const split = markerSplitter(mark)
      readable.on('data', (chunk: Buffer) => {
        for (const piece of split(chunk)) this.#take(stream, piece)
      })
    }
    channel.closed.then((exit) => {
      if (this.usable && failureOf(this.#transport)) this.#lost = this.#current ? 'busy' : 'idle'
      this.usable = false
      this.#current?.over({ why: 'gone', exit })
    })
  }

  /** A bundle is under way, or what runs of it is being ended. */
  get busy(): boolean {
    return this.#current !== undefined
  }

  /** What the host may still run of this shell; undefined where that is known to be over. */
  remains(): Remains | undefined {
    const { words, token } = this.#started
    if (!this.#lost) return undefined
    return { become: this.#become, pid: Number(words[0]), group: Number(words[1]), token, busy: this.#lost === 'busy' }
  }

  /** See {@link Session.bundle}. */
  async run(
    steps: readonly Step[],
    { stopOnFailure = false, signal }: BundleOptions = {},
  ): Promise<(StepOutput | undefined)[]> {
    const number = ++this.#bundles
    const bundle = new Bundle(steps, this.#steps + 1)
    const frames = steps.map((step) =>
      frameOf(step, { nonce: this.#nonce, id: ++this.#steps, bundle: number, stopOnFailure }),
    )
    const outcome = await new Promise<Outcome>((resolve) => {
      let isOver = false
      let wake = () => {}
      const overAlready = new Promise<void>((woken) => {
        wake = woken
      })
      const abort = () => over({ why: 'broken', error: this.#error('interrupted', 'interrupted') })
      signal?.addEventListener('abort', abort)
      const over = (result: Outcome) => {
        signal?.removeEventListener('abort', abort)
        isOver = true
        wake()
        resolve(result)
      }
      this.#current = { bundle, over }
      if (!this.usable) over({ why: 'gone', exit: {} })
      this.#startTimer()
      const until = { isOver: () => isOver, over: overAlready }
      this.#write(frames, bundle, stopOnFailure, until).catch((error) => over({ why: 'broken', error }))
    })
    clearTimeout(this.#stepTimer)
    try {
      return await this.#conclude(bundle, outcome)
    } finally {
      this.#current = undefined
    }
  }

  /** Ends the shell. A waiting bundle rejects, once what runs of it has been killed. */
  end(): void {
    if (this.#current) {
      this.#current.over({ why: 'broken', error: this.#error('interrupted', 'the connection was closed') })
    } else this.#letGo()
  }

  async #conclude(bundle: Bundle, outcome: Outcome): Promise<(StepOutput | undefined)[]> {
    switch (outcome.why) {
      case 'ended':
        if (bundle.shellEnds) this.#letGo()
        return bundle.results
      case 'timeout': {
        const place = bundle.running
        await this.#kill()
        bundle.end(place, 124, true)
        return bundle.results.map((result, index) => (index > place ? undefined : result))
      }
      case 'broken':
        await this.#kill()
        throw outcome.error
      case 'gone':
        // where the shell alone is gone, what it ran may go on without it
        if (!failureOf(this.#transport)) await this.#kill()
        throw this.#goneError(bundle, outcome.exit)
    }
  }

  #write(
    frames: readonly Frame[],
    bundle: Bundle,
    stopOnFailure: boolean,
    until: { readonly isOver: () => boolean; readonly over: Promise<void> },
  ): Promise<void> {
    return writeBundle(this.#sender, frames, {
      over: () => until.isOver() || !this.usable,
      turn: (place) =>
        place > 0 && bundle.steps[place]?.waits === true
          ? Promise.race([bundle.reached(place), until.over])
          : undefined,
      skipRest: (sent) => {
        if (!stopOnFailure || !bundle.failed) return false
        bundle.limit(sent)
        if (bundle.ended) this.#current?.over({ why: 'ended' })
        return true
      },
      begins(place) {
        bundle.sent = place + 1
      },
      explain: (error, place) => whileRunning(prefixed(this.#transport.name, error), bundle.steps[place]),
    })
  }

  #take(stream: StreamName, piece: Parameters<Bundle['take']>[1]): void {
    if (!this.#current) return // a daemon of an earlier step talks on
    const { bundle, over } = this.#current
    const progress = bundle.take(stream, piece)
    if (progress === 'step ended') this.#startTimer()
    else if (progress === 'all ended') over({ why: 'ended' })
    else if (progress === 'out of sync') {
      over({
        why: 'broken',
        error: this.#error('task', 'a script did not read all of the content that was sent with it'),
      })
    }
  }

  #startTimer(): void {
    clearTimeout(this.#stepTimer)
    const { bundle, over } = this.#current!
    const timeout = bundle.steps[bundle.running]?.timeout ?? 0
    // Timers end at 24 days; what is to last longer than that has no limit.
    if (timeout > 0 && timeout < 2_000_000) this.#stepTimer = setTimeout(() => over({ why: 'timeout' }), timeout * 1000)
  }

  /** Ends the process group. Where that fails the channel is let go all the same: nothing may wait for it. */
  async #kill(): Promise<void> {
    this.usable = false
    const { channel, words } = this.#started
    await killGroup(this.#transport, this.#become, Number(words[1]))
    if (failureOf(this.#transport)) this.#lost = 'busy'
    await closesWithin(channel, 50) // the last output of what was killed
    this.#letGo()
  }

  #letGo(): void {
    this.usable = false
    this.#started.channel.destroy()
  }

  #goneError(bundle: Bundle, { code, signal }: Exit): ConnectionLost {
    const how = signal ? `was ended by signal ${signal}` : `ended with code ${code ?? 'unknown'}`
    const failure = failureOf(this.#transport)
    const message = failure?.message ?? `${this.#transport.name}: the shell on the host ${how}`
    return new ConnectionLost(runningMessage(message, this.#runningStep()), {
      hint: failure?.hint,
      cause: failure,
      bundle: { outputs: bundle.results, sent: bundle.sent },
    })
  }

  #error(kind: TsplayError['kind'], message: string): TsplayError {
    return whileRunning(new TsplayError(`${this.#transport.name}: ${message}`, { kind }), this.#runningStep())
  }

  #runningStep(): Step | undefined {
    const bundle = this.#current?.bundle
    return bundle?.steps[bundle.running]
  }
}

/** With the name of the host, as every message of a connection begins. */
function prefixed(name: string, error: unknown): unknown {
  if (!(error instanceof TsplayError)) return error
  const { message, kind, hint, place, cause } = error
  return new TsplayError(`${name}: ${message}`, { kind, hint, place, cause })
}
