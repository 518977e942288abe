// Inventories of a test's own, opened as `-i` opens them.
import path from 'node:path'
import * as z from 'zod'
import { formatError, TsplayError } from '../../engine/error.ts'
import * as tsplay from '../../engine/index.ts'
import { asJson, hostListing } from '../../engine/inventory/listing.ts'
import { type OpenOptions, openInventory } from '../../engine/inventory/open-inventory.ts'
import type { Inventory } from '../../engine/inventory/resolve-inventory.ts'
import { project } from '../load/project.ts'

type Options = Partial<OpenOptions> & { readonly names?: string | readonly string[] }

/** The first file is the inventory, unless `names` says otherwise. */
export const opened = (
  files: Record<string, string>,
  { names, playbookDir, ...options }: Options = {},
): Promise<Inventory> => {
  const cwd = project(files)
  return openInventory(names ?? Object.keys(files)[0]!, {
    modules: { tsplay, zod: z },
    cwd,
    ...options,
    ...(playbookDir && { playbookDir: path.join(cwd, playbookDir) }),
  })
}

/** The error as a user reads it. */
export async function refused(files: Record<string, string>, options: Options = {}): Promise<string> {
  try {
    await opened(files, options)
  } catch (error) {
    if (error instanceof TsplayError) return formatError(error)
    throw error
  }
  throw new Error('it is taken')
}

/** A host's variables as `tsplay inventory host` prints them. */
export const varsOf = (inventory: Inventory, host: string, origin = false): Record<string, unknown> =>
  JSON.parse(asJson(hostListing(inventory, inventory.hosts.get(host)!, origin))) as Record<string, unknown>

export const namesIn = (inventory: Inventory, group: string): string[] | undefined =>
  inventory.groups.get(group)?.map(({ name }) => name)
