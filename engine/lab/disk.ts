// The disk of a host: what differs from the base tree. Knows nothing of processes and networks.
import { randomUUID } from 'node:crypto'
import { access, chmod, mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { TsplayError } from '../error.ts'
import { archivesInside, sharePackages } from './archives.ts'
import { run } from './command.ts'
import { nameServers } from './host-settings.ts'
import type { LabImage } from './images.ts'
import { forgetHostKeys, hostKeys } from './keys.ts'
import { type HostPaths, hostPaths, type LabPaths } from './paths.ts'
import type { LabHostSpec } from './spec.ts'

/** What a disk was made for. */
export interface DiskRecord {
  /** Base tree that it lies over. */
  readonly lower: string
  readonly address: string
  readonly image: LabImage
}

/** Whether a disk is that of this host as its spec has it now. */
export const fits = (disk: DiskRecord | undefined, { address, image = 'debian' }: LabHostSpec): boolean =>
  disk?.address === address && disk.image === image

/** What the host's disk was made for; undefined where it has none that can be booted. */
export async function readDisk({ record }: HostPaths): Promise<DiskRecord | undefined> {
  const text = await readFile(record, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  // a disk of before there were images was Debian's
  const found = { image: 'debian', ...JSON.parse(text) } as DiskRecord
  return access(found.lower).then(
    () => found,
    () => undefined, // the cache was emptied: without what lies below, a disk is worth nothing
  )
}

/** Makes a new, empty disk over a base tree, with what tells this host from others. */
export async function createDisk(
  paths: LabPaths,
  host: LabHostSpec,
  made: { lower: string; publicKey: string },
): Promise<DiskRecord> {
  const at = hostPaths(paths, host.name)
  await removeDisk(paths, host)
  await mkdir(at.disk, { recursive: true, mode: 0o755 })
  await refuseOverlay(at.dir)
  await chmod(at.disk, 0o755) // whatever the umask: it is the host's root folder
  await Promise.all([hostKeys(at.disk), sharePackages(paths.archives, join(at.disk, archivesInside))])
  const files: [path: string, text: string, mode: number][] = [
    ['root/.ssh/authorized_keys', made.publicKey, 0o600],
    ['etc/hostname', `${host.name}\n`, 0o644],
    ['etc/hosts', `127.0.0.1 localhost\n::1 localhost\n${host.address} ${host.name}\n`, 0o644],
    ['etc/resolv.conf', await nameServers(), 0o644],
    ['etc/machine-id', `${randomUUID().replaceAll('-', '')}\n`, 0o444],
  ]
  for (const [path, text, mode] of files) {
    const file = join(at.disk, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    await chmod(file, mode)
  }
  // a folder of the disk hides the mode of the same folder below it
  for (const open of ['etc', 'etc/ssh', 'var', 'var/cache', 'var/cache/apt', archivesInside])
    await chmod(join(at.disk, open), 0o755).catch(() => {})
  for (const closed of ['root', 'root/.ssh']) await chmod(join(at.disk, closed), 0o700)
  const record: DiskRecord = { lower: made.lower, address: host.address, image: host.image ?? 'debian' }
  await writeFile(at.record, JSON.stringify(record))
  return record
}

/** Removes a host's disk with all its state, after taking its downloaded packages into the cache. */
export async function removeDisk(paths: LabPaths, host: { name: string; address?: string }): Promise<void> {
  const at = hostPaths(paths, host.name)
  await rm(at.record, { force: true }) // first: half a disk must not be taken for one
  await sharePackages(join(at.disk, archivesInside), paths.archives)
  await run(['rm', '-rf', '--one-file-system', at.dir])
  if (host.address) forgetHostKeys(paths, host.address)
}

/** The kernel lays no overlay over an overlay, which is what the file system of most containers is. */
async function refuseOverlay(dir: string): Promise<void> {
  if ((await statfs(dir)).type === 0x794c7630)
    throw new TsplayError(`${dir} is on an overlay file system, over which hosts cannot lay theirs`, {
      hint: 'set TSPLAY_LAB_DIR to a folder on a plain disk or a tmpfs',
    })
}
