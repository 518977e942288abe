// What the failure tests share: a small lab, playbooks on it, the program as a child, what is left running on a host.
import { type ChildProcess, spawnSync } from 'node:child_process'
import { expect } from 'vitest'
import type { RunEvent } from '../../engine/index.ts'
import { type LabSpec, labConnection, labDown, labSsh, labUp } from '../../engine/lab/lab.ts'
import { cableName } from '../../engine/lab/names.ts'
import { type Finished, inventoryOf, type Project, playbookOf, project } from '../support/cli.ts'

export interface Failures {
  readonly site: Project
  /** Runs a playbook of these tasks on these hosts. */
  run(tasks: string, hosts: readonly string[], options?: Running): Promise<Finished>
  /** Runs book.ts as it is. */
  again(hosts: readonly string[], options?: Running): Promise<Finished>
  down(): Promise<void>
}

interface Running {
  readonly args?: readonly string[]
  /** Told every event as it comes; `child` is the program. */
  readonly onEvent?: (event: RunEvent, child: ChildProcess) => void
  readonly onStart?: (child: ChildProcess) => void
}

/** A lab of this name, one for each file of tests: they run side by side. `network` is the first three numbers of it. */
export function failuresLab(name: string, network: string) {
  const spec: LabSpec = {
    name,
    subnet: `${network}.0/24`,
    hosts: ['one', 'two', 'three'].map((host, index) => ({ name: host, address: `${network}.1${index + 1}` })),
  }

  const on = (host: string, command: string): { code: number; output: string } => {
    const result = spawnSync('ssh', labSsh(spec, host, [command]), { encoding: 'utf8', timeout: 20_000 })
    return { code: result.status ?? -1, output: (result.stdout + result.stderr).trim() }
  }

  const leftOn = (host: string): string =>
    // the brackets keep the pattern from finding itself
    on(host, "pgrep -af '[_]tsp_|[s]leep 1[0-9][0-9][0-9]' | cut -c1-80").output

  return {
    /** Boots it. */
    failures: () => boot(spec),

    /** A command on a host, over a connection of its own. */
    on,

    /** Processes on a host that came with a run: its shells, and the commands that the tests use. */
    leftOn,

    /** Passes once nothing of a run is left on the host: at once, or within so many seconds. */
    nothingLeftOn: (host: string, seconds = 10): Promise<void> =>
      expect.poll(() => leftOn(host), { timeout: seconds * 1000, interval: 250 }).toBe(''),

    /** Takes a host's link down or up, at this machine's end of the cable. */
    link(host: string, state: 'up' | 'down'): void {
      const { status, stderr } = spawnSync('ip', ['link', 'set', cableName(name, host), state], { encoding: 'utf8' })
      if (status !== 0) throw new Error(stderr)
    },

    /** Ends the ssh sessions of runs on a host, as a crash would, after `first`. */
    killSession: (host: string, first = 'true'): string =>
      on(host, `${first}; for p in $(pgrep -f '^sshd: root@notty'); do [ $p = $PPID ] || kill -9 $p; done`).output,
  }
}

/** Boots the lab. `gone` is a host of the inventory on which nobody listens. */
async function boot(spec: LabSpec): Promise<Failures> {
  await labDown(spec) // of a test run that was killed
  await labUp(spec)
  const { user, privateKeys, knownHosts, hostKeys } = labConnection(spec.name)
  const hosts = Object.fromEntries(spec.hosts.map(({ name, address }) => [name, { address }]))
  const gone = { address: spec.hosts[0]!.address, port: 1 }
  const site = project()
  const login = { transport: 'ssh', user, privateKeys, knownHosts, hostKeys }
  site.write(
    'inventories/home.ts',
    inventoryOf(JSON.stringify({ web: { hosts: { ...hosts, gone } } })).replace(
      "{ transport: 'local' }",
      JSON.stringify(login),
    ),
  )
  const again: Failures['again'] = (names, { args = [], onEvent, onStart } = {}) =>
    site.tsplay(['run', 'book.ts', '-i', 'home', '-l', names.join(), '-o', 'ndjson', ...args], {
      onStart(child) {
        onStart?.(child)
        let rest = ''
        child.stdout!.on('data', (text: string) => {
          const lines = (rest + text).split('\n')
          rest = lines.pop()!
          for (const line of lines) onEvent?.(JSON.parse(line) as RunEvent, child)
        })
      },
    })
  return {
    site,
    again,
    run(tasks, names, options) {
      site.write('book.ts', playbookOf(tasks))
      return again(names, options)
    },
    async down() {
      site.remove()
      await labDown(spec)
    },
  }
}
