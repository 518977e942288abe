// tsplay run and tsplay role.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { formatError, suggest, TsplayError } from '../error.ts'
import { callPlace } from '../load/call-place.ts'
import type { Selection } from '../run/selection.ts'
import { execute } from './execute.ts'
import type { PlaybookFlags } from './flags.ts'
import { refuseFindings } from './lint/refuse-findings.ts'
import { worldOf } from './load.ts'
import { type LoadedPlaybook, loadRun } from './load-run.ts'
import { type Outline, outline } from './outline.ts'
import { reporterOf } from './reporter.ts'
import { savePlan } from './save-plan.ts'

/** Runs playbooks one after the other, or only `roles` of them. */
export async function runCommand(
  files: readonly string[],
  flags: PlaybookFlags,
  roles?: readonly string[],
): Promise<void> {
  if (flags.savePlan !== undefined && !flags.check)
    throw new TsplayError('--save-plan saves what a check finds', { hint: 'add --check' })
  const { parts, ...loaded } = await loadRun(files, flags)
  refuseFindings(parts)
  const selection = selectionOf(flags, roles)
  await checkSelection(parts, selection)
  const emit = reporterOf(flags)
  const journal = journalOf(files, selection)
  if (flags.savePlan === undefined) {
    await execute({ ...loaded, selection, flags, emit, journal })
    return
  }
  await savePlan(flags.savePlan, { files, flags, ...(roles && { roles }) }, (watch) =>
    execute({ ...loaded, selection, flags, emit, journal, watch }),
  )
}

/** Which tasks the flags ask for. */
export const selectionOf = (flags: Pick<PlaybookFlags, 'tags' | 'skipTags'>, roles?: readonly string[]): Selection => ({
  ...(flags.tags && { tags: flags.tags }),
  ...(flags.skipTags && { skipTags: flags.skipTags }),
  ...(roles && { roles }),
})

/** Runs of the same files and the same tasks belong together, wherever they are called from. */
export function journalOf(files: readonly string[], selection: Selection): { name: string; selection: string } {
  const full = files.map((file) => path.resolve(file))
  const digest = createHash('sha256').update(full.join('\0')).digest('hex').slice(0, 12)
  return { name: `${path.basename(full[0]!, path.extname(full[0]!))}-${digest}`, selection: JSON.stringify(selection) }
}

/** A mistyped tag or role would select nothing and look like success. */
async function checkSelection(
  parts: readonly LoadedPlaybook[],
  { tags = [], skipTags = [], roles = [] }: Selection,
): Promise<void> {
  if (tags.length + skipTags.length + roles.length === 0) return
  const file = parts.map((part) => part.file).join(' or ')
  const found = together(
    await Promise.all(
      parts.map(async ({ playbook, inventory, dir }) =>
        // those of other hosts than `--limit` leaves are there as well
        outline({ playbook, world: await worldOf(inventory, {}), dir, placeOf: callPlace }),
      ),
    ),
  )
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

/** What there is in any of several playbooks. */
const together = (found: readonly Outline[]): Omit<Outline, 'plays'> => ({
  tags: new Set(found.flatMap(({ tags }) => [...tags])),
  roles: new Set(found.flatMap(({ roles }) => [...roles])),
  complete: found.every(({ complete }) => complete),
  dynamic: found.some(({ dynamic }) => dynamic),
})

const noSuchTag = (tag: string, { tags, dynamic }: Omit<Outline, 'plays'>, file: string): TsplayError =>
  new TsplayError(`no task in ${file} has the tag '${tag}'${dynamic ? ', as far as is known before the run' : ''}`, {
    hint: suggest(tag, tags),
  })
