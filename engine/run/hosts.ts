// The hosts of a run: one context each, connected when first needed, and what is left of them at the end.
import pLimit from 'p-limit'
import type { Connection } from '../connection/connection.ts'
import type { HostRecap } from '../event.ts'
import type { RunFacts } from '../module.ts'
import { noRecord } from '../run-journal.ts'
import type { Host } from '../site.ts'
import { becomeOf } from './become-of.ts'
import { type ControlCache, createControl, createControlCache } from './control/control.ts'
import { delegateOf } from './delegate.ts'
import type { HostContext } from './host-context.ts'
import { mask as createMask, hidden } from './mask.ts'
import { overlay } from './overlay.ts'
import { connectStubbornly, lostNotice } from './reconnect.ts'
import { runFacts } from './run-facts.ts'
import { userError } from './task-list.ts'
import type { RunOptions } from './world.ts'

/** All hosts of a run. */
export interface Hosts {
  /** The context of a host; the same each time. */
  of(host: Host): HostContext
  /** Counters of those among these hosts that took part. */
  recap(names: ReadonlySet<string>): Record<string, HostRecap>
  /** Handlers that have not run, by host, where a next run will know of them. */
  due(): (readonly [string, readonly string[]])[]
  /** Hosts at work, with what they are doing. */
  busy(): { host: string; doing: string }[]
  close(): Promise<void>
}

export function createHosts(options: RunOptions): Hosts {
  const contexts = new Map<string, HostContext>()
  const connections = new Map<string, Promise<Connection>>()
  const opened = new Map<string, Connection[]>()
  const shared: Shared = {
    mask: createMask(),
    facts: runFacts(options.journal),
    cache: createControlCache(),
    limits: new Map(),
    opening: new Map(),
    async connect(host) {
      const known = connections.get(host.name)
      const connection = await known
      if (connection && !connection.broken) return connection
      // whoever was here first opens it for all
      return connections.get(host.name) === known ? open(host) : shared.connect(host)
    },
    async disconnect(host) {
      const connection = connections.get(host.name)
      connections.delete(host.name)
      await connection?.then((each) => each.close()).catch(() => undefined)
    },
    of: (host) => of(host),
  }
  const open = (host: Host): Promise<Connection> => {
    options.emit({ type: 'host', host: host.name, state: 'connecting' })
    const last = opened.get(host.name)?.at(-1)
    // what a lost connection has left running there is ended by the next
    const connect = () => last?.again(options.signal) ?? options.connect(options.target(host), options.signal)
    const connecting = (
      of(host).away
        ? connect()
        : connectStubbornly(connect, options.signal, (message) => options.emit(lostNotice(host.name, message)))
    ).then((connection) => {
      opened.set(host.name, [...(opened.get(host.name) ?? []), connection])
      options.emit({ type: 'host', host: host.name, state: 'connected' })
      return connection
    })
    connections.set(host.name, connecting)
    // whoever takes the host back in tries again
    connecting.catch(() => connections.delete(host.name))
    return connecting
  }
  const of = (host: Host): HostContext => {
    const context = contexts.get(host.name) ?? contextOf(options, shared, host)
    contexts.set(host.name, context)
    return context
  }
  return {
    of,
    recap: (names) =>
      Object.fromEntries(
        [...contexts]
          .filter(([name]) => names.has(name))
          .map(([name, { counters }]) => {
            const trips = (opened.get(name) ?? []).reduce((sum, each) => sum + each.roundTrips, 0)
            return [name, { ...counters, roundTrips: trips - (shared.opening.get(name) ?? 0) }]
          }),
      ),
    due: () =>
      [...contexts.values()].flatMap(({ host, record }) => {
        const due = record.due()
        return due.length > 0 ? [[host.name, due] as const] : []
      }),
    busy: () =>
      [...contexts.values()].filter(({ doing }) => doing !== '').map(({ host, doing }) => ({ host: host.name, doing })),
    async close() {
      await Promise.allSettled(connections.values())
      await Promise.allSettled([...opened.values()].flat().map((connection) => connection.close()))
    },
  }
}

interface Shared {
  readonly mask: ReturnType<typeof createMask>
  readonly facts: RunFacts
  readonly cache: ControlCache
  readonly limits: Map<string, ReturnType<typeof pLimit>>
  readonly connect: (host: Host) => Promise<Connection>
  readonly disconnect: (host: Host) => Promise<void>
  readonly of: (host: Host) => HostContext
  /** What opening each host's first shell has cost: part of connecting, and not of the run. */
  readonly opening: Map<string, number>
}

function contextOf(
  options: RunOptions,
  { mask, facts, cache, limits, connect, disconnect, of, opening }: Shared,
  host: Host,
): HostContext {
  const answers: HostContext['answers'] = new Map()
  const counted = new WeakSet<Connection>()
  return {
    host,
    check: options.check,
    telling: options,
    selection: options.selection,
    async session(become) {
      const connection = await connect(host)
      const session = await connection.session(become)
      if (!counted.has(connection)) opening.set(host.name, (opening.get(host.name) ?? 0) + connection.roundTrips)
      counted.add(connection)
      return session
    },
    counters: { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, roundTrips: 0 },
    mask,
    signal: options.signal,
    planned: options.check ? overlay() : undefined,
    answers,
    asked: new Map(),
    applied: 0,
    factCache: options.factCache,
    recalled: false,
    notified: new Map(),
    handlers: [],
    careful: false,
    record: noRecord,
    play: '',
    playKey: '',
    state: 'ready',
    cleared: false,
    away: false,
    at: 'connect',
    doing: '',
    emit: options.emit,
    userError: (error, where) => userError(options, error, where, 'task'),
    control: (dirs) =>
      createControl({
        check: options.check,
        verbosity: options.verbosity ?? 0,
        ...{ host, store: options.store, facts, dirs, cache },
      }),
    becomeOf: (node) => becomeOf(options, host, node),
    differs({ key, anchor, name, action, scope }, { diff, exact, note }) {
      return options.watch?.differs?.({
        play: this.playKey,
        host: host.name,
        key,
        anchor,
        rescue: scope.rescue ?? false,
        role: scope.roles.at(-1) ?? null,
        task: mask.hide(name),
        module: action.module.name,
        diff: hidden(diff, mask.hide),
        exact: exact(),
        ...(note !== undefined && { note: mask.hide(note) }),
      })
    },
    open({ key }) {
      options.watch?.open?.(this.playKey, host.name, key)
    },
    turn: pLimit(1),
    delegate: (to) => of(delegateOf(options.world, to)),
    async disconnect() {
      answers.clear()
      await disconnect(host)
    },
    throttled(node, work) {
      const { throttle } = node.options
      if (throttle === undefined) return work()
      // the same task of several hosts has one name in one role of one play
      const key = [this.play, ...node.scope.roles, node.name].join('\0')
      const limit = limits.get(key) ?? pLimit(throttle)
      limits.set(key, limit)
      return limit(work)
    },
  }
}
