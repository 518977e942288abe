// unlikeOthers: whether a host shares with another what every host must have for itself. Compares what hosts have told.
import { defineModule, probe, sh, TaskFailure, z } from 'tsplay'
import { apart, type ClockOffset } from './clock.ts'
import { type Identity, type Surveyed, surveyed } from './survey.ts'

/** A host with what it told; what it did not tell is left out. */
export interface Told {
  readonly name: string
  readonly identity?: Identity | undefined
  readonly clock?: ClockOffset | undefined
}

export interface UnlikeOthersParams {
  /** Names of all hosts. Those that take no part in the run are left out. */
  hosts: string[]
  distinct: (keyof Identity)[]
  /** Seconds. */
  maxSkew: number
}

/** No other host has the same, and all clocks agree. */
export const unlikeOthers = defineModule<
  UnlikeOthersParams,
  { readonly alike: readonly string[] },
  { compared: number },
  { alike: string[]; compared: number }
>({
  name: 'unlikeOthers',
  params: z.strictObject({
    hosts: z.array(z.string()),
    distinct: z.array(z.enum(['hostname', 'machineId', 'productUuid', 'macs'])),
    maxSkew: z.number().positive(),
  }),
  late: true,
  prepare: async (params, { facts, host }) => {
    const told = params.hosts.map((name): Told => {
      try {
        return { name, ...(facts.get(name, surveyed.name) as Surveyed) }
      } catch (error) {
        if (error instanceof TaskFailure) return { name } // it takes no part in this run, or has failed before
        throw error
      }
    })
    return { alike: likenesses(host.name, told, params), compared: told.filter((each) => each.identity).length }
  },
  probe: ({ alike }) => probe.always({ alike }),
  desired(_input, { alike }) {
    if (alike.length > 0) throw new TaskFailure(alike.join('; '), 'a copied machine needs names and ids of its own')
    return {}
  },
  apply: () => sh.empty,
  result: ({ compared }) => ({ compared }),
  touches: () => [],
})

const nouns: Readonly<Record<keyof Identity, string>> = {
  hostname: 'host name',
  machineId: 'machine id',
  productUuid: 'product uuid',
  macs: 'MAC address',
}

/** What `self` shares with others, and whose clocks are apart from its own. */
export function likenesses(
  self: string,
  told: readonly Told[],
  { distinct, maxSkew }: Pick<UnlikeOthersParams, 'distinct' | 'maxSkew'>,
): string[] {
  const own = told.find(({ name }) => name === self)
  const others = told.filter(({ name }) => name !== self)
  const shared = distinct.flatMap((kind) =>
    (own?.identity?.[kind] ?? [])
      .filter((value) => value !== '')
      .flatMap((value) => {
        const same = others.filter((other) => other.identity?.[kind].includes(value)).map(({ name }) => name)
        return same.length > 0 ? [`its ${nouns[kind]} ${value} is also that of ${same.join(', ')}`] : []
      }),
  )
  const skewed = others.flatMap(({ name, clock }) => {
    const skew = own?.clock && clock ? apart(own.clock, clock) : 0
    return skew > maxSkew * 1000 ? [`its clock and that of ${name} are ${(skew / 1000).toFixed(1)} s apart`] : []
  })
  return [...shared, ...skewed]
}
