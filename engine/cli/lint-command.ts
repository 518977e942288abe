// tsplay lint: what is wrong with playbooks and an inventory, all of it, without touching a host.
import path from 'node:path'
import { callPlace } from '../load/call-place.ts'
import type { RunOptions } from '../run/world.ts'
import type { InventoryFlags, OutputFormat, StoreFlags } from './flags.ts'
import { countOf, findingEvent, findingLines } from './lint/finding-lines.ts'
import { type PlaybookFindings, playbookFindings } from './lint/playbook-findings.ts'
import { type Found, ruleFindings } from './lint/rule-findings.ts'
import { loadInventory, loadPlaybook, worldOf } from './load.ts'
import { openStore } from './open-store.ts'

export interface LintFlags extends InventoryFlags, StoreFlags {
  readonly output?: OutputFormat
}

/** Prints every finding and sets the exit code: 1 where there is an error. @throws TsplayError for what cannot be loaded */
export async function lintCommand(files: readonly string[], flags: LintFlags): Promise<void> {
  let errors = 0
  for (const file of files) {
    const playbook = await loadPlaybook(file)
    const inventory = await loadInventory(flags, { site: playbook.site, file }, { quiet: true })
    const { findings, unseen } = await playbookFindings({
      ...{ playbook, selection: {}, check: true, placeOf: callPlace, dir: path.dirname(path.resolve(file)) },
      world: await worldOf(inventory, flags),
      store: await openStore(inventory, flags, { check: true, later: true }),
      emit: () => undefined,
      signal: new AbortController().signal,
    } as unknown as RunOptions)
    const warnings = inventory.warnings.map(
      ({ message, place, hint }): Found => ({
        ...{ level: 'warning', rule: 'inventory', message, place, hosts: [] },
        ...(hint !== undefined && { hint }),
      }),
    )
    const found = [...ruleFindings(playbook, inventory), ...warnings, ...findings].sort(
      (a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'),
    )
    errors += found.filter(({ level }) => level === 'error').length
    const lines =
      flags.output === 'ndjson'
        ? found.map((each) => JSON.stringify(findingEvent(file, each)))
        : report(file, found, inventory.hosts.size, unseen)
    process.stdout.write(lines.map((line) => `${line}\n`).join(''))
  }
  if (errors > 0) process.exitCode = 1
}

const report = (file: string, found: readonly Found[], hosts: number, unseen: PlaybookFindings['unseen']): string[] => [
  ...found.flatMap((each) => findingLines(each, hosts)),
  ...[...unseen].map(
    ([play, names]) => `not looked at: the tasks of play '${play}' on ${names.join(', ')}, which depend on facts`,
  ),
  `${file}: ${found.length === 0 ? 'nothing found' : countOf(found)}`,
]
