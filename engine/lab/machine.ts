// Whether this machine can carry a lab, and what it lacks. Knows nothing of hosts.
import { access, constants, readFile } from 'node:fs/promises'
import { TsplayError } from '../error.ts'
import { attempt, run } from './command.ts'

/** What is known of this machine's distribution. */
export interface Machine {
  readonly id: string
  /** Name of its release, as in apt sources. */
  readonly codename: string
}

/** Why this machine cannot carry a lab, in half a sentence; undefined where it can. Changes nothing. */
export async function machineLacks(): Promise<string | undefined> {
  const found = await inspect()
  return 'lacks' in found ? found.lacks : undefined
}

/**
 * This machine.
 * @throws TsplayError where it cannot carry a lab.
 */
export async function checkMachine(): Promise<Machine> {
  const found = await inspect()
  if ('lacks' in found)
    throw new TsplayError(`a lab cannot run here: ${found.lacks}`, {
      hint: 'it needs Linux of the Debian family, root, and cgroup v2; elsewhere use a virtual machine with Debian',
    })
  return found
}

/**
 * This machine, with every program that a lab needs. Missing ones are installed, unless `install` is false.
 * @throws TsplayError where the machine cannot carry a lab or programs may not be installed.
 */
export async function prepareMachine(options: { install: boolean; onStep(message: string): void }): Promise<Machine> {
  const found = await checkMachine()
  const packages = await missingPackages()
  if (packages.length === 0) return found
  const install = ['apt-get', '-y', '--no-install-recommends', 'install', ...packages]
  if (!options.install)
    throw new TsplayError(`a lab needs programs that are missing here: ${packages.join(', ')}`, {
      hint: install.join(' '),
    })
  options.onStep(`installing ${packages.join(', ')} on this machine`)
  const noninteractive = ['env', 'DEBIAN_FRONTEND=noninteractive', ...install]
  if ((await attempt(noninteractive)).code !== 0) {
    await run(['apt-get', 'update']) // its package lists may be older than the mirror's packages
    await run(noninteractive)
  }
  return found
}

async function inspect(): Promise<Machine | { lacks: string }> {
  if (process.platform !== 'linux') return { lacks: `this is ${process.platform}, not Linux` }
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(release)?.[1] ?? ''
  const [id, codename] = [field('ID'), field('VERSION_CODENAME')]
  if (id !== 'debian' && !field('ID_LIKE').split(' ').includes('debian'))
    return { lacks: `this is ${field('PRETTY_NAME') || 'an unknown distribution'}, not of the Debian family` }
  if (codename === '') return { lacks: '/etc/os-release names no release (VERSION_CODENAME)' }
  if (process.getuid?.() !== 0) return { lacks: 'only root may make namespaces and mounts' }
  if (!/^\S+ \S+ \S+ \S+ \S+ .* - cgroup2 /m.test(await readFile('/proc/self/mountinfo', 'utf8')))
    return { lacks: 'no cgroup2 file system is mounted' }
  return { id, codename }
}

async function missingPackages(): Promise<string[]> {
  const needed: [name: string, ...programs: string[]][] = [
    ['debootstrap', 'debootstrap'],
    ['iproute2', 'ip'],
    ['iptables', 'iptables', 'nft'],
    ['openssh-client', 'ssh-keygen'],
    ['util-linux', 'unshare'],
  ]
  const missing = await Promise.all(
    needed.map(async ([name, ...programs]) =>
      (await Promise.all(programs.map(hasProgram))).some(Boolean) ? [] : name,
    ),
  )
  return missing.flat()
}

/** Whether a program is installed; administration programs count also where the PATH leaves them out. */
export async function hasProgram(name: string): Promise<boolean> {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/bin', '/bin']
  const found = await Promise.all(
    folders.filter(Boolean).map((folder) =>
      access(`${folder}/${name}`, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}
