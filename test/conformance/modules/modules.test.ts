// Modules against Ansible's: the same few tasks by both tools on two hosts that are alike. One run for all scenarios of an image.
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
    dir: `/srv/${name}-${index + 1}`,
    scenario,
  }))
  groups.push({ name, image, scenarios: named.filter(({ scenario }) => wanted.test(scenario.name)) })
}

const lacks = inject('ansibleMissing') || (await machineLacks())
const statuses = (done: readonly Done[]): string[] => done.map(({ task, status }) => `${task}: ${status}`)
const messages = (done: readonly Done[]): string =>
  done.flatMap(({ task, message }) => (message ? [`${task}: ${message}`] : [])).join('; ')

describe.skipIf(lacks)(`modules, run by both${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  for (const image of new Set(groups.map(({ image }) => image))) {
    describe(`on ${image}`, () => {
      const all = groups.filter((group) => group.image === image).flatMap(({ scenarios }) => scenarios)
      const root = mkdtempSync(path.join(tmpdir(), 'tsplay-alike-'))
      let outcomes: Map<string, Outcome>
      beforeAll(async () => {
        outcomes = await runBoth(all, hostsFor(image), root)
      }, 900_000)
      afterAll(() => rmSync(root, { recursive: true, force: true }))

      test.each(all.map((each) => [each.scenario.name, each] as const))('%s', (_name, { slug, scenario }) => {
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
  }
})
