// What earlier runs of a playbook have left behind: their journals, as far as nobody is still writing them.
import { readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { type Header, type Line, readLines } from './lines.ts'

export type Due = Extract<Line, { is: 'due' }>
export type Fact = Extract<Line, { is: 'fact' }>

/** One run that did not get through. */
export interface LeftRun {
  readonly file: string
  readonly header: Header
  /** Handlers that are due, by {@link dueKey}. */
  readonly due: ReadonlyMap<string, Due>
  /** Where hosts stopped, by {@link placeKey}. */
  readonly places: ReadonlyMap<string, string | null>
  readonly facts: readonly Fact[]
}

export const placeKey = (play: string, host: string): string => JSON.stringify([play, host])
export const dueKey = (play: string, host: string, handler: string): string => JSON.stringify([play, host, handler])

/** The runs whose journals' names begin with `name`, the oldest first. */
export function leftRuns(dir: string, name: string): LeftRun[] {
  return entries(dir)
    .filter((entry) => entry.startsWith(`${name}.`) && entry.endsWith('.jsonl'))
    .flatMap((entry) => {
      const file = path.join(dir, entry)
      const read = readLines(file)
      return read && (read.lines.some(({ is }) => is === 'over') || !isAlive(read.header))
        ? [leftBy(file, read.header, read.lines)]
        : []
    })
    .sort((a, b) => (a.header.begun < b.header.begun ? -1 : 1))
}

function leftBy(file: string, header: Header, lines: readonly Line[]): LeftRun {
  const due = new Map<string, Due>()
  const places = new Map<string, string | null>()
  const facts = new Map<string, Fact>()
  for (const line of lines) {
    if (line.is === 'due') due.set(dueKey(line.play, line.host, line.handler), line)
    else if (line.is === 'settled') due.delete(dueKey(line.play, line.host, line.handler))
    else if (line.is === 'at') places.set(placeKey(line.play, line.host), line.key)
    else if (line.is === 'fact') facts.set(placeKey(line.key, line.host), line)
    else if (line.is === 'handed on') due.clear()
  }
  return { file, header, due, places, facts: [...facts.values()] }
}

/** Whether the run still goes on. What another machine has begun is taken to be over. */
function isAlive({ pid, machine, process: began }: Header): boolean {
  if (machine !== hostname()) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return processBegan(pid) === began
}

/** When a process began, as the kernel counts; empty where that cannot be told. */
export function processBegan(pid: number): string {
  try {
    // behind the name, which may hold anything, the 20th field
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function entries(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
