// What a playbook's rules find stops a run before the first host is touched. Warnings are told and stop nothing.
import { TsplayError } from '../../error.ts'
import type { LoadedPlaybook } from '../load-run.ts'
import { countOf, findingLines } from './finding-lines.ts'
import { ruleFindings } from './rule-findings.ts'

/** @throws TsplayError naming every error */
export function refuseFindings(parts: readonly LoadedPlaybook[]): void {
  for (const { playbook, inventory, file } of parts) {
    const found = ruleFindings(playbook, inventory)
    const errors = found.filter(({ level }) => level === 'error')
    const warnings = found.filter(({ level }) => level === 'warning')
    for (const each of warnings) process.stderr.write(`${findingLines(each, inventory.hosts.size).join('\n')}\n`)
    const [only] = errors
    if (!only) continue
    if (errors.length === 1) {
      const { message, hint, place } = only
      throw new TsplayError(message, { place, ...(hint !== undefined && { hint }) })
    }
    const all = errors.flatMap((each) => findingLines(each, inventory.hosts.size))
    throw new TsplayError(`${countOf(errors)} in the inventory of ${file}:\n${all.join('\n')}`, {
      hint: `tsplay lint ${file} shows them again`,
    })
  }
}
