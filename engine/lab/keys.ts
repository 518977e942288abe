// The lab's own login key, and the keys by which its hosts prove who they are. Knows nothing of connections.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from './command.ts'
import type { LabPaths } from './paths.ts'

/** Makes the lab's key pair and list of known hosts, where they do not exist yet; gives the public key. */
export async function labKey({ key, knownHosts }: LabPaths): Promise<string> {
  await mkdir(dirname(key), { recursive: true, mode: 0o755 })
  const existing = await readFile(`${key}.pub`, 'utf8').catch(() => undefined)
  if (existing) return existing
  await rm(key, { force: true }) // of a run that was killed half-way, which ssh-keygen would ask about
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'tsplay lab', '-f', key])
  await writeFile(knownHosts, '', { flag: 'a' })
  return await readFile(`${key}.pub`, 'utf8')
}

/** Gives a host's tree keys of its own, which no other host has. */
export async function hostKeys(tree: string): Promise<void> {
  const dir = join(tree, 'etc/ssh')
  await mkdir(dir, { recursive: true })
  const stale = (await readdir(dir)).filter((name) => name.startsWith('ssh_host_'))
  await Promise.all(stale.map((name) => rm(join(dir, name))))
  // of the kinds that are made at once: looking for the primes of an RSA key takes longer than all of the boot
  const kinds = ['ed25519', 'ecdsa']
  await Promise.all(
    kinds.map((kind) =>
      run(['ssh-keygen', '-q', '-t', kind, '-N', '', '-C', 'tsplay lab host', '-f', join(dir, `ssh_host_${kind}_key`)]),
    ),
  )
}

/** Forgets the keys of an address, whose host gets new ones. In one go, since several hosts may be made at once. */
export function forgetHostKeys({ knownHosts }: LabPaths, address: string): void {
  if (!existsSync(knownHosts)) return
  const lines = readFileSync(knownHosts, 'utf8').split('\n')
  const names = (line: string) => (line.split(' ')[0] ?? '').split(',')
  const kept = lines.filter((line) => !names(line).some((name) => name === address || name === `[${address}]:22`))
  if (kept.length < lines.length) writeFileSync(knownHosts, kept.join('\n'))
}
