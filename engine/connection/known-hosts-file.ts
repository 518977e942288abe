// The known_hosts file on disk: read as a whole, appended to by one process and host at a time. Judges no key.
import { mkdir, open, readFile, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TsplayError } from '../error.ts'

/** The text of the file; empty where there is none. */
export async function readKnownHosts(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw new TsplayError(`${path} cannot be read: ${(cause as Error).message}`, {
      cause,
      hint: 'it lists the known host keys',
    })
  }
}

/**
 * Appends the line that `decide` returns for the text of the file, if any. Nobody else changes the file between the
 * reading and the appending: hosts connect in parallel, and so may several runs.
 * @throws TsplayError where the file cannot be written, or someone holds the lock for longer than ten seconds.
 */
export async function appendKnownHost(path: string, decide: (text: string) => string | undefined): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await withLock(`${path}.lock`, async () => {
      const text = await readKnownHosts(path)
      const line = decide(text)
      if (line === undefined) return
      const file = await open(path, 'a', 0o600)
      try {
        await file.write(`${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`)
      } finally {
        await file.close()
      }
    })
  } catch (cause) {
    if (cause instanceof TsplayError) throw cause
    throw new TsplayError(`the host key could not be recorded in ${path}: ${(cause as Error).message}`, {
      cause,
      hint: 'make the file writable, or record the key beforehand and use the strict policy',
    })
  }
}

async function withLock(path: string, work: () => Promise<void>): Promise<void> {
  const giveUpAt = Date.now() + 10_000
  for (;;) {
    try {
      await (await open(path, 'wx', 0o600)).close()
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (await isStale(path)) await unlink(path).catch(() => {})
    else if (Date.now() > giveUpAt)
      throw new TsplayError(`${path} is held by another run`, { hint: 'remove it if no other run is there' })
    else await sleep(5 + Math.random() * 10)
  }
  try {
    await work()
  } finally {
    await unlink(path).catch(() => {})
  }
}

/** A lock is held for milliseconds; an old one was left by a process that was killed. */
async function isStale(path: string): Promise<boolean> {
  const information = await stat(path).catch(() => undefined)
  return information !== undefined && Date.now() - information.mtimeMs > 5000
}
