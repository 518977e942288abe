// A saved plan: what a check has found, as a file. Knows nothing of runs.
import { createHash, randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { z } from 'zod'
import { formatPlace, TsplayError } from '../error.ts'

const planned = z.object({
  play: z.string(),
  host: z.string(),
  key: z.string(),
  anchor: z.string(),
  role: z.string().nullable(),
  task: z.string(),
  module: z.string(),
  diff: z.array(z.record(z.string(), z.unknown())),
  /** Digest of the whole difference, secrets too. Null where the check could not know it. */
  fingerprint: z.string().nullable(),
  note: z.string().optional(),
})

const format = z.strictObject({
  tsplayPlan: z.literal(1),
  version: z.string(),
  made: z.string(),
  /** The folder it was made in: its paths are relative to it. */
  folder: z.string(),
  /** Makes fingerprints of short secrets useless to whoever has others. */
  salt: z.string(),
  playbooks: z.array(z.string()).min(1),
  roles: z.array(z.string()).optional(),
  /** Flags by their long names, as they were given. */
  flags: z.record(z.string(), z.unknown()),
  /** Digest of the variables of `-e`, and their names: values may be secret. */
  extraVars: z.object({ names: z.array(z.string()), digest: z.string() }),
  /** Per play and host, a digest of its tasks. */
  lists: z.record(z.string(), z.string()),
  tasks: z.array(planned),
  /** Tasks on whose results others depend: `play`, `host` and key, as one text. */
  open: z.array(z.string()),
  /** Of everything else. */
  digest: z.string(),
})

export type PlanFile = z.infer<typeof format>
export type PlannedTask = z.infer<typeof planned>

export const newSalt = (): string => randomBytes(16).toString('hex')

export const digestOf = (...texts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex')

/** Writes the plan whole or not at all, for its owner to read. @throws TsplayError */
export async function writePlan(file: string, plan: Omit<PlanFile, 'digest'>): Promise<void> {
  const text = `${JSON.stringify({ ...plan, digest: digestOf(JSON.stringify(plan)) }, null, 2)}\n`
  const temporary = `${file}.${process.pid}.new`
  try {
    const handle = await open(temporary, 'wx', 0o600)
    await handle
      .writeFile(text)
      .then(() => handle.sync())
      .finally(() => handle.close())
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw new TsplayError(`the plan cannot be written: ${(error as Error).message}`, { cause: error })
  }
}

/** @throws TsplayError for a file that is no plan, of another format, or changed since it was written */
export async function readPlan(file: string): Promise<PlanFile> {
  const wrong = (message: string, hint?: string): TsplayError =>
    new TsplayError(`${formatPlace({ file })}: ${message}`, { ...(hint !== undefined && { hint }) })
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw wrong(`cannot be read: ${(error as Error).message}`)
  }
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    throw wrong('is no plan', 'tsplay run … --check --save-plan FILE writes one')
  }
  const found = (data as { tsplayPlan?: unknown } | null)?.tsplayPlan
  if (found === undefined) throw wrong('is no plan', 'tsplay run … --check --save-plan FILE writes one')
  if (found !== 1) throw wrong(`is a plan of format ${String(found)}, which this tsplay does not know`, 'make it anew')
  const { digest, ...rest } = data as PlanFile
  if (digest !== digestOf(JSON.stringify(rest)) || !format.safeParse(data).success)
    throw wrong('was changed since it was written', 'a plan is applied as it was made: make it anew')
  return data as PlanFile
}
