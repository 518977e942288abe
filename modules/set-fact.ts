// setFact and fact: values that one task leaves for later ones, on the same host or another. Touches no host.
import { z } from 'zod'
import { type Action, defineModule } from '../engine/module.ts'
import { always } from '../engine/probe.ts'
import { type Task, type TaskList, task } from '../engine/task.ts'

/** The key of a value that hosts keep during a run. */
export interface HostFact<out T> {
  readonly kind: 'host-fact'
  readonly name: string
  /** Only for the type checker. */
  readonly type?: T
}

/** A typed key: `const joinCommand = hostFact<string>('join command')`. */
export const hostFact = <T>(name: string): HostFact<T> => ({ kind: 'host-fact', name })

const factParam = z.custom<HostFact<unknown>>((value) => (value as HostFact<unknown> | null)?.kind === 'host-fact', {
  error: "expected a key made by hostFact('…')",
})

/** Parameters of `setFact`. */
export interface SetFactParams {
  /** The key. */
  fact: HostFact<unknown>
  /** What the host keeps under it until the run ends. */
  value: unknown
}

const keep = defineModule<SetFactParams, { readonly set: true }, { value: unknown }>({
  name: 'setFact',
  params: z.strictObject({ fact: factParam, value: z.unknown() }),
  late: true,
  subject: ({ fact }) => fact.name,
  async prepare(params, { facts, host }) {
    facts.set(host.name, params.fact.name, params.value)
    return params
  },
  probe: () => always({ set: true as const }),
  desired: () => ({ set: true as const }),
  apply: () => {
    throw new Error('setFact leaves nothing to apply')
  },
  result: ({ value }) => ({ value }),
  touches: () => [],
})

/**
 * Keeps `value` under `key` for this host; usually inside a `register`. Never changed.
 *
 * @example what a command printed, for a later play
 * ```ts
 * task('token', command({ cmd: 'kubeadm token create --print-join-command' })).register(({ stdout }) => [
 *   setFact(hostFact<string>('join command'), stdout),
 * ])
 * ```
 * @example a name that the task list shows
 * ```ts
 * task('keep the role', setFact(hostFact<string>('role'), host.groups.includes('masters') ? 'master' : 'worker'))
 * ```
 */
export const setFact = <T>(key: HostFact<T>, value: T): Action<{ value: T }> =>
  keep({ fact: key, value }) as Action<{ value: T }>

/** The module behind {@link setFact}. */
setFact.module = keep.module

/** Parameters of `fact`. */
export interface FactParams {
  /** The key. */
  fact: HostFact<unknown>
  /** Name of the host that has set it. */
  host: string
}

const recall = defineModule<FactParams, { readonly read: true }, { value: unknown }, { value: unknown }>({
  name: 'fact',
  params: z.strictObject({ fact: factParam, host: z.string() }),
  late: true,
  subject: ({ fact, host }) => `${fact.name} of ${host}`,
  prepare: async ({ fact: { name }, host }, { facts }) => ({ value: facts.get(host, name) }),
  probe: () => always({ read: true as const }),
  desired: () => ({ read: true as const }),
  apply: () => {
    throw new Error('fact leaves nothing to apply')
  },
  result: ({ value }) => ({ value }),
  touches: () => [],
})

/**
 * What a host has kept under `key`, set in an earlier play (or earlier on the same host):
 * `fact(joinCommand, { host: 'm1' }).register((command) => [ … ])`. Fails where it has not been set.
 */
export const fact = <T>(
  key: HostFact<T>,
  { host }: { host: string | { readonly name: string } },
): { register(tasks: (value: T) => TaskList): Task } => ({
  register: (tasks) => {
    const name = typeof host === 'string' ? host : host.name
    return task(`fact '${key.name}' of ${name}`, recall({ fact: key, host: name })).register(({ value }) =>
      tasks(value as T),
    ) as Task
  },
})
