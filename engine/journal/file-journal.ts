// The journal of a run as a file, line by line: what is written is there when the process is killed the moment after.
import { randomUUID } from 'node:crypto'
import { appendFileSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { TsplayError } from '../error.ts'
import type { HostRecord, Journal } from '../run-journal.ts'
import { isSecret } from '../secret.ts'
import { dueKey, type LeftRun, leftRuns, placeKey, processBegan } from './left.ts'
import { type Line, lineText } from './lines.ts'

/** A journal on disk. */
export interface FileJournal extends Journal {
  /** The run that is resumed; undefined: none is. */
  readonly resumed: { readonly begun: string; readonly hosts: number } | undefined
  /** The run is over. One that got through leaves no file, unless handlers are still due. */
  close(complete: boolean): void
}

/**
 * Opens the journal of a run. Handlers that earlier runs of the playbook have left come with it; where they stopped,
 * too, with `resume`. `name` stands for the playbook, `selection` for which of its tasks run: only the last run with the
 * same selection is resumed, and one of another stays resumable. A check only reads (`readOnly`).
 * @throws TsplayError where the folder cannot be read or written
 */
export function openJournal(options: {
  readonly dir: string
  readonly name: string
  readonly selection: string
  readonly resume: boolean
  readonly readOnly: boolean
}): FileJournal {
  try {
    return open(options)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
    throw new TsplayError(`the journal of runs cannot be kept: ${(error as Error).message}`, { cause: error })
  }
}

function open({ dir, name, selection, resume, readOnly }: Parameters<typeof openJournal>[0]): FileJournal {
  const left = leftRuns(dir, name)
  const due = new Map(left.flatMap((run) => [...run.due]))
  const same = left.filter((run) => run.header.selection === selection)
  const last = resume ? same.findLast(({ places }) => places.size > 0) : undefined
  const places = new Map(last?.places)
  const facts = [...(last?.facts ?? [])]
  const begun = new Date().toLocaleString('sv-SE')
  const file = path.join(dir, `${name}.${randomUUID()}.jsonl`)
  let descriptor: number | undefined

  const write = (...lines: readonly Line[]): void => {
    if (readOnly) return
    descriptor ??= begin()
    writeSync(descriptor, lines.map(lineText).join(''))
  }

  /** The file comes with the first line, and holds then all that is left of the runs before. */
  const begin = (): number => {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const opened = openSync(file, 'wx', 0o600)
    const at = [...places].map(([key, to]): Line => {
      const [play, host] = JSON.parse(key) as [string, string]
      return { is: 'at', play, host, key: to }
    })
    const id = { pid: process.pid, machine: hostname(), process: processBegan(process.pid) }
    const first: Line = { is: 'run', version: 1, ...id, begun, selection }
    writeSync(opened, [first, ...due.values(), ...at, ...facts].map(lineText).join(''))
    for (const run of left) handOn(run, run.header.selection === selection)
    return opened
  }

  const record = (play: string, host: string): HostRecord => {
    const keyOf = (handler: string): string => dueKey(play, host, handler)
    const ofHost = () => [...due.values()].filter((each) => each.play === play && each.host === host)
    const settled = (handler: string): void => {
      if (due.delete(keyOf(handler))) write({ is: 'settled', play, host, handler })
    }
    const set = (handler: string, task: string, sure: boolean): void => {
      const known = due.get(keyOf(handler))
      if (known && (known.sure || !sure)) return
      const line = { is: 'due', play, host, handler, task, sure, when: begun } as const
      due.set(keyOf(handler), line)
      write(line)
    }
    return {
      left: ofHost(),
      due: () => ofHost().map(({ handler }) => handler),
      from: places.get(placeKey(play, host)),
      intends: (task, handlers) => {
        for (const handler of handlers) set(handler, task, false)
      },
      withdraws(task, handlers) {
        for (const handler of handlers) {
          const known = due.get(keyOf(handler))
          // what an earlier run or another task has left stays
          if (known && !known.sure && known.task === task && known.when === begun) settled(handler)
        }
      },
      notified: (task, handlers) => {
        for (const handler of handlers) set(handler, task, true)
      },
      settled,
      reached(key) {
        if (places.get(placeKey(play, host)) === key) return
        places.set(placeKey(play, host), key)
        write({ is: 'at', play, host, key })
      },
    }
  }

  return {
    resumed: last && { begun: last.header.begun, hosts: new Set([...last.places.keys()].map(hostIn)).size },
    record,
    facts: () => facts,
    fact(host, key, value) {
      if (isPlain(value)) write({ is: 'fact', host, key, value })
    },
    close(complete) {
      if (descriptor === undefined) return
      write({ is: 'over' })
      closeSync(descriptor)
      if (complete && due.size === 0) rmSync(file, { force: true })
    },
  }
}

/** What an earlier run has left now stands in the new file. */
function handOn({ file, places }: LeftRun, sameSelection: boolean): void {
  if (sameSelection || places.size === 0) rmSync(file, { force: true })
  else appendFileSync(file, lineText({ is: 'handed on' }))
}

const hostIn = (key: string): string => (JSON.parse(key) as [string, string])[1]

/** Whether a value is the same when it is read again. */
function isPlain(value: unknown): boolean {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object') return false
  if (isSecret(value)) return true
  const plain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
  return plain && Object.values(value).every(isPlain)
}
