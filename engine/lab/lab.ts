// Labs: real throw-away hosts on this machine. `up` boots what is missing and keeps what runs, `down` leaves nothing.
// Knows nothing of playbooks and inventories.
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { baseTree } from './base-tree.ts'
import { labCgroup, removeCgroup } from './cgroup.ts'
import { removeDisk } from './disk.ts'
import { stopHost } from './host.ts'
import { hostUp, type LabHost } from './host-up.ts'
import type { LabImage } from './images.ts'
import { labKey } from './keys.ts'
import { withLock } from './lock.ts'
import { checkMachine, prepareMachine } from './machine.ts'
import { networkDown, networkUp } from './network.ts'
import { labPaths } from './paths.ts'
import { recordedSubnet, rememberSubnet } from './record.ts'
import { checkSpec, type LabSpec } from './spec.ts'
import { type LabStatus, labStatus } from './status.ts'

export { labConnection, labSsh } from './connection.ts'
export { dnfRepositories } from './dnf-image.ts'
export type { LabHost } from './host-up.ts'
export type { LabImage } from './images.ts'
export { machineLacks } from './machine.ts'
export { labPaths } from './paths.ts'
export type { LabHostSpec, LabSpec } from './spec.ts'
export { type LabStatus, labStatus } from './status.ts'

/** Options of {@link labUp}. */
export interface LabUpOptions {
  /** Told what takes time. */
  onStep?(message: string): void
  /** False: programs that the machine lacks are named in an error instead of installed. Default true. */
  readonly install?: boolean
  /** Seconds in which a host must answer. Default 60. */
  readonly timeout?: number
}

/**
 * Brings a lab up: boots the hosts that do not run, and waits until all answer on port 22. What an earlier, interrupted
 * run left is cleaned up first. Hosts go on running when this process ends.
 * @throws TsplayError where the machine cannot carry a lab, or a host does not come up.
 */
export async function labUp(spec: LabSpec, options: LabUpOptions = {}): Promise<LabHost[]> {
  const onStep = options.onStep ?? (() => {})
  checkSpec(spec)
  const machine = await prepareMachine({ install: options.install ?? true, onStep })
  return await locked(spec, onStep, async () => {
    await rememberSubnet(spec)
    const running = new Set((await labStatus(spec)).flatMap(({ name, state }) => (isRunning(state) ? name : [])))
    const publicKey = await labKey(labPaths(spec.name))
    await networkUp(spec)
    const given = { publicKey, timeout: options.timeout ?? 60, onStep }
    const bases = oncePer((image: LabImage) =>
      baseTree(labPaths(spec.name), { machine, image, packages: spec.packages ?? [], onStep }),
    )
    const outcomes = await Promise.allSettled(
      spec.hosts.map((named) => {
        const host = { ...named, image: named.image ?? spec.image ?? 'debian' }
        const base = () => bases(host.image)
        return hostUp(spec, host, { ...given, base, running: running.has(host.name) })
      }),
    )
    return outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    })
  })
}

/** Takes a lab down: ends its hosts and removes everything it has on this machine. The caches stay. */
export async function labDown(spec: LabSpec, options: Pick<LabUpOptions, 'onStep'> = {}): Promise<void> {
  const onStep = options.onStep ?? (() => {})
  checkSpec(spec)
  await checkMachine()
  await locked(spec, onStep, async () => {
    const paths = labPaths(spec.name)
    const cgroup = await labCgroup(spec.name)
    // also hosts that an earlier spec of the lab had
    const found = await Promise.all([cgroup, join(paths.dir, 'hosts')].map(foldersIn))
    const names = new Set([...spec.hosts.map(({ name }) => name), ...found.flat()])
    await Promise.all([...names].map((name) => stopHost(spec.name, name)))
    await removeCgroup(cgroup)
    await networkDown({ ...spec, subnet: (await recordedSubnet(spec)) ?? spec.subnet })
    await Promise.all([...names].map((name) => removeDisk(paths, { name })))
    await rm(paths.dir, { recursive: true, force: true })
  })
}

const isRunning = (state: LabStatus['state']) => state === 'up' || state === 'booting'

const locked = <T>(spec: LabSpec, onStep: (message: string) => void, work: () => Promise<T>): Promise<T> =>
  withLock(`lab.${spec.name}`, () => onStep(`waiting for another process that works on lab '${spec.name}'`), work)

const foldersIn = async (dir: string): Promise<string[]> =>
  (await readdir(dir, { withFileTypes: true }).catch(() => [])).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  )

/** The same result for all who ask for the same, made when the first one does. */
function oncePer<K, T>(make: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const made = new Map<K, Promise<T>>()
  return (key) => {
    const known = made.get(key) ?? make(key)
    made.set(key, known)
    return known
  }
}
