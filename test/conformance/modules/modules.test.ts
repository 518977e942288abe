// Modules against Ansible's: the same few tasks by both tools on two hosts that are alike. One run for many scenarios; two pairs
// of hosts share those of Debian, since Ansible is what takes the time.
// GROUP and SCENARIO (regular expressions) leave others out, CONFORMANCE_NET is the lab's network.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { machineLacks } from '../../../engine/lab/lab.ts'
import { type Named, type Outcome, runBoth } from './both.ts'
import type { Done } from './by-ansible.ts'
import { hostsFor, type Image } from './hosts.ts'
import type { ModuleScenario } from './scenario.ts'

interface Group {
  readonly name: string
  readonly image: Image
  readonly scenarios: readonly Named[]
}

const folder = path.join(import.meta.dirname, 'scenarios')
const [groupWanted, wanted] = [new RegExp(process.env.GROUP ?? ''), new RegExp(process.env.SCENARIO ?? '')]
const groups: Group[] = []
for (const file of readdirSync(folder).sort()) {
  const name = path.basename(file, '.ts')
  if (!groupWanted.test(name)) continue
  const { scenarios, image = 'debian' } = (await import(path.join(folder, file))) as {
    scenarios: readonly ModuleScenario[]
    image?: Group['image']
  }
  const named = scenarios.map((scenario, index) => ({
    slug: `${name}-${index + 1}`,
    group: name,
    dir: `/srv/${name}-${index + 1}`,
    scenario,
  }))
  groups.push({ name, image, scenarios: named.filter(({ scenario }) => wanted.test(scenario.name)) })
}

/** The scenarios that a pair of hosts has. */
interface Pair {
  readonly image: Image
  readonly pair: number
  readonly scenarios: readonly Named[]
}

/** Groups stay together, the largest are given out first. */
function pairsOf(all: readonly Group[]): Pair[] {
  const pairs = [
    { image: 'debian' as const, pair: 0, scenarios: [] as Named[] },
    { image: 'debian' as const, pair: 1, scenarios: [] as Named[] },
    { image: 'dnf' as const, pair: 0, scenarios: [] as Named[] },
  ]
  for (const { image, scenarios } of all.toSorted((a, b) => b.scenarios.length - a.scenarios.length)) {
    const [least] = pairs.filter((pair) => pair.image === image).sort((a, b) => a.scenarios.length - b.scenarios.length)
    least!.scenarios.push(...scenarios)
  }
  return pairs.filter(({ scenarios }) => scenarios.length > 0)
}

const pairs = pairsOf(groups)
const lacks = inject('ansibleMissing') || (await machineLacks())
const statuses = (done: readonly Done[]): string[] => done.map(({ task, status }) => `${task}: ${status}`)
const messages = (done: readonly Done[]): string =>
  done.flatMap(({ task, message }) => (message ? [`${task}: ${message}`] : [])).join('; ')

describe.skipIf(lacks)(`modules, run by both${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  const root = mkdtempSync(path.join(tmpdir(), 'tsplay-alike-'))
  const outcomes = new Map<string, Outcome>()
  beforeAll(async () => {
    const runs = await Promise.all(
      pairs.map(({ image, pair, scenarios }) =>
        runBoth(scenarios, hostsFor(image, pair), path.join(root, `${image}${pair}`)),
      ),
    )
    for (const run of runs) for (const [slug, outcome] of run) outcomes.set(slug, outcome)
  }, 900_000)
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  describe.each(pairs)('on $image, pair $pair', ({ scenarios }) => {
    test.each(scenarios.map((each) => [each.scenario.name, each] as const))('%s', (_name, { slug, scenario }) => {
      const { theirs, ours } = outcomes.get(slug)!
      const [firstOfTheirs, secondOfTheirs] = theirs.runs as [Done[], Done[]]
      const [first, second] = ours.runs as [Done[], Done[]]
      const said = `theirs: ${messages(firstOfTheirs)}\nours: ${messages(first)}`
      const { differs } = scenario
      if (differs) {
        expect({ theirs: statuses(firstOfTheirs), ours: statuses(first) }, said).toEqual({
          theirs: differs.theirs,
          ours: differs.ours,
        })
      } else {
        expect(statuses(first), said).toEqual(statuses(firstOfTheirs))
        expect(statuses(second), 'the second run').toEqual(statuses(secondOfTheirs))
      }
      if (!scenario.unforeseen) expect(statuses(ours.check), 'the dry run').toEqual(statuses(first))
      if (!differs || differs.sameTree) expect(ours.left).toBe(theirs.left)
      expect(first).not.toEqual([])
    })
  })
})
