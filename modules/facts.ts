// facts: what a host says of itself, as a task. A play's list reads facts without one; this is for whoever wants them as data.
import { z } from 'zod'
import { customFactFolders, customFactsProbe } from '../engine/facts/custom-facts.ts'
import { type FactKey, type Facts, factKeys, factProbes } from '../engine/facts.ts'
import { defineModule } from '../engine/module.ts'
import { all, type Probe } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import { pathParam } from './common/params.ts'

/** Parameters of `facts`. */
export interface FactsParams {
  /** Which facts: names of `Facts`, such as `['os', 'mounts']`. Default: all of them. */
  gather?: FactKey[]
  /** One more folder of custom facts on the host; its files win over others of their name. Default: none. */
  factPath?: string
}

/**
 * Reads facts of the host in one round trip; changes nothing. `register` receives them.
 *
 * @example some of them, as data
 * ```ts
 * task('what it is', facts({ gather: ['os', 'kernel'] })).register(({ os }) => [
 *   task('told', debug({ message: `runs ${os?.id} ${os?.version}` })),
 * ])
 * ```
 * @example all, with custom facts of a folder of one's own
 * ```ts
 * task('all', facts({ factPath: '/etc/facts.d' }))
 * ```
 */
export const facts = defineModule<FactsParams, Partial<Facts>, Partial<Facts>>({
  name: 'facts',
  params: z.strictObject({
    gather: z.array(z.enum(factKeys as [FactKey, ...FactKey[]])).optional(),
    factPath: pathParam.optional(),
  }),
  probe: ({ gather = [...factKeys], factPath }) => {
    const probes: Partial<Record<FactKey, Probe<unknown>>> = {}
    for (const key of gather) probes[key] = factProbes[key]
    if (factPath !== undefined && probes.local) probes.local = customFactsProbe([...customFactFolders, factPath])
    return all(probes as { [Key in keyof Partial<Facts>]: Probe<Partial<Facts>[Key]> }) as Probe<Partial<Facts>>
  },
  desired: () => ({}),
  apply: () => sh.empty,
  result: (_input, actual) => actual,
  touches: () => [],
})
