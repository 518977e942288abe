// The lab of the documented systems: its hosts, what they must have to be taken for real ones, and the files that a user would have.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { labSsh } from '../../engine/lab/connection.ts'
import { labDown, labUp } from '../../engine/lab/lab.ts'
import { root } from './program.ts'
import { hostsOf, type System, systemsLab } from './system-hosts.ts'
import type { Made } from './system-inventories.ts'
import { atFirst, criDockerdFile, debianPart, mirrorHost, wholeMirror } from './system-mirror.ts'
import { debs, makeArchive, makeParts, parts, rpms, versionlockFiles } from './system-packages.ts'

const hostsWith = (image: string): string[] =>
  systemsLab.hosts.flatMap((host) => (host.image === image ? [host.name] : []))

/** Boots the hosts and makes what they install, on one of each family. Checksums of what is no package of a repository. */
export async function systemsUp(): Promise<Omit<Made, 'controlKey'>> {
  await labDown(systemsLab) // of a test run that was killed
  await labUp(systemsLab)
  const builder = hostsWith('debian')[0]!
  await there(builder, `${makeParts}\n${makeArchive}\n${debianPart(debs())}`)
  await Promise.all([
    given(builder, `${parts.slice(1)} srv/mirror`, [mirrorHost.name]).then(() =>
      there(mirrorHost.name, wholeMirror(rpms())),
    ),
    given(
      builder,
      'srv/docker.tgz',
      hostsOf('s1').map(({ labName }) => labName),
    ),
    ...hostsWith('debian').map((host) => there(host, ofDebian)),
    ...hostsWith('dnf').map((host) => there(host, ofRedhat)),
  ])
  // the key of the distribution's packages is the mirror's
  const key = await there(mirrorHost.name, 'cat /srv/mirror/kubernetes/gpg')
  const begin = `cat > /etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9; rm ${versionlockFiles.join(' ')}`
  await Promise.all(hostsWith('dnf').map((host) => there(host, begin, key)))
  const sha256 = async (host: string, file: string) =>
    (await there(host, `sha256sum < ${file}`)).toString().slice(0, 64)
  return {
    archive: await sha256(builder, '/srv/docker.tgz'),
    criDockerd: await sha256(mirrorHost.name, `/srv/mirror/${criDockerdFile}`),
  }
}

export const systemsDown = (): Promise<void> => labDown(systemsLab)

/** What hosts of the families have besides what the image of a lab has. */
const ofRedhat = `mkdir -p /etc/sysconfig /etc/NetworkManager/system-connections
printf '${atFirst.replaceAll('\n', '\\n')}' > /etc/yum.repos.d/first.repo`
const ofDebian = 'mkdir -p /etc/network/interfaces.d'

/** A file for the program in a folder: the inventory of a system. Its path. */
export function inventoryFile(folder: string, system: System, made: Made): string {
  const file = path.join(folder, `${system}.ts`)
  const from = JSON.stringify(path.join(root, 'test/lab/system-inventories.ts'))
  writeFileSync(
    file,
    `import { systemOnLab } from ${from}\nexport default systemOnLab('${system}', ${JSON.stringify(made)})\n`,
  )
  return file
}

/** The playbook that only prepares a system: its own, but for S2's, which goes on. */
export const playbookOf = (system: System): string =>
  path.join(root, system === 's2' ? 'test/lab/system-s2.ts' : `playbooks/systems/${system}.ts`)

/** What a command prints on a host of the lab. @throws Error where it fails */
export function there(host: string, command: string, input?: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh', labSsh(systemsLab, host, [command]))
    const [printed, said]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk) => printed.push(chunk))
    child.stderr.on('data', (chunk) => said.push(chunk))
    child.on('error', reject).on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(printed))
      else reject(new Error(`${host}: exit code ${code}: ${Buffer.concat(said)}`))
    })
    child.stdin.on('error', () => {}) // the command ended without reading all
    child.stdin.end(input)
  })
}

/** A file or folder of a host, for others at the same place. */
async function given(from: string, place: string, to: readonly string[]): Promise<void> {
  const files = await there(from, `tar -C / -cf - ${place}`)
  await Promise.all(to.filter((host) => host !== from).map((host) => there(host, 'tar -C / -xf -', files)))
}
