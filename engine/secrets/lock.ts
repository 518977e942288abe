// A lock between two runs on one machine: a file that names the process which holds it.
import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TsplayError } from '../error.ts'
import { makeFolder } from './value-files.ts'

/**
 * Does `work` while holding the lock of `file` (`.<name>.lock` beside it). One that a dead process of this machine left
 * is taken over. @throws TsplayError where it is not free within `patience` milliseconds.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, patience = 60_000): Promise<T> {
  const lock = path.join(path.dirname(file), `.${path.basename(file)}.lock`)
  await take(lock, patience)
  try {
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function take(lock: string, patience: number): Promise<void> {
  const mine = `${lock}.${randomUUID()}`
  const end = Date.now() + patience
  try {
    await makeFolder(path.dirname(lock))
    // written first and linked then, so that nobody ever reads a lock without its owner
    await writeFile(mine, `${process.pid} ${hostname()}\n`, { mode: 0o600 })
    while (!(await linked(mine, lock))) {
      const owner = await readFile(lock, 'utf8').catch(() => undefined)
      if (owner !== undefined && isDead(owner)) await remove(lock, owner, `${mine}.stale`)
      else if (Date.now() > end)
        throw new TsplayError(`the store is locked by process ${owner?.trim() ?? '?'}`, {
          hint: `wait for the other run to end; if there is none, remove ${lock}`,
        })
      else await sleep(50)
    }
  } catch (error) {
    if (error instanceof TsplayError) throw error
    throw new TsplayError(`the store cannot be locked: ${(error as Error).message}`, { cause: error })
  } finally {
    await rm(mine, { force: true })
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Takes a dead owner's lock away, unless it is another's by now. */
async function remove(lock: string, owner: string, aside: string): Promise<void> {
  try {
    await rename(lock, aside)
  } catch {
    return // somebody else was quicker
  }
  if ((await readFile(aside, 'utf8')) !== owner) await link(aside, lock).catch(() => undefined)
  await rm(aside, { force: true })
}

function isDead(owner: string): boolean {
  const [pid, host] = owner.trim().split(' ')
  if (host !== hostname()) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
