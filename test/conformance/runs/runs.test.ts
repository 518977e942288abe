// What ansible-playbook and tsplay do with the same playbook: each host's tasks and changes, the order of handlers, recap, exit code.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { byAnsible, byTsplay, type Scenario, type Story } from './both.ts'
import { differences } from './differences.ts'
import { ordered, scenarios } from './scenarios.ts'

const missing = inject('ansibleMissing')
const root = mkdtempSync(path.join(tmpdir(), 'tsplay-runs-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const both = async (scenario: Scenario): Promise<{ theirs: Story[]; ours: Story[] }> => {
  const folder = mkdtempSync(path.join(root, 'run-'))
  return { theirs: await byAnsible(scenario, folder), ours: await byTsplay(scenario, folder) }
}
const each = ({ exit, hosts, recap }: Story) => ({ exit, hosts, recap })
/** Hosts in step: which tasks, and who does them, in whatever order among themselves. */
const inStep = ({ all }: Story): string[][] => {
  const steps: string[][] = []
  for (const line of all) {
    const [host, ...task] = line.split(' ')
    const last = steps.at(-1)
    if (last?.[0] === task.join(' ')) last.push(host!)
    else steps.push([task.join(' '), host!])
  }
  return steps.map(([task, ...hosts]) => [task!, ...hosts.sort()])
}

describe.skipIf(missing !== '')(`playbooks, run by both${missing === '' ? '' : ` (skipped: ${missing})`}`, () => {
  test.concurrent.each(Object.entries(scenarios))('%s', async (_name, scenario) => {
    const { theirs, ours } = await both(scenario)
    expect(ours.map(each)).toEqual(theirs.map(each))
    expect(theirs.flatMap(({ all }) => all).length).toBeGreaterThan(0)
  })

  test.concurrent.each(Object.entries(differences))('differs on purpose: %s', async (_name, one) => {
    const { theirs, ours } = await both(one)
    const told = (stories: readonly Story[]) => ({
      exit: stories.at(-1)!.exit,
      tasks: stories.at(-1)!.hosts[one.host ?? 'h1'],
    })
    expect({ theirs: told(theirs), ours: told(ours) }).toEqual({ theirs: one.theirs, ours: one.ours })
    expect(one.why).not.toBe('')
  })

  test.each(Object.entries(ordered))('%s', async (_name, scenario) => {
    const { theirs, ours } = await both(scenario)
    expect(ours.map(inStep)).toEqual(theirs.map(inStep))
    expect(ours.map(each)).toEqual(theirs.map(each))
  })
})
