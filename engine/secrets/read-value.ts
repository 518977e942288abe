// Reads a value of the store as it is on disk: all of its files as they belong together. Decrypts nothing, changes nothing.
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs'
import { readDecision } from './decision.ts'
import { storeError } from './store-error.ts'
import { endings, type Value } from './value-name.ts'

interface Opened {
  readonly ending: string
  readonly descriptor: number
}

/**
 * The value whose files begin with `file`; undefined where there is none. Whoever changes it meanwhile is not waited for
 * and needs no lock against: it is the whole old value or the whole new one. The folder is not listed, so many values
 * beside each other cost no more each than one; the calls are synchronous, since files of a kilobyte are read in less
 * time than it takes to hand them to a thread. @throws TsplayError where a file cannot be read
 */
export function readValue(file: string): Value | undefined {
  for (;;) {
    const found = attempt(file)
    if (found !== 'changing') return Object.keys(found).length > 0 ? found : undefined
  }
}

/** What was read holds if nothing was decided after reading it, and then every file is still the one that was read. */
function attempt(file: string): Value | 'changing' {
  const opened: Opened[] = []
  try {
    for (const ending of endings) {
      const descriptor = openIfThere(file + ending)
      if (descriptor !== undefined) opened.push({ ending, descriptor })
    }
    const texts = opened.map(({ ending, descriptor }) => [ending, readFileSync(descriptor, 'utf8')] as const)
    const decision = readDecision(file)
    if (decision) return decision.files
    const same = endings.every((ending) =>
      isStill(
        file + ending,
        opened.find((one) => one.ending === ending),
      ),
    )
    return same ? Object.fromEntries(texts) : 'changing'
  } catch (error) {
    throw storeError('read', error, file)
  } finally {
    for (const { descriptor } of opened) closeSync(descriptor)
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** As long as a file is open, no other can have its number. */
function isStill(file: string, opened: Opened | undefined): boolean {
  const now = statSync(file, { throwIfNoEntry: false })
  if (!opened || !now) return !opened && !now
  const read = fstatSync(opened.descriptor)
  return read.ino === now.ino && read.dev === now.dev
}
