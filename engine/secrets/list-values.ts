// The names of the values that a store's folder holds. Reads no value.
import path from 'node:path'
import { decidedBase, readDecision } from './decision.ts'
import { splitFileName } from './value-name.ts'
import { walk } from './walk.ts'

/**
 * Names of all values below `dir` that begin with `prefix`, sorted. Only the folders that `prefix` leads to are read;
 * hidden ones, and files that are of no value, are passed over. @throws TsplayError for a folder that cannot be read
 */
export function listValues(dir: string, prefix = ''): string[] {
  const files = walk(dir, (before) => before.startsWith(prefix) || prefix.startsWith(before)).filter(({ old }) => !old)
  const names = new Set(
    files.flatMap(({ before, file }) => {
      const split = splitFileName(file)
      return split ? [before + split.base] : []
    }),
  )
  // what is decided and not done yet holds here as well
  for (const { folder, before, file } of files) {
    const base = decidedBase(file)
    const decision = base === undefined ? undefined : readDecision(path.join(folder, base))
    if (decision) names[Object.keys(decision.files).length > 0 ? 'add' : 'delete'](before + base)
  }
  return [...names].filter((name) => name.startsWith(prefix)).sort()
}
