// The handlers of a list by name and topic: which there are, and whether what tasks notify exists. Pure.
import { suggest, TsplayError } from '../error.ts'
import type { Handler, Notified, TaskOptions } from '../task.ts'
import { type Node, notifiedBy } from './nodes.ts'
import type { ScopedHandler } from './scope.ts'
import { tasksOf } from './selection.ts'

/** Handlers as they come up while a list is made. */
export interface HandlerNames {
  /** @throws TsplayError where another handler has the name. */
  add(handler: ScopedHandler): void
  /** In the order in which they run. */
  readonly all: readonly ScopedHandler[]
}

export function handlerNames(): HandlerNames {
  const all: ScopedHandler[] = []
  return {
    all,
    add(added) {
      const known = all.find(({ handler }) => handler.name === added.handler.name)
      if (!known) all.push(added)
      else if (!alike(known.handler, added.handler))
        throw new TsplayError(`two handlers of the play are called '${added.handler.name}', and do different things`, {
          hint: 'a task that notifies one would run only the first: give them different names',
        })
    },
  }
}

/** Those among `handlers` that a task means. */
export function handlersFor(
  notify: TaskOptions['notify'],
  handlers: readonly ScopedHandler[],
  scope: ScopedHandler['scope'],
): readonly ScopedHandler[] {
  return notifiedBy(notify).flatMap((notified): readonly ScopedHandler[] => {
    if (notified.kind === 'handler')
      return [handlers.find(({ handler }) => handler.name === notified.name) ?? { handler: notified, scope }]
    return handlers.filter(({ handler }) => hears(handler, notified.name))
  })
}

/** @throws TsplayError where a task of `nodes` notifies a topic that none of `handlers` hears. */
export function checkTopics(nodes: readonly Node[], handlers: readonly ScopedHandler[]): void {
  for (const { name, options } of tasksOf(nodes)) {
    for (const topic of notifiedBy((options as TaskOptions).notify)) {
      if (topic.kind === 'handler' || handlers.some(({ handler }) => hears(handler, topic.name))) continue
      const known = handlers.flatMap(({ handler }) => topicsOf(handler))
      throw new TsplayError(`task '${name}' notifies '${topic.name}', to which no handler of the play listens`, {
        hint: suggest(topic.name, new Set(known)),
      })
    }
  }
}

const hears = (handler: Handler, topic: string): boolean => topicsOf(handler).includes(topic)

const topicsOf = ({ options: { listen = [] } }: Handler): readonly string[] => [listen].flat().map(({ name }) => name)

/** Whether two handlers do the same: a role that is called twice makes its handlers twice. */
const alike = (one: Handler, other: Handler): boolean => one === other || written(one) === written(other)

/** What a handler says, functions by their text. */
function written({ tasks, options }: Pick<Handler, 'tasks' | 'options'>): string {
  return JSON.stringify([tasks, options], (key, value) => {
    if (typeof value === 'function') return String(value)
    // a task's own handlers may lead back to this one; a module is what its name says
    if (key === 'notify' || key === 'absorbs')
      return [value].flat().map(({ kind, name }: Notified) => `${kind} ${name}`)
    if (key === 'module') return (value as { name?: string }).name
    return key === 'definition' ? undefined : value
  })
}
