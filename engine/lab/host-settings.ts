// What a host needs of this machine's settings to reach the same mirror: apt sources and options, authorities, name servers.
import { readdir, readFile } from 'node:fs/promises'
import { TsplayError } from '../error.ts'
import { type AptSource, distributionSources, formatAptSources, mirrorOf, parseAptSources } from './apt-sources.ts'
import { attempt } from './command.ts'
import type { Machine } from './machine.ts'

/** What every base tree is made with. */
export interface HostSettings {
  /** Where debootstrap takes the release from. */
  readonly mirror: string
  /** Files to write, by their path below the root. */
  readonly files: Readonly<Record<string, string>>
}

/**
 * The settings that this machine's hosts get.
 * @throws TsplayError where no apt source of the machine has its own release.
 */
export async function hostSettings(machine: Machine): Promise<HostSettings> {
  const sources = distributionSources(await machineSources(), machine)
  const mirror = mirrorOf(sources, machine.codename)
  if (!mirror)
    throw new TsplayError(`no apt source of this machine has the main component of '${machine.codename}'`, {
      hint: 'hosts of a lab are installed from the mirror that this machine itself uses: add it to /etc/apt/sources.list',
    })
  return {
    mirror,
    files: {
      'etc/apt/sources.list': formatAptSources(sources),
      'etc/apt/apt.conf.d/60tsplay-lab': `${await sharedOptions()}${aptOptions}`,
      'etc/dpkg/dpkg.cfg.d/60tsplay-lab': dpkgOptions,
      'etc/default/locale': 'LANG=C.UTF-8\n',
      ...(await ownAuthorities()),
    },
  }
}

// Hosts live for minutes: nothing that only matters later, or to a reader of manuals, is fetched, unpacked or synced.
const aptOptions = `APT::Install-Recommends "false";
APT::Install-Suggests "false";
Acquire::Languages "none";
Acquire::Retries "3";
`
const dpkgOptions = `force-unsafe-io
path-exclude=/usr/share/man/*.gz
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/locale/*.mo
path-exclude=/usr/share/info/*.gz
`

/**
 * The machine's resolv.conf, which changes as it moves between networks. Name servers that only listen on the machine
 * itself are of no use to a host.
 */
export async function nameServers(): Promise<string> {
  for (const file of ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (/^\s*nameserver\s+(?!127\.|::1\b)/m.test(text)) return text
  }
  return ''
}

async function machineSources(): Promise<AptSource[]> {
  const folder = '/etc/apt/sources.list.d'
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(list|sources)$/.test(name)).sort()
  const files = ['/etc/apt/sources.list', ...names.map((name) => `${folder}/${name}`)]
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')))
  return files.flatMap((file, index) => parseAptSources(file, texts[index]!))
}

/** Options without which the machine itself could not use its mirror. */
async function sharedOptions(): Promise<string> {
  const { stdout } = await attempt(['apt-config', 'dump'])
  const wanted = /^Acquire::(https?::Proxy(::.*)?|Check-Valid-Until|Check-Date) "/
  return stdout
    .split('\n')
    .filter((line) => wanted.test(line))
    .map((line) => `${line}\n`)
    .join('')
}

/** Certificates that were added to this machine by hand, as networks with an inspecting proxy ask for. */
async function ownAuthorities(): Promise<Record<string, string>> {
  const folder = 'usr/local/share/ca-certificates'
  const names = (await readdir(`/${folder}`).catch(() => [])).filter((name) => name.endsWith('.crt'))
  const texts = await Promise.all(names.map((name) => readFile(`/${folder}/${name}`, 'utf8')))
  return Object.fromEntries(names.map((name, index) => [`${folder}/${name}`, texts[index]!]))
}
