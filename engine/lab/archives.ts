// Packages that some host of some lab has downloaded, kept so that no host needs to download them again.
// Knows nothing of apt but where it keeps files: a host finds them as if it had downloaded them itself, and checks them.
import { constants } from 'node:fs'
import { copyFile, link, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Where apt keeps what it has downloaded, below a host's root. */
export const archivesInside = 'var/cache/apt/archives'

/**
 * Gives the packages in one folder also to another. Both then name the same file: no copy, no lock, no folder that hosts
 * share. Packages are replaced and never rewritten, so that what one host does with its name is nothing to the others.
 */
export async function sharePackages(from: string, to: string): Promise<void> {
  const names = (await readdir(from).catch(() => [])).filter((name) => name.endsWith('.deb'))
  if (names.length === 0) return
  await mkdir(to, { recursive: true, mode: 0o755 })
  const there = new Set(await readdir(to))
  await Promise.all(names.filter((name) => !there.has(name)).map((name) => give(join(from, name), join(to, name))))
}

async function give(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // the cache may lie on another disk; and what another lab has just shared or a host has just cleaned away is no matter
    if (code === 'EXDEV') await copyFile(from, to, constants.COPYFILE_EXCL).catch(() => {})
    else if (code !== 'EEXIST' && code !== 'ENOENT') throw error
  }
}
