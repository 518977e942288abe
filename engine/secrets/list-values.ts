// The names of the values that a store's folder holds. Reads no value.
import { splitFileName } from './value-name.ts'
import { walk } from './walk.ts'

/**
 * Names of all values below `dir` that begin with `prefix`, sorted. Only the folders that `prefix` leads to are read;
 * hidden ones, and files that are of no value, are passed over. @throws TsplayError for a folder that cannot be read
 */
export function listValues(dir: string, prefix = ''): string[] {
  const names = walk(dir, (before) => before.startsWith(prefix) || prefix.startsWith(before))
    .filter(({ old }) => !old)
    .flatMap(({ before, file }) => {
      const split = splitFileName(file)
      return split ? [before + split.base] : []
    })
    .filter((name) => name.startsWith(prefix))
  return [...new Set(names)].sort()
}
