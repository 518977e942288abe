// preflight: whether hosts can be what they are meant for, looked at before anything is changed. Changes nothing.
import { block, role, sync, type TaskItem, task } from 'tsplay'
import { assert, fact, setFact } from 'tsplay/modules'
import { unlikeOthers } from './others.ts'
import { portText, type WantedPort } from './ports.ts'
import { problemsOf, type Wants } from './problems.ts'
import { type Identity, type Surveyed, survey, surveyed } from './survey.ts'

export interface PreflightParams extends Wants {
  /** Name of the host whose tasks these are. */
  self: string
  /** Names of all hosts that must differ from each other, this one too. */
  hosts: readonly string[]
  /** What the host is going to be called, where somebody is about to say so: fresh hosts share one name. Default: as it is called. */
  name?: string
  /** TCP ports that must be free, unless the unit that is to have them has them already. Default: none. */
  ports?: readonly WantedPort[]
  /** Seconds by which clocks of two hosts may differ. Default 1. */
  maxSkew?: number
  /** What no two hosts may share. Default: all; containers share their machine's `productUuid`. */
  distinct?: readonly (keyof Identity)[]
}

/** All that is wrong with a host is said in one run; a play with `anyErrorsFatal` goes no further on any host then. */
export const preflight = role<PreflightParams>({
  name: 'preflight',
  tasks: ({
    self,
    hosts,
    name,
    ports = [],
    maxSkew = 1,
    distinct = ['hostname', 'machineId', 'productUuid', 'macs'],
    ...wants
  }) => [
    task('what the host is', survey({ ports: [...ports] }), { become: true }).register((told) => [
      setFact(surveyed, named(told, name)),
    ]),
    // a host that is not fit is compared with, too
    sync('what all hosts are'),
    fact(surveyed, { host: self }).register(({ found, taken }) => [
      // one behind the other, whatever the one before has found
      inAnyCase([
        task('the host is fit', assert({ that: denied(problemsOf(found, wants)) })),
        ports.length > 0 &&
          task(
            'ports are free',
            assert({
              that: denied(taken.map((each) => `port ${portText(each)} is in use by another: ss -ltnp tells by whom`)),
            }),
          ),
        task('no other host is like it', unlikeOthers({ hosts: [...hosts], distinct: [...distinct], maxSkew })),
      ]),
    ]),
  ],
})

/** DNS takes names for the same that differ in capitals alone. */
const named = (told: Surveyed, name: string | undefined): Surveyed => ({
  ...told,
  identity: { ...told.identity, hostname: (name === undefined ? told.identity.hostname : [name]).map(lowerCase) },
})

const lowerCase = (text: string): string => text.toLowerCase()

/** None of it may be. */
const denied = (problems: readonly string[]): Record<string, boolean> =>
  Object.fromEntries(problems.map((problem) => [problem, false]))

const inAnyCase = ([first, ...rest]: readonly TaskItem[]): TaskItem =>
  rest.length === 0 ? first : block([first], { always: [inAnyCase(rest)] })
