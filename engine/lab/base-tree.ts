// The tree that all hosts lie over: a minimal system with sshd, built once and then only read. Knows nothing of hosts.
import { createHash } from 'node:crypto'
import { access, chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { archivesInside, sharePackages } from './archives.ts'
import { run } from './command.ts'
import { finishScript } from './finish-script.ts'
import { type HostSettings, hostSettings, nameServers } from './host-settings.ts'
import { imageRecipe, type LabImage } from './images.ts'
import { withLock } from './lock.ts'
import type { Machine } from './machine.ts'
import type { LabPaths } from './paths.ts'

const minimal = 'systemd,systemd-sysv,dbus,openssh-server,sudo,iproute2,procps,kmod,ca-certificates,openssl,curl'.split(
  ',',
)

/** What a base tree is made for. */
export interface BaseTreeOptions {
  readonly machine: Machine
  readonly image: LabImage
  /** What hosts have besides what the image brings. */
  readonly packages: readonly string[]
  onStep(message: string): void
}

/**
 * The folder of the base tree of an image with these packages, built first where it does not exist yet (about a minute). It gets its
 * name only once it is complete: a build that was interrupted is never used.
 */
export async function baseTree(paths: LabPaths, options: BaseTreeOptions): Promise<string> {
  const settings = await hostSettings(options.machine)
  const { packages, script } = imageRecipe(options.image)
  const added: Added = { packages: [...new Set([...packages, ...options.packages])].sort(), script }
  const plain = treeName(paths, options.machine, settings, { packages: [], script: undefined })
  const wanted = treeName(paths, options.machine, settings, added)
  if (await exists(wanted)) return wanted
  const onWait = () => options.onStep('waiting for another build of the base tree')
  return await withLock('base', onWait, async () => {
    await mkdir(paths.base, { recursive: true, mode: 0o755 })
    await removeUnfinished(paths.base)
    if (!(await exists(plain))) await buildPlain(paths, plain, settings, options)
    if (!(await exists(wanted))) await buildExtended(paths, plain, wanted, added, options)
    return wanted
  })
}

/** What a tree has more than the minimal one. */
interface Added {
  readonly packages: readonly string[]
  readonly script: string | undefined
}

/** Trees made of other ingredients have other names, so that a change of the mirror or of this file builds anew. */
function treeName(paths: LabPaths, machine: Machine, settings: HostSettings, { packages, script }: Added): string {
  const ingredients = JSON.stringify([minimal, settings, finishScript, packages, ...(script ? [script] : [])])
  return join(paths.base, `${machine.codename}-${createHash('sha256').update(ingredients).digest('hex').slice(0, 12)}`)
}

async function buildPlain(paths: LabPaths, tree: string, settings: HostSettings, options: BaseTreeOptions) {
  const { codename } = options.machine
  const building = tree + unfinished
  options.onStep(`building the base tree of ${codename} in ${tree} (once, about a minute)`)
  await mkdir(paths.archives, { recursive: true })
  await mkdir(building, { mode: 0o755 })
  await run([
    ...alone,
    ...['debootstrap', '--variant=minbase', `--include=${minimal.join(',')}`, `--cache-dir=${paths.archives}`],
    ...[codename, building, settings.mirror],
  ])
  for (const [name, text] of Object.entries(settings.files)) {
    await mkdir(dirname(join(building, name)), { recursive: true })
    await replace(join(building, name), text)
  }
  await complete(paths, building, tree, { packages: [], script: undefined })
}

async function buildExtended(paths: LabPaths, plain: string, tree: string, added: Added, options: BaseTreeOptions) {
  options.onStep(`adding ${added.packages.join(' ')} to the base tree (once)`)
  await run(['cp', '-a', '--reflink=auto', plain, tree + unfinished])
  await complete(paths, tree + unfinished, tree, added)
}

async function complete(paths: LabPaths, building: string, tree: string, { packages, script }: Added) {
  const archives = join(building, archivesInside)
  await sharePackages(paths.archives, archives)
  await replace(join(building, 'etc/resolv.conf'), await nameServers())
  await run([...alone, 'sh', '-c', finishScript, 'sh', building, ...packages])
  await sharePackages(archives, paths.archives)
  if (script) await run([...alone, 'sh', '-c', script, 'sh', building])
  for (const name of await readdir(archives)) if (name.endsWith('.deb')) await rm(join(archives, name)) // each host gets them when it is made
  await chmod(building, 0o755)
  await rename(building, tree)
}

const unfinished = '.building'

/** In mounts and processes of its own, all of which end when this process does: nothing of a killed build stays mounted. */
const alone = 'setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child'.split(' ')

async function removeUnfinished(base: string): Promise<void> {
  const left = (await readdir(base)).filter((name) => name.endsWith(unfinished))
  for (const name of left) await run(['rm', '-rf', '--one-file-system', join(base, name)])
}

/** Writes a file anew: what stands there may be a link to where this system would keep it. */
async function replace(file: string, text: string): Promise<void> {
  await rm(file, { force: true })
  await writeFile(file, text, { mode: 0o644 })
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
