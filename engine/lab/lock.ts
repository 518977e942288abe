// One process at a time, over all processes of this machine. Knows nothing of what is done meanwhile.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { TsplayError } from '../error.ts'

/** Folder of the locks; gone at the machine's next boot. */
export const lockDir = '/run/lock/tsplay'

/**
 * Does `work` while holding the lock `name`. A child holds it for us and ends when its standard input closes: the lock
 * falls with this process, however it ends, and needs no cleaning up. `onWait` is told when another holds it.
 */
export async function withLock<T>(name: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  await mkdir(lockDir, { recursive: true })
  const holder = spawn('flock', [`${lockDir}/${name}`, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = once(holder, 'close')
  ended.catch(() => {}) // told by the race below
  const waiting = setTimeout(onWait, 300)
  try {
    const held = once(holder.stdout, 'data').then(() => true)
    if ((await Promise.race([held, ended.then(() => false)])) !== true)
      throw new TsplayError(`the lock ${lockDir}/${name} cannot be taken`)
    clearTimeout(waiting)
    return await work()
  } finally {
    clearTimeout(waiting)
    holder.stdin.end()
    await ended.catch(() => {})
  }
}
