// How the hosts of a lab stand, found out by looking alone.
import { readDisk } from './disk.ts'
import { bootIdOf, isOn } from './host.ts'
import { hostPaths, labPaths } from './paths.ts'
import { greets } from './ready.ts'
import { checkSpec, type LabHostSpec, type LabSpec } from './spec.ts'

/** How a host of a lab stands. */
export interface LabStatus extends LabHostSpec {
  /** `up` answers on port 22, `booting` does not yet, `off` has a disk and does not run, `absent` has nothing. */
  readonly state: 'up' | 'booting' | 'off' | 'absent'
  readonly bootId?: string
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
