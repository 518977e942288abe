// preflight: whether hosts can be what they are meant for, looked at before anything is changed. Changes nothing.
import { block, role, sync, type TaskItem, task } from 'tsplay'
import { assert, facts, setFact } from 'tsplay/modules'
import { board } from './board.ts'
import { clock, clockOffset } from './clock.ts'
import { type Identity, identity, unlikeOthers } from './others.ts'
import { freePorts, type WantedPort } from './ports.ts'
import { problemsOf, type Wants } from './problems.ts'

export interface PreflightParams extends Wants {
  /** Names of all hosts that must differ from each other, this one too. */
  hosts: readonly string[]
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
    hosts,
    ports = [],
    maxSkew = 1,
    distinct = ['hostname', 'machineId', 'productUuid', 'macs'],
    ...wants
  }) => [
    task('its board', board({}), { become: true }).register(({ uuid }) => [told(uuid)]),
    task('its clock', clock({})).register(({ offset }) => [setFact(clockOffset, offset)]),
    sync('what all hosts are'),
    // one behind the other, whatever the one before has found
    inAnyCase([
      task(
        'what the host has',
        facts({ gather: ['os', 'arch', 'kernel', 'serviceManager', 'cpus', 'memoryMb', 'mounts'] }),
      ).register((found) => [
        task(
          'the host is fit',
          assert({ that: Object.fromEntries(problemsOf(found, wants).map((problem) => [problem, false])) }),
        ),
      ]),
      ports.length > 0 && task('ports are free', freePorts({ ports: [...ports] })),
      task('no other host is like it', unlikeOthers({ hosts: [...hosts], distinct: [...distinct], maxSkew })),
    ]),
  ],
})

/** For the other hosts to be compared with. */
const told = (productUuid: string): TaskItem =>
  task('what tells it from others', facts({ gather: ['hostname', 'machineId', 'interfaces'] })).register(
    ({ hostname = '', machineId = '', interfaces }) => [
      setFact(identity, {
        hostname: [hostname],
        machineId: [machineId],
        productUuid: [productUuid],
        macs: macsOf(interfaces),
      }),
    ],
  )

const inAnyCase = ([first, ...rest]: readonly TaskItem[]): TaskItem =>
  rest.length === 0 ? first : block([first], { always: [inAnyCase(rest)] })

/** Of real interfaces: bridges and tunnels may have the same everywhere. */
const macsOf = (interfaces: Readonly<Record<string, { readonly mac: string }>> = {}): string[] =>
  Object.entries(interfaces).flatMap(([name, { mac }]) => (/^(en|eth|wl|ib)/.test(name) && mac !== '' ? [mac] : []))
