// docs/differences.md as text: where tsplay does otherwise than Ansible, and why. Pure; the data is what tests run.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { refusedModules, type Translation, translations } from '../../modules/ansible/index.ts'
import type { ModuleScenario } from '../conformance/modules/scenario.ts'
import { differences as ofRuns } from '../conformance/runs/differences.ts'

/** Scenarios by group, as the conformance tests run them. */
export type Scenarios = ReadonlyMap<string, readonly ModuleScenario[]>

const folder = path.join(import.meta.dirname, '../conformance/modules/scenarios')

/** Every file of scenarios. */
export async function readScenarios(): Promise<Scenarios> {
  const groups = new Map<string, readonly ModuleScenario[]>()
  for (const file of readdirSync(folder).sort()) {
    const { scenarios } = (await import(path.join(folder, file))) as { scenarios: readonly ModuleScenario[] }
    groups.set(path.basename(file, '.ts'), scenarios)
  }
  return groups
}

export function differencesPage(scenarios: Scenarios): string {
  const all = [...scenarios.values()].flat()
  const modules = all.flatMap(({ name, differs }) => (differs ? [{ name, ...differs }] : []))
  return `${[
    '# Where tsplay does otherwise than Ansible',
    '',
    `\`npm run test:conformance\` has ${all.length} small task lists, written in both languages, run by ansible-core and by tsplay on two`,
    'hosts that are alike: what each task reports, what is left on the host, and the second run must be the same, and tsplay’s dry',
    'run must have foretold it. Where they are not the same on purpose, a test runs what is listed here and knows what each does.',
    '`npm run differences` writes this page.',
    '',
    '## Modules',
    '',
    ...table(
      ['', 'Ansible', 'tsplay', 'why'],
      modules.map(({ name, theirs, ours, why }) => [name, theirs.join(', '), ours.join(', '), why]),
    ),
    '',
    '## Playbooks',
    '',
    'The same for whole playbooks; what a play and its tasks mean is in [`playbooks.md`](playbooks.md).',
    '',
    ...table(
      ['', 'Ansible', 'tsplay', 'why'],
      Object.entries(ofRuns).map(([name, { theirs, ours, why }]) => [
        name,
        theirs.tasks.join(', ') || '–',
        ours.tasks.join(', ') || '–',
        why,
      ]),
    ),
    '',
    '## Inventories',
    '',
    'See [`inventories.md`](inventories.md#where-it-differs-from-ansible).',
    '',
    '## Parameters',
    '',
    'Ansible’s names for modules are understood by `tsplay exec -m` ([`ad-hoc.md`](ad-hoc.md)). These parameters are refused there:',
    '',
    ...table(
      ['', 'why', 'instead'],
      translations.flatMap(({ names, refused = {} }: Translation) =>
        Object.entries(refused).map(([param, { why, instead }]) => [`\`${names[0]}: ${param}\``, why, code(instead)]),
      ),
    ),
    '',
    '## Modules that are not there',
    '',
    ...table(
      ['', 'why', 'instead'],
      Object.entries(refusedModules).map(([name, { why, instead }]) => [`\`${name}\``, why, code(instead)]),
    ),
  ].join('\n')}\n`
}

/** What is to be typed stands out from what is said. */
const code = (text: string): string => (/^-m |^tsplay /.test(text) ? `\`${text.replaceAll('`', "'")}\`` : text)

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)]
}
