// The lab of the documented systems: its hosts, what they must have to be taken for real ones, and the files that a user would have.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { labSsh } from '../../engine/lab/connection.ts'
import { labDown, labUp } from '../../engine/lab/lab.ts'
import { root } from './program.ts'
import { buildDebs, buildRpms, useRpms } from './system-builds.ts'
import { hostsOf, type System, systemsLab } from './system-hosts.ts'
import type { Made } from './system-inventories.ts'
import { debs, makeArchive, makeParts, parts, rpms } from './system-packages.ts'

const hosts = systemsLab.hosts.map(({ name, image }) => ({ name, image }))
const namesOf = (image: string): string[] => hosts.flatMap((host) => (host.image === image ? [host.name] : []))

/** Boots the hosts, builds the packages on one of each family and gives them to the others. The checksum of S1's archive. */
export async function systemsUp(): Promise<string> {
  await labDown(systemsLab) // of a test run that was killed
  await labUp(systemsLab)
  const [debian, ...debians] = namesOf('debian')
  const [redhat, ...redhats] = namesOf('dnf')
  await there(debian!, `${makeParts}\n${makeArchive}`)
  await Promise.all([
    (async () => {
      await there(debian!, buildDebs(debs()))
      await given(debian!, 'srv/debs', debians)
    })(),
    (async () => {
      await given(debian!, parts.slice(1), [redhat!])
      await there(redhat!, buildRpms(rpms()))
      await given(redhat!, 'srv/rpms', redhats)
    })(),
    given(
      debian!,
      'srv/docker.tgz',
      hostsOf('s1').map(({ labName }) => labName),
    ),
  ])
  await Promise.all([
    ...[debian!, ...debians].map((host) => there(host, ofDebian)),
    ...[redhat!, ...redhats].map((host) => there(host, ofRedhat)),
  ])
  return (await there(debian!, 'sha256sum < /srv/docker.tgz')).toString().slice(0, 64)
}

export const systemsDown = (): Promise<void> => labDown(systemsLab)

/** Folders that hosts have beside what the image of a lab has, and the packages. */
const ofRedhat = `${useRpms}; mkdir -p /etc/sysconfig /etc/NetworkManager/system-connections`
const ofDebian = `set -e; mkdir -p /etc/network/interfaces.d
echo 'deb [trusted=yes] file:/srv/debs ./' > /etc/apt/sources.list.d/systems.list
apt-get -qq update -o Dir::Etc::sourcelist=/etc/apt/sources.list.d/systems.list -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0`

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
