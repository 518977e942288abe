// The text of a file that may not be there.
import { readFileSync } from 'node:fs'

/** Undefined where there is none; any other error is the disk's own. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
