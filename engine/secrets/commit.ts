// Replaces all files of a value of the store as one: decided by a single rename, then carried out, by whoever comes next
// if need be. Knows nothing of encryption; the caller holds the value's lock.
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { freeAside, keepAside } from './aside.ts'
import { type Decision, decisionPath, decisionText, readDecision } from './decision.ts'
import { withLock } from './lock.ts'
import { readIfThere } from './read-if-there.ts'
import { storeError } from './store-error.ts'
import { endings, type Value } from './value-name.ts'
import { freshOf, makeFolder, syncFolder, writeWhole } from './write-file.ts'

/**
 * Makes `files` (texts by ending) all that there is of the value whose files begin with `file`; none takes it out. What
 * was there is kept aside, unless `aside` is false. Until it is decided, an error leaves everything as it was.
 * @throws TsplayError where it cannot be written
 */
export async function commitValue(file: string, files: Value, { aside }: { readonly aside: boolean }): Promise<void> {
  try {
    await makeFolder(path.dirname(file))
    const decision: Decision = { files, ...(aside && { aside: freeAside(file, new Date()) }) }
    await keepReplaced(file, decision)
    await writeWhole(decisionPath(file), decisionText(decision))
    await carryOut(file, decision)
  } catch (error) {
    throw storeError('written', error, file)
  }
}

/** Carries out what was decided for this value and not done, and removes what a crash has left of it. */
export async function finishCommit(file: string): Promise<void> {
  try {
    const decision = readDecision(file)
    if (decision) await carryOut(file, decision)
    for (const left of [decisionPath(file), ...endings.map((ending) => file + ending)])
      await rm(freshOf(left), { force: true })
  } catch (error) {
    throw storeError('written', error, file)
  }
}

/** May be done any number of times, up to any point. */
async function carryOut(file: string, decision: Decision): Promise<void> {
  const folder = path.dirname(file)
  await syncFolder(folder) // the decision is on disk before anything follows from it
  await keepReplaced(file, decision) // somebody's edit since
  for (const ending of endings) {
    const text = decision.files[ending]
    if (text === undefined) await rm(file + ending, { force: true })
    else if (readIfThere(file + ending) !== text) await writeWhole(file + ending, text)
  }
  await syncFolder(folder)
  await rm(decisionPath(file), { force: true })
}

async function keepReplaced(file: string, { files, aside }: Decision): Promise<void> {
  if (aside === undefined) return
  for (const ending of endings) {
    const present = readIfThere(file + ending)
    if (present !== undefined && present !== files[ending]) await keepAside(file, aside, ending, present)
  }
}

/** Finishes all that was interrupted. Whoever may not write leaves it as it is: it is read rightly all the same. */
export async function finishCommits(files: readonly string[]): Promise<void> {
  for (const file of files) {
    try {
      await withLock(file, () => finishCommit(file))
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException
      if (!['EACCES', 'EPERM', 'EROFS'].includes(code ?? '')) throw error
    }
  }
}
