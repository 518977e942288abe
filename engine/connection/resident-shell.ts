// One shell that lives on the host and runs bundles one at a time, until it is lost. Whoever holds it opens another then.
import { randomBytes } from 'node:crypto'
import { TsplayError } from '../error.ts'
import { showScript } from '../script.ts'
import { bootstrap } from './bootstrap.ts'
import { Bundle, type StreamName } from './bundle.ts'
import type { Become, Session, Step, StepOutput } from './connection.ts'
import { contentBytes, type Frame, frameOf } from './frame.ts'
import { closesWithin, killGroup } from './kill.ts'
import { markerSplitter } from './marker-splitter.ts'
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

  constructor(transport: Transport, become: Become | undefined, started: Started) {
    this.#transport = transport
    this.#become = become
    this.#started = started
    this.openingTrips = started.trips
    const { channel } = started
    this.#sender = senderFor(channel)
    // Begins with a character that output hardly has: what may begin a mark is held back until more is known.
    const mark = `\x1e${randomBytes(16).toString('hex')}`
    this.#sender.put(Buffer.from(`${this.#nonce} ${mark}\n`))
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
      this.usable = false
      this.#current?.over({ why: 'gone', exit })
    })
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
      const abort = () => resolve({ why: 'broken', error: this.#error('interrupted', 'interrupted') })
      signal?.addEventListener('abort', abort)
      const over = (result: Outcome) => {
        signal?.removeEventListener('abort', abort)
        resolve(result)
      }
      this.#current = { bundle, over }
      if (!this.usable) over({ why: 'gone', exit: {} })
      this.#startTimer()
      this.#send(frames, bundle, stopOnFailure).catch((error) => over({ why: 'broken', error: this.#about(error) }))
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
        throw this.#goneError(outcome.exit)
    }
  }

  async #send(frames: readonly Frame[], bundle: Bundle, stopOnFailure: boolean): Promise<void> {
    const over = () => this.#current?.bundle !== bundle || !this.usable
    for (const [index, { head, contents, trailer }] of frames.entries()) {
      if (stopOnFailure && bundle.failed) {
        bundle.limit(index)
        if (bundle.ended) this.#current?.over({ why: 'ended' })
        break
      }
      await this.#sender.put(head)
      for (const content of contents) {
        if (!content.bytes) await this.#sender.flush() // the source may keep us waiting
        for await (const chunk of contentBytes(content, trailer)) {
          await this.#sender.put(chunk)
          if (over()) return
        }
      }
      if (contents.length > 0) await this.#sender.put(trailer)
      if (over()) return
    }
    await this.#sender.flush()
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
    const timeout = bundle.steps[bundle.running]?.timeout
    if (timeout !== undefined) this.#stepTimer = setTimeout(() => over({ why: 'timeout' }), timeout * 1000)
  }

  /** Ends the process group. Where that fails the channel is let go all the same: nothing may wait for it. */
  async #kill(): Promise<void> {
    this.usable = false
    const { channel, words } = this.#started
    await killGroup(this.#transport, this.#become, Number(words[1]))
    await closesWithin(channel, 50) // the last output of what was killed
    this.#letGo()
  }

  #letGo(): void {
    this.usable = false
    this.#started.channel.destroy()
  }

  #goneError({ code, signal }: Exit): TsplayError {
    const failure = failureOf(this.#transport)
    if (failure) return this.#about(failure) as TsplayError
    const how = signal ? `was ended by signal ${signal}` : `ended with code ${code ?? 'unknown'}`
    return this.#error('unreachable', `the shell on the host ${how}`)
  }

  #error = (kind: TsplayError['kind'], message: string): TsplayError =>
    this.#about(new TsplayError(`${this.#transport.name}: ${message}`, { kind })) as TsplayError

  /** The error, saying what was running. */
  #about(error: unknown): unknown {
    const bundle = this.#current?.bundle
    const step = bundle?.steps[bundle.running]
    if (!(error instanceof TsplayError) || !step) return error
    const { kind, hint, place, cause } = error
    const text = showScript(step.script).trim().replace(/\s+/g, ' ')
    return new TsplayError(
      `${error.message}, while this was running: ${text.length > 120 ? `${text.slice(0, 119)}…` : text}`,
      {
        kind,
        hint,
        place,
        cause,
      },
    )
  }
}
