// Labs: real throw-away hosts on this machine. `up` boots what is missing and keeps what runs, `down` leaves nothing.
// Knows nothing of playbooks and inventories.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TsplayError } from '../error.ts'
import { type BaseTreeOptions, baseTree } from './base-tree.ts'
import { labCgroup, removeCgroup } from './cgroup.ts'
import { createDisk, readDisk, removeDisk } from './disk.ts'
import { bootHost, bootIdOf, didNotAnswer, isOn, stopHost } from './host.ts'
import { labKey } from './keys.ts'
import { withLock } from './lock.ts'
import { checkMachine, prepareMachine } from './machine.ts'
import { networkDown, networkUp } from './network.ts'
import { hostPaths, labPaths } from './paths.ts'
import { greets, sshAnswers } from './ready.ts'
import { checkSpec, type LabHostSpec, type LabSpec } from './spec.ts'

export { labConnection, labSsh } from './connection.ts'
export { machineLacks } from './machine.ts'
export { labPaths } from './paths.ts'
export type { LabHostSpec, LabSpec } from './spec.ts'

/** A host of a lab that is up. */
export interface LabHost extends LabHostSpec {
  /** Id of its current boot, which every reboot changes. */
  readonly bootId: string
  /** Whether this call booted it, rather than finding it running. */
  readonly booted: boolean
}

/** How a host of a lab stands. */
export interface LabStatus extends LabHostSpec {
  /** `up` answers on port 22, `booting` does not yet, `off` has a disk and does not run, `absent` has nothing. */
  readonly state: 'up' | 'booting' | 'off' | 'absent'
  readonly bootId?: string
}

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
    const base = lazily(() => baseTree(labPaths(spec.name), treeOptions(spec, machine, onStep)))
    const outcomes = await Promise.allSettled(
      spec.hosts.map((host) =>
        hostUp(spec, host, { running, base, publicKey, timeout: options.timeout ?? 60, onStep }),
      ),
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

/** How the hosts of a lab stand. Changes nothing. */
export async function labStatus(spec: LabSpec): Promise<LabStatus[]> {
  const { name: lab } = checkSpec(spec)
  return await Promise.all(
    spec.hosts.map(async (host): Promise<LabStatus> => {
      const { name, address } = host
      if (!(await isOn(lab, name)))
        return { name, address, state: (await readDisk(hostPaths(labPaths(lab), name))) ? 'off' : 'absent' }
      const [answers, bootId] = await Promise.all([greets(address), bootIdOf(lab, name)])
      return { name, address, state: answers ? 'up' : 'booting', ...(bootId && { bootId }) }
    }),
  )
}

interface Ingredients {
  readonly running: ReadonlySet<string>
  readonly base: () => Promise<string>
  readonly publicKey: string
  readonly timeout: number
  onStep(message: string): void
}

async function hostUp(spec: LabSpec, host: LabHostSpec, given: Ingredients): Promise<LabHost> {
  const paths = labPaths(spec.name)
  let disk = await readDisk(hostPaths(paths, host.name))
  const booted = !given.running.has(host.name) || disk?.address !== host.address
  if (booted) {
    await stopHost(spec.name, host.name)
    if (disk?.address !== host.address)
      disk = await createDisk(paths, host, { lower: await given.base(), publicKey: given.publicKey })
    given.onStep(`booting ${host.name} (${host.address})`)
    await bootHost(spec, host, disk.lower)
  }
  const givenUp = async () => !(await isOn(spec.name, host.name))
  const answers = await sshAnswers(host.address, { timeoutMs: given.timeout * 1000, givenUp })
  const bootId = answers ? await bootIdOf(spec.name, host.name) : undefined
  if (bootId !== undefined) return { ...host, bootId, booted }
  const error = await didNotAnswer(spec.name, host, given.timeout)
  if (booted) await stopHost(spec.name, host.name) // one that ran before is left to be looked into
  throw error
}

const isRunning = (state: LabStatus['state']) => state === 'up' || state === 'booting'

const treeOptions = (
  { packages = [] }: LabSpec,
  machine: BaseTreeOptions['machine'],
  onStep: BaseTreeOptions['onStep'],
): BaseTreeOptions => ({ machine, packages, onStep })

const locked = <T>(spec: LabSpec, onStep: (message: string) => void, work: () => Promise<T>): Promise<T> =>
  withLock(`lab.${spec.name}`, () => onStep(`waiting for another process that works on lab '${spec.name}'`), work)

/** A lab that is up keeps its subnet: `down` must find what `up` made, whatever the spec says by then. */
async function rememberSubnet(spec: LabSpec): Promise<void> {
  const recorded = await recordedSubnet(spec)
  if (recorded !== undefined && recorded !== spec.subnet)
    throw new TsplayError(`lab '${spec.name}' is up on ${recorded}, not on ${spec.subnet}`, {
      hint: 'take it down first',
    })
  await mkdir(labPaths(spec.name).dir, { recursive: true, mode: 0o755 })
  await writeFile(join(labPaths(spec.name).dir, 'subnet'), spec.subnet)
}

const recordedSubnet = (spec: LabSpec): Promise<string | undefined> =>
  readFile(join(labPaths(spec.name).dir, 'subnet'), 'utf8').then(
    (text) => text || undefined,
    () => undefined,
  )

const foldersIn = async (dir: string): Promise<string[]> =>
  (await readdir(dir, { withFileTypes: true }).catch(() => [])).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  )

/** The same result for all who ask, made when the first one does. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
