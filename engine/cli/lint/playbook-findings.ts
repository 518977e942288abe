// What is wrong with a playbook on an inventory, as far as it can be told without a host: all of it, not the first alone.
import { TsplayError } from '../../error.ts'
import { TaskFailure } from '../../module.ts'
import type { Play } from '../../play.ts'
import { earlyWorks } from '../../run/early-work.ts'
import { createHosts } from '../../run/hosts.ts'
import type { TaskNode } from '../../run/nodes.ts'
import { prepare } from '../../run/plan.ts'
import { playHosts } from '../../run/play-hosts.ts'
import { beginAll, isPrepared, playsThatMayMakeSources } from '../../run/prepare-all.ts'
import { tasksOf } from '../../run/selection.ts'
import { type HostTasks, hostTasks } from '../../run/task-list.ts'
import type { RunOptions } from '../../run/world.ts'
import type { Host } from '../../site.ts'
import type { Found } from './rule-findings.ts'

/** What was found, and where nothing could be looked for. */
export interface PlaybookFindings {
  readonly findings: readonly Found[]
  /** By play: hosts whose task lists depend on facts, which only they can tell. */
  readonly unseen: ReadonlyMap<string, readonly string[]>
}

/** Makes every task list and prepares every task, as a run does before it connects. */
export async function playbookFindings(options: RunOptions): Promise<PlaybookFindings> {
  const hosts = createHosts(options)
  const found = new Map<string, Found>()
  const add = (finding: Found): void => {
    const key = JSON.stringify([finding.rule, finding.message, finding.place])
    const known = found.get(key)
    found.set(key, known ? { ...known, hosts: [...new Set([...known.hosts, ...finding.hosts])] } : finding)
  }
  const unseen = new Map<string, string[]>()
  const lenient = playsThatMayMakeSources(options)
  const early = earlyWorks()
  const known: { readonly play: Play; readonly host: Host; readonly list: HostTasks }[] = []
  for (const play of options.playbook.plays) {
    const members = playHosts(options, play)
    if (members.length === 0) add(noHosts(play, options))
    for (const host of members) {
      const list = listOf(options, play, host, add)
      if (list === 'unseen') unseen.set(play.spec.name, [...(unseen.get(play.spec.name) ?? []), host.name])
      else if (list) known.push({ play, host, list })
    }
  }
  for (const { host, list } of known) beginAll({ hosts, early }, host, list)
  for (const { play, host, list } of known) {
    for (const twice of sameNames(list)) add(sameName(play, twice, host.name))
    if (lenient.has(play)) continue
    for (const node of [...tasksOf(list.nodes)].filter(isPrepared)) {
      const ready = await prepare(hosts.of(host), node, new Map(), early.of(node))
      if (ready instanceof TsplayError || ready instanceof TaskFailure) add(unprepared(play, host, node, ready))
    }
  }
  return { findings: [...found.values()], unseen }
}

function listOf(
  options: RunOptions,
  play: Play,
  host: Host,
  add: (finding: Found) => void,
): HostTasks | 'unseen' | undefined {
  try {
    return hostTasks(options, play, host) ?? 'unseen'
  } catch (error) {
    if (!(error instanceof TsplayError)) throw error
    const { message, hint, place } = error
    add({ level: 'error', rule: 'tasks', message, ...(hint !== undefined && { hint }), place, hosts: [host.name] })
    return undefined
  }
}

function unprepared(play: Play, host: Host, { name, scope }: TaskNode, error: TsplayError | TaskFailure): Found {
  const role = scope.roles.at(-1)
  return {
    level: 'error',
    rule: 'task',
    message: `play '${play.spec.name}', ${role ? `role '${role}', ` : ''}task '${name}': ${error.message}`,
    ...(error.hint !== undefined && { hint: error.hint }),
    place: error instanceof TsplayError ? error.place : undefined,
    hosts: [host.name],
  }
}

const noHosts = (play: Play, { placeOf }: RunOptions): Found => ({
  level: 'warning',
  rule: 'no-hosts',
  message: `play '${play.spec.name}' is for no host of this inventory`,
  place: placeOf(play.origin),
  hosts: [],
})

const sameName = (play: Play, name: string, host: string): Found => ({
  level: 'warning',
  rule: 'same-name',
  message: `play '${play.spec.name}' has several tasks '${name}': --start-at-task and reports cannot tell them apart`,
  hosts: [host],
})

/** Names that several tasks of one role have. */
function sameNames({ nodes }: HostTasks): string[] {
  const names = [...tasksOf(nodes)].map(({ name, scope }) => [...scope.roles, name].join(' : '))
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}
