// A task list as the run walks it: flattened, with names, roles and inherited options settled. Runs nothing.
import { TsplayError } from '../error.ts'
import type { Action } from '../module.ts'
import type {
  Block,
  CommonOptions,
  Handler,
  RoleCall,
  Task,
  TaskItem,
  TaskList,
  TaskOptions,
  TaskResult,
} from '../task.ts'

/** One task of one host. */
export interface TaskNode {
  readonly kind: 'task'
  readonly name: string
  readonly action: Action
  /** The task's own options over those of blocks, roles and the play. */
  readonly options: TaskOptions<never>
  readonly scope: Scope
  readonly registered: ((result: TaskResult) => TaskList) | undefined
}

/** A block of one host. */
export interface BlockNode {
  readonly kind: 'block'
  readonly nodes: readonly Node[]
  readonly rescue: readonly Node[] | undefined
  readonly always: readonly Node[] | undefined
}

export type Node = TaskNode | BlockNode

/** What a list inherits from what it stands in. */
export interface Scope {
  /** Roles from the outermost to the innermost. */
  readonly roles: readonly string[]
  /** Folders in which sources are looked up, nearest first. */
  readonly dirs: readonly string[]
  readonly tags: readonly string[]
  readonly options: CommonOptions
  /** Tells every handler that a role or a task brings along, with where it stands. */
  readonly onHandler: (handler: ScopedHandler) => void
}

/** A handler with what its tasks inherit from where it was named. */
export interface ScopedHandler {
  readonly handler: Handler
  readonly scope: Scope
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
    default:
      throw new TsplayError(`entry ${index + 1} of a task list is ${describe(item)}, not a task`, {
        hint: 'a list holds task(…), an action such as copy({ … }), block(…), a role call, lists of these, and falsy values',
      })
  }
}

function taskNode({ name, action, options, registered }: Task, scope: Scope): TaskNode {
  const inner = within(scope, options)
  for (const handler of handlersOf(options.notify)) scope.onHandler({ handler, scope })
  return {
    kind: 'task',
    name,
    action,
    options: { ...inner.options, ...options, environment: inner.options.environment },
    scope: inner,
    registered: registered as TaskNode['registered'],
  }
}

function actionNode(action: Action, scope: Scope): TaskNode {
  const subject = action.module.subject?.(action.params)
  const name = subject ? `${action.module.name} ${subject}` : action.module.name
  return { kind: 'task', name, action, options: scope.options, scope, registered: undefined }
}

function roleNodes(call: RoleCall, scope: Scope): Node[] {
  const inner: Scope = {
    ...within(scope, call.options),
    roles: [...scope.roles, call.name],
    dirs: call.dir === undefined ? scope.dirs : [call.dir, ...scope.dirs],
  }
  for (const handler of call.handlers) scope.onHandler({ handler, scope: inner })
  return nodesOf(call.tasks, inner)
}

function blockNode(block: Block, scope: Scope): BlockNode {
  const inner = within(scope, block.options)
  return {
    kind: 'block',
    nodes: nodesOf(block.tasks, inner),
    rescue: block.rescue && nodesOf(block.rescue, inner),
    always: block.always && nodesOf(block.always, inner),
  }
}

/** The scope inside of something that has options: tags add up, conditions must all hold, environments merge, the rest is replaced. */
export function within(scope: Scope, { when, tags, environment, ...rest }: CommonOptions): Scope {
  const outer = scope.options
  const own = Object.fromEntries(
    Object.entries(rest).filter(([key, value]) => value !== undefined && inherited.has(key)),
  )
  return {
    ...scope,
    tags: [...new Set([...scope.tags, ...tagList(tags)])],
    options: {
      ...outer,
      ...own,
      when: outer.when === false ? false : when,
      environment: environment ? { ...outer.environment, ...environment } : outer.environment,
    },
  }
}

/** A text may hold several tags, as in Ansible; an entry of a list is one. */
const tagList = (tags: CommonOptions['tags'] = []): readonly string[] =>
  typeof tags !== 'string'
    ? tags
    : tags
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean)

const inherited = new Set<string>([
  'become',
  'ignoreErrors',
  'noLog',
  'timeout',
  'throttle',
  'check',
] satisfies (keyof CommonOptions)[])

export const handlersOf = (handlers: Handler | readonly Handler[] | undefined): readonly Handler[] =>
  handlers === undefined ? [] : ([handlers].flat() as Handler[])

const describe = (item: unknown): string =>
  typeof item === 'object' ? 'an object of another kind' : `${JSON.stringify(item)} (${typeof item})`
