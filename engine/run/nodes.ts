// A task list as the run walks it: flattened, with names, roles and inherited options settled. Runs nothing.
import { TsplayError } from '../error.ts'
import type { Meta, MetaAction } from '../meta.ts'
import type { Action } from '../module.ts'
import type {
  Block,
  Failure,
  Handler,
  Notified,
  RoleCall,
  Task,
  TaskItem,
  TaskList,
  TaskOptions,
  TaskResult,
} from '../task.ts'
import { type Scope, type ScopedHandler, within } from './scope.ts'
import { type Keys, keysOf } from './task-keys.ts'

/** One task of one host. */
export interface TaskNode {
  readonly kind: 'task'
  /** Tells it from the other tasks of its list; the same in every run, and on every host that has the task. */
  readonly key: string
  /** The key of the task in the play's own list that it follows from; its own where it stands there itself. */
  readonly anchor: string
  readonly name: string
  readonly action: Action
  /** The task's own options over those of blocks, roles and the play. */
  readonly options: TaskOptions<never>
  readonly scope: Scope
  /** For what follows from its result: what it stands in, with its tags. Its other options are its own. */
  readonly around: Scope
  readonly registered: ((result: TaskResult) => TaskList) | undefined
}

/** A block of one host. */
export interface BlockNode {
  readonly kind: 'block'
  readonly nodes: readonly Node[]
  /** A function where the list depends on what has failed. */
  readonly rescue: readonly Node[] | ((failure: Failure) => readonly Node[]) | undefined
  readonly always: readonly Node[] | undefined
}

/** A word to the run itself. */
export interface MetaNode {
  readonly kind: 'meta'
  readonly key: string
  readonly anchor: string
  readonly does: MetaAction
  /** Of a barrier. */
  readonly name: string | undefined
  readonly scope: Scope
}

/** What a host comes to. */
export type Stop = TaskNode | MetaNode

export type Node = Stop | BlockNode

/**
 * The tasks of a handler. Of what it stands in they take who runs them and how, and not whether, where and how often:
 * that was for the tasks that have notified it.
 */
export function handlerNodes({ handler, scope }: ScopedHandler, keys: Keys): Node[] {
  const { become, environment, noLog, timeout, diff } = scope.options
  return nodesOf(handler.tasks, { ...scope, keys, options: { become, environment, noLog, timeout, diff } })
}

/** Flattens a list. @throws TsplayError for an entry that is no task, with its position. */
export function nodesOf(list: TaskList, scope: Scope): Node[] {
  return list.flatMap((item, index) => nodesOfItem(item, scope, index))
}

function nodesOfItem(item: TaskItem, scope: Scope, index: number): Node[] {
  if (!item) return []
  if (Array.isArray(item)) return nodesOf(item, scope)
  switch ((item as { kind?: unknown }).kind) {
    case 'task':
      return [taskNode(item as Task, scope)]
    case 'action':
      return [actionNode(item as Action, scope)]
    case 'role':
      return roleNodes(item as RoleCall, scope)
    case 'block':
      return [blockNode(item as Block, scope)]
    case 'meta':
      return [metaNode(item as Meta, scope)]
    default:
      throw new TsplayError(`entry ${index + 1} of a task list is ${describe(item)}, not a task`, {
        hint: 'a list holds task(…), an action such as copy({ … }), block(…), a role call, lists of these, and falsy values',
      })
  }
}

function taskNode({ name, action, options, registered }: Task, scope: Scope): TaskNode {
  const inner = within(scope, options)
  for (const each of notifiedBy(options.notify)) if (each.kind === 'handler') scope.onHandler({ handler: each, scope })
  return {
    kind: 'task',
    ...keyed(scope, name),
    name,
    action,
    // what it shares with others is settled: conditions hold together, environments are merged
    options: { ...options, ...inner.options },
    scope: inner,
    around: { ...scope, tags: inner.tags },
    registered: registered as TaskNode['registered'],
  }
}

function actionNode(action: Action, scope: Scope): TaskNode {
  const subject = action.module.subject?.(action.params)
  const name = subject ? `${action.module.name} ${subject}` : action.module.name
  return {
    kind: 'task',
    ...keyed(scope, name),
    name,
    action,
    options: scope.options,
    scope,
    around: scope,
    registered: undefined,
  }
}

const metaNode = ({ does, name }: Meta, scope: Scope): MetaNode => ({
  kind: 'meta',
  ...keyed(scope, name === undefined ? does : `${does} ${name}`),
  does,
  name,
  scope,
})

function keyed({ keys, roles }: Scope, name: string): { key: string; anchor: string } {
  const key = keys.next(roles, name)
  return { key, anchor: keys.anchor ?? key }
}

function roleNodes(call: RoleCall, scope: Scope): Node[] {
  const inner: Scope = {
    ...within(scope, call.options),
    roles: [...scope.roles, call.name],
    calls: [...scope.calls, call],
    dirs: call.dir === undefined ? scope.dirs : [call.dir, ...scope.dirs],
  }
  for (const handler of call.handlers) scope.onHandler({ handler, scope: inner })
  return nodesOf(call.tasks, inner)
}

function blockNode(block: Block, scope: Scope): BlockNode {
  const inner = within(scope, block.options)
  const { rescue } = block
  const inRescue = { ...inner, rescue: true }
  const nodes = nodesOf(block.tasks, inner)
  return {
    kind: 'block',
    nodes,
    rescue:
      typeof rescue !== 'function'
        ? rescue && nodesOf(rescue, inRescue)
        : (failure) => nodesOf(rescue(failure), { ...inRescue, keys: keysOf({ key: `rescue of ${failure.task}` }) }),
    always: block.always && nodesOf(block.always, inner),
  }
}

export const handlersOf = (handlers: Handler | readonly Handler[] | undefined): readonly Handler[] =>
  handlers === undefined ? [] : ([handlers].flat() as Handler[])

/** What a task notifies, as a list. */
export const notifiedBy = (notify: Notified | readonly Notified[] | undefined): readonly Notified[] =>
  notify === undefined ? [] : ([notify].flat() as Notified[])

const describe = (item: unknown): string =>
  typeof item === 'object' ? 'an object of another kind' : `${JSON.stringify(item)} (${typeof item})`
