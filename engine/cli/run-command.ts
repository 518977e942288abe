// tsplay run and tsplay role.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { formatError, suggest, TsplayError } from '../error.ts'
import type { Inventory } from '../inventory/resolve-inventory.ts'
import { callPlace } from '../load/call-place.ts'
import type { Playbook } from '../play.ts'
import type { Selection } from '../run/selection.ts'
import { execute } from './execute.ts'
import type { PlaybookFlags } from './flags.ts'
import { loadInventory, loadPlaybook, worldOf } from './load.ts'
import { type Outline, outline } from './outline.ts'
import { reporterOf } from './reporter.ts'

/** Runs a playbook, or only `roles` of it. */
export async function runCommand(file: string, flags: PlaybookFlags, roles?: readonly string[]): Promise<void> {
  const playbook = await loadPlaybook(file)
  const inventory = await loadInventory(flags, { site: playbook.site, file })
  const selection: Selection = {
    ...(flags.tags && { tags: flags.tags }),
    ...(flags.skipTags && { skipTags: flags.skipTags }),
    ...(roles && { roles }),
  }
  await checkSelection(playbook, inventory, selection, file)
  await execute({
    playbook,
    inventory,
    world: await worldOf(inventory, flags),
    selection,
    name: file,
    dir: path.dirname(path.resolve(file)),
    flags,
    emit: reporterOf(flags),
    placeOf: callPlace,
    journal: journalOf(file, selection),
  })
}

/** Runs of the same file and the same tasks belong together, wherever they are called from. */
function journalOf(file: string, selection: Selection): { name: string; selection: string } {
  const full = path.resolve(file)
  const digest = createHash('sha256').update(full).digest('hex').slice(0, 12)
  return { name: `${path.basename(full, path.extname(full))}-${digest}`, selection: JSON.stringify(selection) }
}

/** A mistyped tag or role would select nothing and look like success. */
async function checkSelection(
  playbook: Playbook,
  inventory: Inventory,
  { tags = [], skipTags = [], roles = [] }: Selection,
  file: string,
): Promise<void> {
  if (tags.length + skipTags.length + roles.length === 0) return
  const found = outline({
    playbook,
    world: await worldOf(inventory, {}),
    dir: path.dirname(path.resolve(file)),
    placeOf: callPlace,
  })
  for (const role of roles)
    if (!found.roles.has(role) && found.complete)
      throw new TsplayError(`no role '${role}' in ${file}`, { hint: suggest(role, found.roles) })
  const special = ['all', 'always', 'never', 'tagged', 'untagged']
  const unknown = (tag: string): boolean => !found.tags.has(tag) && !special.includes(tag) && found.complete
  for (const tag of tags.filter(unknown)) throw noSuchTag(tag, found, file)
  for (const tag of skipTags.filter(unknown)) {
    if (!found.dynamic) throw noSuchTag(tag, found, file)
    // a task that follows from a result may have it
    process.stderr.write(`warning: ${formatError(noSuchTag(tag, found, file))}\n`)
  }
}

const noSuchTag = (tag: string, { tags, dynamic }: Outline, file: string): TsplayError =>
  new TsplayError(`no task in ${file} has the tag '${tag}'${dynamic ? ', as far as is known before the run' : ''}`, {
    hint: suggest(tag, tags),
  })
