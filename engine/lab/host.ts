// One host of a lab as a running thing: boot it, look at it, stop it. Knows nothing of the lab's other hosts.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { TsplayError } from '../error.ts'
import { createCgroup, hostCgroup, isPopulated, killAll, labCgroup, processesIn, removeCgroup } from './cgroup.ts'
import { attempt, lastLines } from './command.ts'
import { initScript } from './init-script.ts'
import { bridgeName, cableName, namespaceName } from './names.ts'
import { unplug } from './network.ts'
import { hostPaths, labPaths } from './paths.ts'
import type { LabHostSpec, LabSpec } from './spec.ts'
import { hardwareAddress, parseSubnet } from './subnet.ts'
import { superviseScript } from './supervise-script.ts'

/** Starts a host that is off, over the base tree that its disk was made for. It goes on when this process ends. */
export async function bootHost(spec: LabSpec, host: LabHostSpec, lower: string): Promise<void> {
  const paths = hostPaths(labPaths(spec.name), host.name)
  const cgroup = hostCgroup(await labCgroup(spec.name), host.name)
  const { prefix, gateway } = parseSubnet(spec.subnet)!
  const parameters = {
    ...{ name: host.name, address: host.address, prefix, gateway, lower, paths, cgroup },
    hardware: hardwareAddress(host.address),
    bridge: bridgeName(spec.name),
    cable: cableName(spec.name, host.name),
    namespace: namespaceName(spec.name, host.name),
  }
  await Promise.all([createCgroup(cgroup), mkdir(paths.dir, { recursive: true })])
  await writeFile(paths.supervise, superviseScript(parameters))
  await writeFile(paths.init, initScript(parameters))
  const console = await open(paths.console, 'w')
  try {
    const child = spawn('sh', [paths.supervise], {
      ...{ cwd: '/', env: {}, detached: true },
      stdio: ['ignore', console.fd, console.fd],
    })
    await once(child, 'spawn')
    child.unref()
    // from here on its control group tells that it runs
    while (child.exitCode === null && !(await isPopulated(cgroup.supervisor))) await sleep(5)
  } finally {
    await console.close()
  }
}

/** Ends a host at once, as a power cut does, and removes what it has in the kernel. Its disk stays. */
export async function stopHost(lab: string, host: string): Promise<void> {
  const { dir } = hostCgroup(await labCgroup(lab), host)
  await killAll(dir)
  await removeCgroup(dir)
  await unplug(lab, host)
}

/** Whether a host is on: watched over, be it up or just rebooting. */
export async function isOn(lab: string, host: string): Promise<boolean> {
  const { supervisor } = hostCgroup(await labCgroup(lab), host)
  const { supervise } = hostPaths(labPaths(lab), host)
  const commands = await Promise.all(
    (await processesIn(supervisor)).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  )
  return commands.some((command) => command.split('\0')[1] === supervise)
}

/** Process id, on this machine, of a host's init; undefined while there is none. */
export async function initOf(lab: string, host: string): Promise<number | undefined> {
  const { inside } = hostCgroup(await labCgroup(lab), host)
  for (const pid of await processesIn(inside)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    if (new RegExp(`^NSpid:\\s+${pid}\\s+1$`, 'm').test(status)) return pid
  }
  return undefined
}

/** The id of a host's current boot; undefined while it has none. */
export async function bootIdOf(lab: string, host: string): Promise<string | undefined> {
  const pid = await initOf(lab, host)
  const file = '/proc/sys/kernel/random/boot_id'
  const [own, inside] = await Promise.all(
    [file, `/proc/${pid}/root${file}`].map((path) => readFile(path, 'utf8').catch(() => undefined)),
  )
  // until init has a root of its own it sees this machine's
  return pid === undefined || inside === own ? undefined : inside?.trim()
}

/** Why a host does not answer, as far as its console and its journal tell. */
export async function didNotAnswer(lab: string, host: LabHostSpec, seconds: number): Promise<TsplayError> {
  const { console } = hostPaths(labPaths(lab), host.name)
  const text = await readFile(console, 'utf8').catch(() => '')
  const pid = await initOf(lab, host.name)
  const inside = ['nsenter', '--target', String(pid), '--mount', '--pid']
  const journal =
    pid === undefined ? '' : (await attempt([...inside, 'journalctl', '--boot', '--lines=25', '--no-pager'])).stdout
  const what = pid === undefined ? 'went off while booting' : `did not answer on port 22 within ${seconds} s`
  const told = [lastLines(text, 15), lastLines(journal, 25)].filter(Boolean)
  return new TsplayError([`lab host ${host.name} (${host.address}) ${what}`, ...told].join('\n'), {
    hint: `its console is in ${console}`,
  })
}
