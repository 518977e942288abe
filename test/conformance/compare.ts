// One inventory, read by both: what they make of its groups, its hosts, their variables and of patterns.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import { formatError, TsplayError } from '../../engine/error.ts'
import * as tsplay from '../../engine/index.ts'
import { asJson, listing } from '../../engine/inventory/listing.ts'
import { openInventory } from '../../engine/inventory/open-inventory.ts'
import type { Inventory } from '../../engine/inventory/resolve-inventory.ts'
import { selectHosts } from '../../engine/inventory/select-hosts.ts'
import type { Ansible } from './ansible.ts'
import type { Case } from './generated.ts'

/** What one of the two makes of an inventory. */
export interface View {
  /** Own hosts and children of each group, sorted. */
  readonly groups: Readonly<Record<string, { hosts: readonly string[]; children: readonly string[] }>>
  readonly vars: Readonly<Record<string, unknown>>
}

/** Writes the case's files into a folder of their own. */
export function written({ files }: Case, folder: string): string {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text, { mode: text.startsWith('#!') ? 0x1ed : 0x1a4 })
  }
  return folder
}

export const open = (inventories: readonly string[], cwd: string): Promise<Inventory> =>
  openInventory(
    inventories.map((name) => path.join(cwd, name)),
    { modules: { tsplay, zod: z }, cwd },
  )

type Listed = Readonly<Record<string, { hosts?: string[]; children?: string[]; hostvars?: Record<string, object> }>>

export const ownView = (inventory: Inventory): View =>
  viewOf(JSON.parse(asJson(listing(inventory, [...inventory.hosts.values()], false))) as Listed)

export async function ansibleView(ansible: Ansible, inventories: readonly string[], cwd: string): Promise<View> {
  const { stdout, stderr, code } = await ansible.call('ansible-inventory', [...flags(inventories), '--list'], cwd)
  if (code !== 0) throw new Error(stderr)
  // what YAML marks with !unsafe is printed with its mark
  const unmarked = (_key: string, value: unknown): unknown =>
    (value as { __ansible_unsafe?: unknown } | null)?.__ansible_unsafe ?? value
  return viewOf(JSON.parse(stdout, unmarked) as Listed)
}

function viewOf({ _meta: meta, ...groups }: Listed): View {
  const sorted = (names: readonly string[] = []): string[] => [...names].sort()
  return {
    groups: Object.fromEntries(
      Object.entries(groups)
        .map(([name, { hosts, children }]) => [name, { hosts: sorted(hosts), children: sorted(children) }] as const)
        .filter(([, { hosts, children }]) => hosts.length + children.length > 0),
    ),
    vars: Object.fromEntries(Object.entries(meta?.hostvars ?? {}).filter(([, vars]) => Object.keys(vars).length > 0)),
  }
}

const flags = (inventories: readonly string[]): string[] => inventories.flatMap((name) => ['-i', name])

/** The hosts of a pattern in order; `undefined` where it is refused. */
export function ownHosts(inventory: Inventory, pattern: string): string[] | undefined {
  try {
    return selectHosts(inventory, pattern).map(({ name }) => name)
  } catch (error) {
    if (error instanceof TsplayError) return undefined
    throw error
  }
}

export async function ansibleHosts(
  ansible: Ansible,
  { inventories, patterns }: Pick<Case, 'inventories' | 'patterns'>,
  cwd: string,
): Promise<(string[] | undefined)[]> {
  const found: (string[] | undefined)[] = []
  for (const pattern of patterns) {
    const { stdout, code } = await ansible.call('ansible', [...flags(inventories), pattern, '--list-hosts'], cwd)
    found.push(
      code === 0
        ? stdout
            .split('\n')
            .slice(1)
            .map((line) => line.trim())
            .filter(Boolean)
        : undefined,
    )
  }
  return found
}

/** The error that tsplay gives. */
export const refusal = async (inventories: readonly string[], cwd: string): Promise<string | undefined> => {
  try {
    await open(inventories, cwd)
    return undefined
  } catch (error) {
    if (error instanceof TsplayError) return formatError(error)
    throw error
  }
}
