// What `--limit` leaves of a play's hosts.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { TsplayError } from '../error.ts'
import type { Host } from '../site.ts'
import type { Inventory } from './resolve-inventory.ts'
import { selectHosts } from './select-hosts.ts'

/** Leaves those of a play's hosts that are within the limit. */
export type Limit = (hosts: readonly Host[]) => Host[]

/**
 * The hosts that `--limit` names: a pattern, or `@file` with a name or pattern on each line (`#` begins a comment).
 * @throws TsplayError where the file cannot be read, a name is unknown or no host is left
 */
export async function limitTo(inventory: Inventory, limit: string, cwd = process.cwd()): Promise<Limit> {
  const patterns = limit.startsWith('@') ? await linesOf(limit.slice(1), cwd) : [limit]
  if (patterns.every((pattern) => pattern.trim() === '')) throw noHosts(limit)
  const allowed = new Set(selectHosts(inventory, patterns))
  if (allowed.size === 0) throw noHosts(limit)
  return (hosts) => hosts.filter((host) => allowed.has(host))
}

const noHosts = (limit: string): TsplayError =>
  new TsplayError(`--limit '${limit}' leaves no hosts`, { hint: 'tsplay list hosts <playbook.ts> shows what there is' })

async function linesOf(path: string, cwd: string): Promise<string[]> {
  const text = await readFile(resolve(cwd, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TsplayError(`--limit: cannot read '${path}': ${error.code === 'ENOENT' ? 'no such file' : error.message}`)
  })
  return text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter((line) => line !== '')
}
