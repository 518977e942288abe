// The tests of a list of inventories: both read each, and must agree on groups, hosts, variables and patterns.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
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
    // Ansible keeps what lies three levels deep in a set: there the order is an accident, and so are positions
    const nested = [...inventory.groups.keys()].some((group) =>
      inventory.tree.children(group).some((child) => group !== 'all' && inventory.tree.children(child).length > 0),
    )
    const shown = (lists: readonly (readonly string[] | undefined)[]) =>
      Object.fromEntries(
        lists
          .map((hosts, index) => [one.patterns[index]!, nested ? hosts?.toSorted() : hosts] as const)
          .filter(([pattern]) => !nested || !/\[-?\d/.test(pattern)),
      )
    expect(shown(ours)).toEqual(shown(theirs))
  })
}
