// The lines of a journal: what they say, and how a cut-off file is read. Pure, but for reading.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { isSecret, reveal, secret } from '../secret.ts'

const header = z.object({
  is: z.literal('run'),
  version: z.literal(1),
  pid: z.number(),
  /** The machine, and when the process began: a number of a process is used again. */
  machine: z.string(),
  process: z.string(),
  begun: z.string(),
  /** Which of the playbook's tasks it ran. */
  selection: z.string(),
})

const where = { play: z.string(), host: z.string() }

const line = z.discriminatedUnion('is', [
  header,
  /** A handler is due, or (not `sure`) may be: its task is being applied. */
  z.object({
    is: z.literal('due'),
    ...where,
    handler: z.string(),
    task: z.string(),
    sure: z.boolean(),
    when: z.string(),
  }),
  z.object({ is: z.literal('settled'), ...where, handler: z.string() }),
  /** The host comes to a task; null: it is through. */
  z.object({ is: z.literal('at'), ...where, key: z.string().nullable() }),
  z.object({ is: z.literal('fact'), host: z.string(), key: z.string(), value: z.unknown() }),
  /** A later run has taken over the handlers that are due. */
  z.object({ is: z.literal('handed on') }),
  /** The run has ended, whatever its process goes on with. */
  z.object({ is: z.literal('over') }),
])

export type Header = z.infer<typeof header>
export type Line = z.infer<typeof line>

/** A file's header and lines; undefined where it is no journal. A last line that was cut off is left out. */
export function readLines(file: string): { header: Header; lines: readonly Line[] } | undefined {
  const lines: Line[] = []
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    const parsed = parse(text)
    if (parsed) lines.push(parsed)
  }
  const [first] = lines
  return first?.is === 'run' ? { header: first, lines } : undefined
}

function parse(text: string): Line | undefined {
  try {
    const found = line.safeParse(JSON.parse(text, (_key, value) => (isBoxed(value) ? secret(value.$secret) : value)))
    return found.success ? found.data : undefined
  } catch {
    return undefined
  }
}

/** A line as text. Secrets are written out: the file is its owner's alone, as the store's are. */
export const lineText = (given: Line): string =>
  `${JSON.stringify(given, function (this: Record<string, unknown>, key, value) {
    const own = this[key]
    return isSecret(own) ? { $secret: reveal(own) } : value
  })}\n`

const isBoxed = (value: unknown): value is { $secret: string } =>
  typeof value === 'object' && value !== null && typeof (value as { $secret?: unknown }).$secret === 'string'
