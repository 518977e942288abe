// What a task brings from a host to the control side: files, each replaced at once. Knows nothing of hosts.
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, rename, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import type { Receiver } from '../../module.ts'

/** Saves files below `dir`, or wherever an absolute path says. */
export const createReceiver = (dir: string): Receiver => ({
  async save(name, bytes, { mode } = {}) {
    const file = path.resolve(dir, name)
    const folder = path.dirname(file)
    await mkdir(folder, { recursive: true })
    const fresh = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}`)
    try {
      const handle = await open(fresh, 'wx', 0o600)
      try {
        await handle.writeFile(bytes)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await chmod(fresh, mode === undefined ? 0o666 & ~process.umask() : Number.parseInt(mode, 8))
      await rename(fresh, file)
    } catch (error) {
      await rm(fresh, { force: true })
      throw error
    }
  },
  async folder(name, { mode } = {}) {
    const folder = path.resolve(dir, name)
    await mkdir(folder, { recursive: true })
    if (mode !== undefined) await chmod(folder, Number.parseInt(mode, 8))
  },
  async link(name, target) {
    const file = path.resolve(dir, name)
    await mkdir(path.dirname(file), { recursive: true })
    await rm(file, { force: true })
    await symlink(target, file)
  },
  remove: (name) => rm(path.resolve(dir, name), { recursive: true, force: true }),
})
