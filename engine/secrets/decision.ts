// The file that decides what a value of the store is while its own files are replaced. Carries nothing out.
import path from 'node:path'
import { z } from 'zod'
import { TsplayError } from '../error.ts'
import { readIfThere } from './read-if-there.ts'
import { splitFileName, type Value } from './value-name.ts'

/** What a value is from the moment on that this is on disk, whatever its files still are. */
export interface Decision {
  /** The new files by ending, as they are to be on disk; none: the value is taken out. */
  readonly files: Value
  /** What the replaced files are called in `.old`, without ending; undefined: they are not kept. */
  readonly aside?: string | undefined
}

/** `.<name>.decided` beside the value whose files begin with `file`. */
export const decisionPath = (file: string): string => path.join(path.dirname(file), `.${path.basename(file)}.decided`)

/** The name of the value that a file decides; undefined for any other file. */
export const decidedBase = (file: string): string | undefined => /^\.(.+)\.decided$/.exec(file)?.[1]

/** The name of the value that this hidden file of its folder is left of; undefined for any other file. */
export function unfinishedBase(file: string): string | undefined {
  return (
    decidedBase(file) ??
    /^\.\.(.+)\.decided\.new$/.exec(file)?.[1] ??
    splitFileName(/^\.(.+)\.new$/.exec(file)?.[1] ?? '')?.base
  )
}

export const decisionText = (decision: Decision): string => `${JSON.stringify(decision)}\n`

/** Undefined where nothing is under way. @throws TsplayError for one that cannot be understood */
export function readDecision(file: string): Decision | undefined {
  const at = decisionPath(file)
  const text = readIfThere(at)
  if (text === undefined) return undefined
  try {
    return format.parse(JSON.parse(text))
  } catch (error) {
    throw new TsplayError('a change of the store was interrupted, and what it was to be cannot be read', {
      place: { file: at },
      hint: 'look at the files beside it and those in .old; once they are as they should be, remove this one',
      cause: error,
    })
  }
}

const format = z.strictObject({ files: z.record(z.string(), z.string()), aside: z.string().optional() })
