// Facts of earlier runs on the control side's disk: one file a host. Knows nothing of what the answers mean.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { type FactCache, factQuestions } from '../facts.ts'
import type { Host } from '../site.ts'

interface Settings {
  /** Made, for its owner alone, when something is kept. */
  readonly dir: string
  /** Seconds that facts are good for. None: nothing is kept or used, and what changes is still forgotten. */
  readonly maxAge: number | undefined
  /** What makes a machine another one behind the same name. */
  readonly identity: (host: Host) => string
  /** The disk does not do what it should; told once. */
  readonly warn: (message: string) => void
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

export function fileFactCache({ dir, maxAge, identity, warn, now = Date.now }: Settings): FactCache {
  const fileOf = (host: Host): string => path.join(dir, `${encodeURIComponent(host.name)}.json`)
  let warned = false
  const careful = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (!warned) warn(`the fact cache cannot be written: ${(error as Error).message}`)
      warned = true
    }
  }
  return {
    async load(host) {
      const answers = new Map<string, unknown>()
      if (maxAge === undefined) return answers
      const kept = await read(fileOf(host), identity(host))
      for (const { id } of factQuestions()) {
        const found = kept.get(digest(id))
        const age = found && now() - found.at
        // what comes from the future was kept by a clock that has been set since
        if (found && age !== undefined && age >= 0 && age < maxAge * 1000) answers.set(id, found.answer)
      }
      return answers
    },
    async save(host, answers) {
      const lasting = [...answers].filter(([id]) => !unkept.has(id))
      if (maxAge === undefined || lasting.length === 0) return
      await careful(async () => {
        const kept = await read(fileOf(host), identity(host))
        const at = now()
        for (const [id, answer] of lasting) kept.set(digest(id), { at, answer: answer as Kept['answer'] })
        await mkdir(dir, { recursive: true, mode: 0o700 })
        await write(fileOf(host), identity(host), kept)
      })
    },
    async forget(host, questions) {
      await careful(async () => {
        const kept = await read(fileOf(host), identity(host))
        const outdated = [...questions].filter((id) => kept.delete(digest(id)))
        if (outdated.length === 0) return
        if (kept.size > 0) await write(fileOf(host), identity(host), kept)
        else await rm(fileOf(host), { force: true })
      })
    },
  }
}

/** Forgets the facts of all hosts. */
export async function flushFactCache(dir: string): Promise<void> {
  const files = await readdir(dir).catch(() => [])
  await Promise.all(files.filter((file) => file.endsWith('.json')).map((file) => rm(path.join(dir, file))))
}

/** An environment holds tokens and passwords more often than not. */
const unkept: ReadonlySet<string> = new Set(factQuestions(['env']).map(({ id }) => id))

const kept = z.object({ at: z.number(), answer: z.object({ code: z.number(), stdout: z.string() }) })
const format = z.object({ version: z.literal(1), identity: z.string(), answers: z.record(z.string(), kept) })
type Kept = z.output<typeof kept>

/** A question is another one when its script is: an answer never outlives the tsplay that asked. */
const digest = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 16)

/** What is kept; nothing where the file is missing, broken, or another machine's. */
async function read(file: string, identity: string): Promise<Map<string, Kept>> {
  try {
    const found = format.parse(JSON.parse(await readFile(file, 'utf8')))
    return new Map(found.identity === identity ? Object.entries(found.answers) : [])
  } catch {
    return new Map()
  }
}

/** The file is there whole or not at all, for its owner alone. */
async function write(file: string, identity: string, answers: ReadonlyMap<string, Kept>): Promise<void> {
  const temporary = `${file}.${process.pid}.new`
  const text = JSON.stringify({ version: 1, identity, answers: Object.fromEntries(answers) })
  try {
    await writeFile(temporary, `${text}\n`, { mode: 0o600 })
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
