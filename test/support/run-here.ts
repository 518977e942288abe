// Runs plays on hosts that are this machine: the real engine, the real shell, a folder per host instead of a network.
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { connect } from '../../engine/connection/connect.ts'
import type { Connect, Target } from '../../engine/connection/connection.ts'
import type { RunEvent, TaskEvent } from '../../engine/event.ts'
import type { Store } from '../../engine/module.ts'
import { type PlayContext, type PlaySpec, play, playbook } from '../../engine/play.ts'
import { type RunOutcome, run } from '../../engine/run/run.ts'
import type { RunOptions } from '../../engine/run/world.ts'
import { type Host, type Site, site } from '../../engine/site.ts'
import type { TaskList } from '../../engine/task.ts'

export const anySite = site({ vars: z.object({}), groups: {} })

/** What a test's plays see of their host: a folder of its own. */
export const folderOf = (context: PlayContext<Site>): string => (context.host.vars as { folder: string }).folder

type Spec = Omit<PlaySpec<Site, unknown>, 'hosts' | 'name'> & { readonly name?: string; readonly hosts?: string }

export interface Ran {
  readonly outcome: RunOutcome
  readonly events: readonly RunEvent[]
  /** Finished tasks in order, `host: task: status`. */
  readonly log: readonly string[]
  readonly tasks: readonly TaskEvent[]
  /** The events of one task by name. */
  task(name: string, host?: string): TaskEvent
}

export interface Here {
  readonly dir: string
  /** Runs the plays (a bare function is one play over all hosts). */
  run(plays: ((context: PlayContext<Site>) => TaskList) | readonly Spec[], options?: Partial<RunOptions>): Promise<Ran>
  remove(): Promise<void>
}

/** Hosts named as given, each with a folder. Changes made by one run are there for the next. */
export function here(names: readonly string[] = ['h1']): Here {
  const dir = mkdtempSync(path.join(tmpdir(), 'tsplay-run-'))
  const hosts: Host[] = names.map((name) => ({
    name,
    address: '127.0.0.1',
    groups: [],
    vars: { folder: mkdtempSync(path.join(dir, `${name}-`)) },
    connection: { transport: 'local' },
  }))
  return {
    dir,
    remove: () => rm(dir, { recursive: true, force: true }),
    async run(plays, options = {}) {
      const specs: readonly Spec[] = typeof plays === 'function' ? [{ tasks: plays }] : plays
      const events: RunEvent[] = []
      const outcome = await run({
        playbook: playbook(
          anySite,
          specs.map((spec, index) =>
            play<typeof anySite, 'all'>({
              name: `play ${index + 1}`,
              ...spec,
              hosts: (spec.hosts ?? 'all') as 'all',
            } as never),
          ),
        ),
        name: 'test',
        dir,
        world: {
          hosts,
          groups: {},
          limit: undefined,
          select: (selector) => (selector === 'all' ? hosts : hosts.filter(({ name }) => selector === name)),
        },
        selection: {},
        check: false,
        forks: 10,
        forceHandlers: false,
        store: memoryStore(),
        connect: connect as Connect,
        target: (host): Target => ({
          name: host.name,
          transport: 'local',
          address: '',
          port: 0,
          user: 'me',
          privateKeys: [],
          knownHosts: '',
          hostKeys: 'off',
          connectTimeout: 5,
        }),
        become: { user: undefined, method: undefined, password: undefined },
        signal: new AbortController().signal,
        placeOf: () => undefined,
        ...options,
        emit: (event) => {
          events.push(event)
          options.emit?.(event)
        },
      })
      const tasks = events.filter((event): event is TaskEvent => event.type === 'task')
      return {
        outcome,
        events,
        tasks,
        log: tasks.map(({ host, task, status }) => `${host}: ${task}: ${status}`),
        task(name, host) {
          const found = tasks.find((event) => event.task === name && (host === undefined || event.host === host))
          if (!found) throw new Error(`no task '${name}' in: ${tasks.map(({ task }) => task).join(', ')}`)
          return found
        },
      }
    },
  }
}

/** A store that forgets: what a test's control side keeps. */
export function memoryStore(): Store {
  const values = new Map<string, Readonly<Record<string, string>>>()
  return {
    async update(name, renew) {
      const value = await renew(values.get(name))
      values.set(name, value)
      return value
    },
    read: async (name) => values.get(name),
  }
}
