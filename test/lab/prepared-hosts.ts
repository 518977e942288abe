// Hosts that roles prepare: a lab of its own, and plays over all of it with the real engine in this process.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import type { Target } from '../../engine/connection/connection.ts'
import { labSsh } from '../../engine/lab/connection.ts'
import { type LabSpec, labConnection, labDown, labUp } from '../../engine/lab/lab.ts'
import type { PlayContext } from '../../engine/play.ts'
import type { Host, Site } from '../../engine/site.ts'
import type { TaskList } from '../../engine/task.ts'
import { type Here, here, type Ran } from '../support/run-here.ts'

export type TasksOf = (context: PlayContext<Site>) => TaskList

/** What three runs of the same tasks did. */
export interface Thrice {
  readonly check: Ran
  readonly first: Ran
  readonly second: Ran
}

/** Which hosts, and how they are logged in to. */
export interface RunSettings {
  readonly check?: boolean
  readonly hosts?: readonly string[]
  readonly login?: Partial<Pick<Target, 'privateKeys' | 'password'>>
}

/** The lab, once the tests run. */
export interface PreparedHosts {
  /** One play over the hosts that are named, or all. */
  run(tasks: TasksOf, options?: RunSettings): Promise<Ran>
  /** A check, the run, and the run once more. */
  thrice(tasks: TasksOf, hosts?: readonly string[]): Promise<Thrice>
  /** A folder of the control side. */
  readonly folder: string
  /** Runs shell on a host; what it prints. */
  on(host: string, command: string): string
}

/** `host role task` of what changed, sorted. */
export const changedIn = ({ tasks }: Ran): string[] =>
  tasks.flatMap(({ host, role, task, changed }) => (changed ? [`${host} ${role} ${task}`] : [])).sort()

/** `host task: message` of what failed. */
export const failedIn = ({ tasks }: Ran): string[] =>
  tasks.flatMap(({ host, task, status, message }) => (status === 'failed' ? [`${host} ${task}: ${message}`] : []))

/** The check foretold the run, which failed nowhere, and nothing was left for the second. */
export function expectSettled({ check, first, second }: Thrice): void {
  expect([...failedIn(check), ...failedIn(first)]).toEqual([])
  expect(changedIn(check)).toEqual(changedIn(first))
  expect(changedIn(second)).toEqual([])
}

/** Boots the lab before the tests of this file and ends it behind them; nothing happens where the machine `lacks` something. */
export function preparedHosts(spec: LabSpec, lacks: string | undefined): PreparedHosts {
  const folder = mkdtempSync(path.join(tmpdir(), `tsplay-${spec.name}-`))
  const login = labConnection(spec.name)
  const all: readonly Host[] = spec.hosts.map(({ name, address }) => ({
    ...{ name, address, groups: [], vars: {}, connection: {} },
  }))
  const engine: Here = here([])

  beforeAll(async () => {
    if (lacks !== undefined) return
    await labDown(spec) // of a test run that was killed
    await labUp(spec)
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await engine.remove()
    if (lacks === undefined) await labDown(spec)
  })

  const run: PreparedHosts['run'] = (tasks, { check = false, hosts: names, login: other } = {}) => {
    const hosts = all.filter(({ name }) => names === undefined || names.includes(name))
    const world = { hosts, groups: {}, limit: undefined, select: () => hosts }
    return engine.run(tasks, {
      ...{ world, check, dir: folder },
      target: ({ name, address }) =>
        name === 'localhost'
          ? { ...login, name, transport: 'local', address: '', port: 0, connectTimeout: 5 }
          : { ...login, name, transport: 'ssh', address, port: 22, connectTimeout: 30, ...other },
    })
  }
  return {
    folder,
    run,
    async thrice(tasks, names) {
      const hosts = names && { hosts: names }
      return {
        check: await run(tasks, { check: true, ...hosts }),
        first: await run(tasks, { ...hosts }),
        second: await run(tasks, { ...hosts }),
      }
    },
    on(host, command) {
      const { stdout, stderr } = spawnSync('ssh', labSsh(spec, host, [command]), { encoding: 'utf8' })
      return `${stdout}${stderr}`.trim()
    },
  }
}
