// Scenarios as one play, run by tsplay against a lab host over ssh.
import { connect } from '../../../engine/connection/connect.ts'
import type { Connect } from '../../../engine/connection/connection.ts'
import type { RunEvent, TaskEvent } from '../../../engine/event.ts'
import { block, endRole, role } from '../../../engine/index.ts'
import { play, playbook } from '../../../engine/play.ts'
import { run } from '../../../engine/run/run.ts'
import { type ConnectionSettings, type Host, pattern } from '../../../engine/site.ts'
import { anySite, memoryStore } from '../../support/run-here.ts'
import type { Named } from './both.ts'
import type { Done } from './by-ansible.ts'

/** A lab host with how to log in. */
export type TsplayHost = { readonly address: string } & Required<
  Pick<ConnectionSettings, 'user' | 'privateKeys' | 'knownHosts' | 'hostKeys'>
>

/** Runs all scenarios once, each as a role that a failure ends; or only says what that would do. */
export async function byTsplay(
  scenarios: readonly Named[],
  root: string,
  login: TsplayHost,
  { check = false } = {},
): Promise<Done[]> {
  const host: Host = { name: 'ours', address: login.address, groups: [], vars: {}, connection: {} }
  const roles = scenarios.map(({ slug, dir, scenario }) =>
    role({ name: slug, tasks: () => [block(scenario.tsplay(dir), { rescue: [endRole()] })] })(),
  )
  const events: RunEvent[] = []
  await run({
    playbook: playbook(anySite, [play({ name: 'all', hosts: pattern('all'), tasks: () => roles } as never)] as never),
    name: 'modules',
    dir: root,
    world: { hosts: [host], groups: {}, limit: undefined, select: () => [host] },
    selection: {},
    check,
    forks: 1,
    forceHandlers: false,
    store: memoryStore(),
    connect: connect as Connect,
    target: ({ name }) => ({ name, transport: 'ssh', port: 22, connectTimeout: 30, ...login }),
    become: { user: undefined, method: undefined, password: undefined },
    signal: new AbortController().signal,
    placeOf: () => undefined,
    emit: (event) => void events.push(event),
  })
  return events
    .filter((event): event is TaskEvent => event.type === 'task')
    .map(({ role, task, status, message }) => ({ scenario: role!, task, status, message }))
}
