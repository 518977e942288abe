// docs/features.md as text: a row for each line, how it ends, and the tests that show it. Pure.
import { type Line, mustEnd, sections } from './lines.ts'

/** How a line ends. */
export type Ending = 'supported' | 'done by TypeScript' | 'different on purpose' | 'later' | 'open'

/** What a line's marks and tests make of it. `open`: it has to end otherwise and does not yet. */
export function endingOf(line: Line, tests: readonly string[]): Ending {
  if (line.typescript !== undefined) return 'done by TypeScript'
  if (line.different !== undefined) return 'different on purpose'
  if (tests.length > 0) return 'supported'
  return mustEnd(line.id) ? 'open' : 'later'
}

/** The page. `named`: the tests whose titles name each id. */
export function featureTable(named: ReadonlyMap<string, readonly string[]>): string {
  const all = sections.flatMap(({ lines }) => lines)
  const count = (wanted: Ending): number =>
    all.filter((line) => endingOf(line, named.get(line.id) ?? []) === wanted).length
  return `${[
    '# Features',
    '',
    'What users of Ansible and pyinfra know, and what neither has, line by line: **supported** as the tests beside it show, **done by',
    'TypeScript** itself, **different on purpose** for the reason given, or **later**. `npm run features` writes this page from',
    '`test/features/lines.ts` and from the ids in the titles of tests, and a test fails where it is not what that gives. How to say it',
    'here what Ansible says in keywords: [`playbooks.md`](playbooks.md).',
    '',
    `${count('supported')} supported, ${count('done by TypeScript')} done by TypeScript, ${count('different on purpose')} different on purpose, ${count('later')} later${count('open') > 0 ? `, ${count('open')} open` : ''}.`,
    ...sections.flatMap(({ title, lines }) => [
      '',
      `## ${title}`,
      '',
      '| | | ends as | shown by |',
      '|---|---|---|---|',
      ...lines.map((line) => row(line, named.get(line.id) ?? [])),
    ]),
  ].join('\n')}\n`
}

function row(line: Line, tests: readonly string[]): string {
  const ending = endingOf(line, tests)
  const how = line.typescript ?? line.different ?? (ending === 'supported' ? undefined : (line.later ?? line.open))
  const ends = how === undefined ? ending : `**${ending}**: ${how}`
  return `| ${line.id} | ${cell(line.says)} | ${cell(ends)} | ${shownBy(tests)} |`
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** So many files are named; a line that many show needs no list of all. */
const most = 3

function shownBy(tests: readonly string[]): string {
  const links = tests.slice(0, most).map((file) => `[${file.replace(/\.test(-d)?\.ts$/, '')}](../test/${file})`)
  return [...links, ...(tests.length > most ? ['…'] : [])].join(', ')
}
