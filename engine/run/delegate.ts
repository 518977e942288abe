// Tasks that one host does for another: which host that is, and how its answers and shells stand in. Sends nothing.
import { suggest, TsplayError } from '../error.ts'
import type { Host } from '../site.ts'
import type { HostContext } from './host-context.ts'
import type { World } from './world.ts'

/** The host a task is delegated to. @throws TsplayError for a name that the inventory does not have */
export function delegateOf({ hosts, localhost }: World, to: string | Host): Host {
  const found = typeof to === 'object' ? to : hosts.find(({ name }) => name === to)
  if (found) return reachable(found)
  if (to === 'localhost') return localhost ?? thisMachine
  throw new TsplayError(`delegateTo: there is no host '${to as string}' in the inventory`, {
    hint: `${suggest(to as string, ['localhost', ...hosts.map(({ name }) => name)])}; a host that stands in no inventory is outsider('address')`,
  })
}

function reachable(host: Host): Host {
  if (host.unsupported === undefined) return host
  throw new TsplayError(`delegateTo: host '${host.name}' cannot be reached: ${host.unsupported}`)
}

const thisMachine: Host = {
  name: 'localhost',
  address: '127.0.0.1',
  groups: [],
  vars: {},
  connection: { transport: 'local' },
}

/** `context` with the shells and answers of `actor`: what plans and applies a task of the one on the other. */
export function onBehalfOf(context: HostContext, actor: HostContext): HostContext {
  const own = (key: 'play' | 'at' | 'doing') => ({
    get: () => context[key],
    set: (value: string) => {
      context[key] = value
    },
  })
  const theirs = <Key extends 'applied' | 'away'>(key: Key) => ({
    get: () => actor[key],
    set: (value: HostContext[Key]) => {
      actor[key] = value
    },
  })
  return Object.create(actor, {
    play: own('play'),
    at: own('at'),
    doing: own('doing'),
    applied: theirs('applied'),
    away: theirs('away'),
    control: { value: context.control },
    differs: { value: context.differs.bind(context) },
    throttled: { value: context.throttled.bind(context) },
    // what is told belongs to the host whose task it is
    emit: {
      value: (event: Parameters<HostContext['emit']>[0]) =>
        context.emit(event.type === 'output' || event.type === 'host' ? { ...event, host: context.host.name } : event),
    },
  })
}
