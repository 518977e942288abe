// Runs tasks on one host over ssh: the real engine in this process, without files of a project.
import { connect } from '../../engine/connection/connect.ts'
import type { Connect } from '../../engine/connection/connection.ts'
import type { HostRecap, RunEvent, TaskEvent } from '../../engine/event.ts'
import { play, playbook } from '../../engine/play.ts'
import { run } from '../../engine/run/run.ts'
import type { RunOptions } from '../../engine/run/world.ts'
import { type ConnectionSettings, type Host, pattern } from '../../engine/site.ts'
import type { TaskList } from '../../engine/task.ts'
import { anySite, memoryStore } from './run-here.ts'

/** A host and how to log in to it. */
export type There = { readonly address: string } & Required<
  Pick<ConnectionSettings, 'user' | 'privateKeys' | 'knownHosts' | 'hostKeys'>
>

export interface RanThere {
  readonly events: readonly RunEvent[]
  readonly tasks: readonly TaskEvent[]
  /** `task: status`, in order. */
  readonly log: readonly string[]
  readonly recap: HostRecap
}

/** One play of these tasks. Sources are looked up in `dir`. */
export async function runThere(
  login: There,
  tasks: TaskList,
  options: { readonly dir: string } & Partial<RunOptions>,
): Promise<RanThere> {
  const host: Host = { name: 'there', address: login.address, groups: [], vars: {}, connection: {} }
  const events: RunEvent[] = []
  await run({
    playbook: playbook(anySite, [play({ name: 'play', hosts: pattern('all'), tasks: () => tasks } as never)] as never),
    name: 'test',
    world: { hosts: [host], groups: {}, limit: undefined, select: () => [host] },
    selection: {},
    check: false,
    forks: 1,
    forceHandlers: false,
    store: memoryStore(),
    connect: connect as Connect,
    target: ({ name }) => ({ name, transport: 'ssh', port: 22, connectTimeout: 30, ...login }),
    become: { user: undefined, method: undefined, password: undefined },
    signal: new AbortController().signal,
    placeOf: () => undefined,
    emit: (event) => void events.push(event),
    ...options,
  })
  const done = events.filter((event): event is TaskEvent => event.type === 'task')
  const last = events.at(-1)
  if (last?.type !== 'recap') throw new Error('the run has no recap')
  return {
    events,
    tasks: done,
    log: done.map(({ task, status }) => `${task}: ${status}`),
    recap: last.hosts.there!,
  }
}
