// The steps of one bundle while they run: which one is running, what each has put out so far. Sends nothing.
import type { Step, StepOutput } from './connection.ts'
import type { Piece } from './marker-splitter.ts'

export type StreamName = 'stdout' | 'stderr'

/** What may come of a piece of output, for the shell to act on. */
export type Progress = 'running' | 'step ended' | 'all ended' | 'out of sync'

interface Record {
  readonly chunks: { readonly stdout: Uint8Array[]; readonly stderr: Uint8Array[] }
  startedAt: number
  code: number
}

/** One bundle in flight. */
export class Bundle {
  readonly results: (StepOutput | undefined)[]
  readonly steps: readonly Step[]
  /** True once a step ended with a code other than 0. */
  failed = false
  /** True once the shell said that it ends: its input may be out of step. */
  shellEnds = false
  /** Steps of which at least a part was sent. */
  sent = 0
  readonly #reached: { readonly place: number; readonly wake: () => void }[] = []
  readonly #firstId: number
  readonly #records: Record[]
  readonly #at = { stdout: 0, stderr: 0 }
  /** Steps that were or will be sent. */
  #expected: number

  constructor(steps: readonly Step[], firstId: number) {
    this.steps = steps
    this.results = steps.map(() => undefined)
    this.#firstId = firstId
    this.#expected = steps.length
    this.#records = steps.map(() => ({ chunks: { stdout: [], stderr: [] }, startedAt: performance.now(), code: 0 }))
  }

  /** The place of the step that runs now; the number of steps when all have ended. */
  get running(): number {
    return Math.min(this.#at.stdout, this.#at.stderr)
  }

  get ended(): boolean {
    return this.running >= this.#expected
  }

  /** Resolves when all steps before `place` have ended. */
  reached(place: number): Promise<void> {
    if (this.running >= place) return Promise.resolve()
    return new Promise((wake) => this.#reached.push({ place, wake }))
  }

  /** Only the first `count` steps will be sent. */
  limit(count: number): void {
    this.#expected = Math.min(this.#expected, count)
  }

  /** Takes a piece of one of the two outputs. */
  take(stream: StreamName, piece: Piece): Progress {
    const place = this.#at[stream]
    const record = this.#records[place]
    if (!record) return 'running' // a daemon that still talks after the last step
    if (piece.kind === 'data') {
      record.chunks[stream].push(piece.bytes)
      this.steps[place]!.onOutput?.(stream, piece.bytes)
      return 'running'
    }
    if (piece.word === 'sync' || piece.id !== this.#firstId + place) return 'out of sync'
    this.#at[stream]++
    record.code = piece.code
    if (this.running <= place) return 'running' // the other stream is still to come
    if (piece.word !== 'skip') this.end(place, piece.code)
    if (piece.word === 'lost') {
      this.shellEnds = true
      this.limit(place + 1)
    }
    for (const { place: awaited, wake } of this.#reached) if (this.running >= awaited) wake()
    const next = this.#records[place + 1]
    if (next) next.startedAt = performance.now()
    return this.ended ? 'all ended' : 'step ended'
  }

  /** Writes down how a step ended. */
  end(place: number, code: number, timedOut = false): void {
    const { chunks, startedAt } = this.#records[place]!
    if (code !== 0) this.failed = true
    this.results[place] = {
      code,
      stdout: joined(chunks.stdout),
      stderr: joined(chunks.stderr),
      durationMs: performance.now() - startedAt,
      startedAt: performance.timeOrigin + startedAt,
      timedOut,
    }
  }
}

const joined = (chunks: Uint8Array[]): Uint8Array => (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
