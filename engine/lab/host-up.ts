// Brings one host of a lab up, from whatever state it is in. Knows nothing of the lab's other hosts.
import { createDisk, fits, readDisk } from './disk.ts'
import { bootHost, bootIdOf, didNotAnswer, isOn, stopHost } from './host.ts'
import { hostPaths, labPaths } from './paths.ts'
import { sshAnswers } from './ready.ts'
import type { LabHostSpec, LabSpec } from './spec.ts'

/** A host of a lab that is up. */
export interface LabHost extends LabHostSpec {
  /** Id of its current boot, which every reboot changes. */
  readonly bootId: string
  /** Whether this call booted it, rather than finding it running. */
  readonly booted: boolean
}

/** What a host is brought up with. */
export interface Ingredients {
  /** Whether it runs already. */
  readonly running: boolean
  /** The base tree, for a host that has no disk yet. */
  base(): Promise<string>
  readonly publicKey: string
  /** Seconds in which it must answer. */
  readonly timeout: number
  onStep(message: string): void
}

/**
 * The host, once it answers on port 22. One that runs is kept, unless it has another address or image by now.
 * @throws TsplayError with its console and journal where it does not answer in time.
 */
export async function hostUp(spec: LabSpec, host: LabHostSpec, given: Ingredients): Promise<LabHost> {
  const paths = labPaths(spec.name)
  let disk = await readDisk(hostPaths(paths, host.name))
  const booted = !given.running || !fits(disk, host)
  if (booted) {
    await stopHost(spec.name, host.name)
    if (!disk || !fits(disk, host))
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
