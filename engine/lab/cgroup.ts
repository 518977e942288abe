// The processes of a host, as the kernel's cgroup tree holds them: what is in a host's folder is the host's, and nothing else.
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TsplayError } from '../error.ts'
import { cgroupName } from './names.ts'

/** A host's folders in the cgroup tree. */
export interface HostCgroup {
  /** All of the host. */
  readonly dir: string
  /** What watches over the host, on this machine. */
  readonly supervisor: string
  /** What the host itself sees as its whole tree. */
  readonly inside: string
}

/** Where the lab's processes are held. Machines that still bind controllers to cgroup v1 have the v2 tree in a subfolder. */
export async function labCgroup(lab: string): Promise<string> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8')
  const root = /^\S+ \S+ \S+ \/ (\S+) .* - cgroup2 /m.exec(mounts)?.[1]
  if (!root) throw new TsplayError('no cgroup2 file system is mounted')
  return join(root, cgroupName(lab))
}

/** A host's folders below its lab's. */
export const hostCgroup = (lab: string, host: string): HostCgroup => {
  const dir = join(lab, host)
  return { dir, supervisor: join(dir, 'supervisor'), inside: join(dir, 'host') }
}

/** Makes a host's folders and hands it the controllers that there are. */
export async function createCgroup({ dir, supervisor, inside }: HostCgroup): Promise<void> {
  await Promise.all([mkdir(supervisor, { recursive: true }), mkdir(inside, { recursive: true })])
  for (const parent of [join(dir, '..'), dir]) {
    const controllers = (await readFile(join(parent, 'cgroup.controllers'), 'utf8')).split(/\s+/).filter(Boolean)
    // one by one: a controller that cannot be handed down must not keep the others back
    for (const controller of controllers)
      await writeFile(join(parent, 'cgroup.subtree_control'), `+${controller}`).catch(() => {})
  }
}

/** Whether any process is in the folder or below. */
export const isPopulated = async (dir: string): Promise<boolean> =>
  /^populated 1$/m.test(await readFile(join(dir, 'cgroup.events'), 'utf8').catch(() => ''))

/** The processes in the folder and below. */
export async function processesIn(dir: string): Promise<number[]> {
  const own = (await readFile(join(dir, 'cgroup.procs'), 'utf8').catch(() => ''))
    .split('\n')
    .filter(Boolean)
    .map(Number)
  const below = await Promise.all((await subfolders(dir)).map((name) => processesIn(join(dir, name))))
  return [...own, ...below.flat()]
}

/** Kills every process in the folder and below, and waits until they are gone. */
export async function killAll(dir: string): Promise<void> {
  for (let tries = 0; await isPopulated(dir); tries++) {
    if (tries > 200) throw new TsplayError(`processes in ${dir} cannot be killed`)
    await writeFile(join(dir, 'cgroup.kill'), '1').catch(() => killEach(dir)) // kernels before 5.14 have no such file
    await sleep(tries < 20 ? 10 : 50)
  }
}

/** Removes the folder with all below; it must be empty of processes. */
export async function removeCgroup(dir: string): Promise<void> {
  for (const name of await subfolders(dir)) await removeCgroup(join(dir, name))
  await rmdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

async function killEach(dir: string): Promise<void> {
  for (const pid of await processesIn(dir)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // ended by itself meanwhile
    }
  }
}

const subfolders = async (dir: string): Promise<string[]> =>
  (await readdir(dir, { withFileTypes: true }).catch(() => [])).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  )
