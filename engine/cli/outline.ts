// A playbook's static structure: plays, hosts, tasks, tags and roles, without connecting.
import type { Place } from '../error.ts'
import type { Playbook } from '../play.ts'
import { playHosts } from '../run/play-hosts.ts'
import { rolesOf, type Selection, tagsOf, tasksOf } from '../run/selection.ts'
import { hostTasks } from '../run/task-list.ts'
import type { RunOptions, World } from '../run/world.ts'

export interface Outline {
  readonly plays: readonly PlayOutline[]
  readonly tags: ReadonlySet<string>
  readonly roles: ReadonlySet<string>
  /** False where a list reads facts: its tasks are known only when a host has been asked. */
  readonly complete: boolean
  /** Some tasks lead to others that are known only while running. */
  readonly dynamic: boolean
}

export interface PlayOutline {
  readonly name: string
  readonly hosts: readonly string[]
  /** Tasks in order, each once, with the hosts that have it. */
  readonly tasks: readonly {
    readonly name: string
    readonly role: string | null
    readonly module: string
    readonly tags: readonly string[]
    readonly hosts: readonly string[]
  }[]
  /** Hosts whose list cannot be told without their facts. */
  readonly unknown: readonly string[]
}

interface Sources {
  readonly playbook: Playbook
  readonly world: World
  readonly dir: string
  readonly selection?: Selection
  readonly placeOf: (error: Error) => Place | undefined
}

export function outline({ playbook, world, dir, selection = { everything: true }, placeOf }: Sources): Outline {
  const options = { playbook, world, dir, selection, placeOf, check: true } as unknown as RunOptions
  const tags = new Set<string>()
  const roles = new Set<string>()
  let dynamic = false
  const plays = playbook.plays.map((play): PlayOutline => {
    const hosts = playHosts(options, play)
    const tasks = new Map<
      string,
      { name: string; role: string | null; module: string; tags: string[]; hosts: string[] }
    >()
    const unknown: string[] = []
    for (const host of hosts) {
      const list = hostTasks(options, play, host)
      if (!list) unknown.push(host.name)
      for (const tag of tagsOf(list?.nodes ?? [])) tags.add(tag)
      for (const role of rolesOf(list?.nodes ?? [])) roles.add(role)
      for (const node of tasksOf(list?.nodes ?? [])) {
        dynamic ||= node.registered !== undefined
        const role = node.scope.roles.at(-1) ?? null
        const key = `${role}\0${node.name}`
        const known = tasks.get(key) ?? {
          name: node.name,
          role,
          module: node.action.module.name,
          tags: [...tagsOf([node])],
          hosts: [],
        }
        if (!known.hosts.includes(host.name)) known.hosts.push(host.name)
        tasks.set(key, known)
      }
    }
    return { name: play.spec.name, hosts: hosts.map(({ name }) => name), tasks: [...tasks.values()], unknown }
  })
  return { plays, tags, roles, complete: plays.every(({ unknown }) => unknown.length === 0), dynamic }
}
