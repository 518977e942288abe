// The documented inventories as they lie in the project, and copies of them in which one text is another. Runs nothing.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import * as tsplay from '../../engine/index.ts'
import { openInventory } from '../../engine/inventory/open-inventory.ts'
import type { Inventory } from '../../engine/inventory/resolve-inventory.ts'
import { cluster } from '../../playbooks/cluster.ts'
import { project } from '../load/project.ts'

export const documented = ['s0', 's1', 's2', 's3', 's4k', 's4b'] as const

export type Documented = (typeof documented)[number]

const root = join(import.meta.dirname, '../..')

/** What an inventory of S3 needs besides. */
export const criDockerdSource = {
  release: '0.2.5',
  sha256: { 'cri-dockerd-0.2.5-3.el8.x86_64.rpm': 'c'.repeat(64) },
}

/** Texts of the file and what stands there instead. */
export type Replacements = readonly (readonly [text: string, instead: string])[]

/** What only its user can say of an inventory: the checksum of what hosts install, which nobody publishes. */
const left: Partial<Record<Documented, Replacements>> = {
  s3: [["source: { release: '0.2.5', sha256: {} }", `source: ${JSON.stringify(criDockerdSource)}`]],
}

/** A copy's text, its imports those of the project, and the line of what was replaced first. */
export interface FaultyText {
  readonly text: string
  readonly line: number
}

/** What is left to its user is in the copy. @throws Error where a text does not stand in the file, or more than once */
export function faultyText(system: Documented, replacements: Replacements): FaultyText {
  const file = join(root, 'inventories', system, 'hosts.ts')
  let text = readFileSync(file, 'utf8').replace(/(?<=from ')\.[^']*/g, (from) => join(dirname(file), from))
  const replace = ([before, after]: readonly [string, string]): void => {
    if (text.split(before).length !== 2) throw new Error(`${system} has not exactly one ${before}`)
    text = text.replace(before, () => after)
  }
  left[system]?.forEach(replace)
  const [first] = replacements
  const line = first ? lineOf(text, first[0]) : 0
  replacements.forEach(replace)
  return { text, line }
}

/** 1-based line of a text in another. @throws Error where it does not stand there */
export function lineOf(text: string, part: string): number {
  const at = text.indexOf(part)
  if (at === -1) throw new Error(`the text has no ${part}`)
  return text.slice(0, at).split('\n').length
}

/** A copy as `-i hosts.ts` opens it, in a folder that is gone when the test is over. */
export const openCopy = (text: string): Promise<Inventory> =>
  openInventory('hosts.ts', {
    modules: { tsplay, zod: z },
    cwd: project({ 'hosts.ts': text }),
    site: cluster as never,
  })
