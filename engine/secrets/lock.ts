// A lock between two runs on one machine: a file that names the process which holds it.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TsplayError } from '../error.ts'
import { storeError } from './store-error.ts'
import { makeFolder } from './write-file.ts'

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
    // written first and linked then, so that nobody ever reads a lock without its owner; no two owners' texts are the same
    await writeFile(mine, `${process.pid} ${hostname()} ${beganAt(process.pid)} ${randomUUID()}\n`, { mode: 0o600 })
    while (!(await linked(mine, lock))) {
      const owner = await readFile(lock, 'utf8').catch(() => undefined)
      if (owner !== undefined && isDead(owner)) await remove(lock, owner, Math.max(0, end - Date.now()))
      else if (Date.now() > end)
        throw new TsplayError(`the store is locked by process ${owner?.split(' ').slice(0, 2).join(' of ') ?? '?'}`, {
          place: { file: lock },
          hint: 'wait for the other run to end; if there is none, remove this file',
        })
      else await sleep(10 + Math.random() * 40)
    }
  } catch (error) {
    throw storeError('locked', error, lock)
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

/**
 * Takes a dead owner's lock away, unless it is another's by now. Only one at a time may do so, or the slower would take
 * away the lock that the quicker has got in its place.
 */
async function remove(lock: string, owner: string, patience: number): Promise<void> {
  const right = `${lock}.takeover`
  await take(right, patience)
  try {
    if ((await readFile(lock, 'utf8').catch(() => undefined)) === owner) await rm(lock)
  } finally {
    await rm(right, { force: true })
  }
}

function isDead(owner: string): boolean {
  const [pid, host, began] = owner.trim().split(' ')
  if (host !== hostname()) return false
  try {
    process.kill(Number(pid), 0)
    // another process may have got its number since, after a restart of the machine above all
    return began !== undefined && ![began, '-'].includes(beganAt(Number(pid)))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** When a process began, as the kernel counts; `-` where that cannot be told. */
function beganAt(pid: number): string {
  try {
    // behind the name, which may hold anything, the 20th field
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-'
  } catch {
    return '-'
  }
}
