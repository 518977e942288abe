// tsplay list hosts|tasks|tags|roles: what would run where, without connecting.
import path from 'node:path'
import { suggest, TsplayError } from '../error.ts'
import { callPlace } from '../load/call-place.ts'
import { pattern } from '../site.ts'
import type { InventoryFlags, TagFlags } from './flags.ts'
import { loadInventory, loadPlaybook, worldOf } from './load.ts'
import { type Outline, outline } from './outline.ts'

/** Everything there is, also tasks tagged `never`; with `--tags` or `--skip-tags`, what these leave. */
export async function listCommand(what: string, file: string, flags: InventoryFlags & TagFlags): Promise<void> {
  const list = lists[what]
  if (!list)
    throw new TsplayError(`tsplay list: '${what}' cannot be listed`, { hint: suggest(what, Object.keys(lists)) })
  if (what === 'hosts' && !/\.[cm]?[jt]s$/.test(file)) return listHosts(file, flags)
  const playbook = await loadPlaybook(file)
  const inventory = await loadInventory(flags, { site: playbook.site, file })
  const found = outline({
    playbook,
    world: await worldOf(inventory, flags),
    dir: path.dirname(path.resolve(file)),
    placeOf: callPlace,
    ...((flags.tags || flags.skipTags) && {
      selection: { ...(flags.tags && { tags: flags.tags }), ...(flags.skipTags && { skipTags: flags.skipTags }) },
    }),
  })
  process.stdout.write(`${list(found).join('\n')}\n`)
}

/** `tsplay list hosts 'web*:&prod'`: no playbook, the hosts of a pattern. */
async function listHosts(hosts: string, flags: InventoryFlags): Promise<void> {
  const { select, limit } = await worldOf(await loadInventory(flags), flags)
  const found = select(pattern(hosts)).filter(({ name }) => limit?.has(name) ?? true)
  process.stdout.write(found.map(({ name }) => `${name}\n`).join(''))
}

const lists: Readonly<Record<string, (found: Outline) => readonly string[]>> = {
  hosts: ({ plays }) =>
    plays.flatMap(({ name, hosts }) => [`${name} (${hosts.length})`, ...hosts.map((host) => `  ${host}`)]),
  tasks: ({ plays }) =>
    plays.flatMap(({ name, tasks, hosts, unknown }) => [
      name,
      ...tasks.map((task) => {
        const where = task.hosts.length === hosts.length ? '' : `  on ${task.hosts.join(', ')}`
        const tags = task.tags.length > 0 ? `  [${task.tags.join(', ')}]` : ''
        return `  ${task.role ? `${task.role} : ` : ''}${task.name}${tags}${where}`
      }),
      ...(unknown.length > 0 ? [`  (depends on facts of ${unknown.join(', ')})`] : []),
    ]),
  tags: ({ tags }) => [...tags].sort(),
  roles: ({ roles }) => [...roles],
}
