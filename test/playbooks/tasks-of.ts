// The tasks that the site gives to a host, as data: no host is asked for anything.
import { fileURLToPath } from 'node:url'
import { resolveInventory } from '../../engine/inventory/resolve-inventory.ts'
import { selectHosts } from '../../engine/inventory/select-hosts.ts'
import { typedSource } from '../../engine/inventory/sources/typed-source.ts'
import type { InventoryFile } from '../../engine/inventory.ts'
import type { Play } from '../../engine/play.ts'
import { createControl, createControlCache } from '../../engine/run/control/control.ts'
import { nodesOf, type TaskNode } from '../../engine/run/nodes.ts'
import { type ScopedHandler, scopeOf } from '../../engine/run/scope.ts'
import { tasksOf } from '../../engine/run/selection.ts'
import { hostTasks } from '../../engine/run/task-list.ts'
import type { RunOptions } from '../../engine/run/world.ts'
import type { Site } from '../../engine/site.ts'
import type { TaskList } from '../../engine/task.ts'
import lab from '../../inventories/lab.ts'
import sitePlaybook from '../../playbooks/site.ts'

/** A task with what a test looks at. */
export interface ListedTask {
  readonly name: string
  readonly role: string | undefined
  readonly module: string
  // biome-ignore lint/suspicious/noExplicitAny: each module has params of its own
  readonly params: any
  readonly node: TaskNode
}

const dir = fileURLToPath(new URL('../../playbooks', import.meta.url))

const listed = (node: TaskNode): ListedTask => ({
  name: node.name,
  role: node.scope.roles.at(-1),
  module: node.action.module.name,
  params: node.action.params,
  node,
})

/** A playbook over an inventory: the site's, unless another is given. */
export function siteOver(
  file: InventoryFile = lab as unknown as InventoryFile,
  playbook: { readonly site: unknown; readonly plays: readonly unknown[] } = sitePlaybook,
) {
  const plays = playbook.plays as readonly Play[]
  const resolved = resolveInventory(typedSource({ file, name: 'test' }), playbook.site as Site)
  const world: RunOptions['world'] = {
    hosts: [...resolved.hosts.values()],
    groups: Object.fromEntries(resolved.groups),
    select: (pattern) => selectHosts(resolved, pattern),
    limit: undefined,
  }
  const options = { world, dir, check: false, selection: {}, placeOf: () => undefined } as unknown as RunOptions
  const listOf = (play: Play, host: string) => {
    const found = world.select(play.spec.hosts).find(({ name }) => name === host)
    return found && hostTasks(options, play, found)
  }
  const handlersOf = (host: string): ScopedHandler[] => plays.flatMap((play) => listOf(play, host)?.handlers ?? [])

  return {
    hosts: world.hosts,
    groups: world.groups,
    /** Tasks of a host in each play that has any for it, by the play's name. */
    plays: (host: string): { name: string; tasks: ListedTask[] }[] =>
      plays
        .map((play) => ({
          name: play.spec.name,
          tasks: [...tasksOf(listOf(play, host)?.nodes ?? [])].map(listed),
        }))
        .filter(({ tasks }) => tasks.length > 0),
    /** Tasks of a host over all plays, in order. */
    tasks: (host: string): ListedTask[] =>
      plays.flatMap((play) => [...tasksOf(listOf(play, host)?.nodes ?? [])]).map(listed),
    handlersOf,
    /** Tasks of a handler. */
    handler(host: string, name: string): ListedTask[] {
      const found = handlersOf(host).find(({ handler }) => handler.name === name)
      return found ? [...tasksOf(nodesOf(found.handler.tasks, found.scope))].map(listed) : []
    },
    /** What a template task writes. */
    async text(host: string, { node, params }: ListedTask): Promise<string> {
      if (typeof params.content === 'string') return params.content
      const found = world.hosts.find(({ name }) => name === host)!
      const unused = undefined as never
      const control = createControl({
        ...{ check: true, host: found, store: unused, facts: unused },
        dirs: node.scope.dirs,
        cache: createControlCache(),
      })
      return (await control.render(params.src, params.vars)).text
    },
  }
}

/** The tasks of a list, with those of the roles in it. */
export const listedIn = (list: TaskList): ListedTask[] =>
  [...tasksOf(nodesOf(list, scopeOf({ dirs: [dir], onHandler: () => {} })))].map(listed)

/** The one task of that name in that role. */
export function only(tasks: readonly ListedTask[], name: string, role?: string): ListedTask {
  const found = tasks.filter((task) => task.name === name && (role === undefined || task.role === role))
  if (found.length !== 1)
    throw new Error(`${found.length} tasks '${name}' in: ${tasks.map((task) => task.name).join(', ')}`)
  return found[0]!
}
