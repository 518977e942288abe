// The tests of a list of inventories: both read each, and must agree on groups, hosts, variables and patterns.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { GroupTree } from '../../engine/inventory/group-tree.ts'
import { type Ansible, startAnsible } from './ansible.ts'
import { ansibleHosts, ansibleView, open, ownHosts, ownView, written } from './compare.ts'
import type { Case } from './generated.ts'

/** Ansible for the tests of a file, and a folder for each of them. */
export interface Bench {
  readonly ansible: Ansible
  readonly folder: () => string
}

/** Runs `tests` with Ansible, or says why it cannot. */
export function withAnsible(title: string, tests: (bench: () => Bench) => void): void {
  const missing = inject('ansibleMissing')
  if (missing !== '') {
    test.skip(`${title}: ${missing}`, () => undefined)
    return
  }
  describe(title, () => {
    const root = mkdtempSync(path.join(tmpdir(), 'tsplay-conformance-'))
    let ansible: Ansible
    beforeAll(async () => {
      ansible = await startAnsible(root)
    })
    afterAll(() => {
      ansible.close()
      rmSync(root, { recursive: true })
    })
    tests(() => ({ ansible, folder: () => mkdtempSync(path.join(root, 'case-')) }))
  })
}

/** One test for each inventory. */
export function agree(cases: readonly Case[], bench: () => Bench): void {
  test.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const { ansible, folder } = bench()
    const cwd = written(one, folder())
    const inventory = await open(one.inventories, cwd)
    expect(ownView(inventory)).toEqual(await ansibleView(ansible, one.inventories, cwd))
    const theirs = await ansibleHosts(ansible, one, cwd)
    const ours = one.patterns.map((pattern) => ownHosts(inventory, pattern))
    const byChance = [...inventory.groups.keys()].some((group) => ordersByChance(inventory.tree, group))
    const shown = (lists: readonly (readonly string[] | undefined)[]) =>
      Object.fromEntries(
        lists
          .map((hosts, index) => [one.patterns[index]!, byChance ? hosts?.toSorted() : hosts] as const)
          .filter(([pattern]) => !byChance || !/\[-?\d/.test(pattern)),
      )
    expect(shown(ours)).toEqual(shown(theirs))
  })
}

/**
 * Ansible goes through the groups within a group level by level and keeps each level in a set: where two groups of a level
 * have children, the order of those, and so positions in it, differ from call to call.
 */
function ordersByChance(tree: GroupTree, group: string): boolean {
  for (let level: readonly string[] = [group]; level.length > 0; ) {
    const parents = level.filter((one) => tree.children(one).length > 0)
    if (parents.length > 1) return true
    level = parents.flatMap((one) => tree.children(one))
  }
  return false
}
