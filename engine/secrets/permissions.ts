// Who may enter a store. Changes nothing.
import { statSync } from 'node:fs'
import { TsplayError } from '../error.ts'
import { storeError } from './store-error.ts'

/**
 * Keys in the clear are nobody else's to read: as ssh does with its own, a folder is refused that group or others may
 * read, write or enter. It is not mended unasked, since whoever could read it may have done so.
 * @throws TsplayError, also for a folder that cannot be looked at; not where there is none
 */
export function refuseOthers(dir: string): void {
  const mode = modeOf(dir)
  if (mode === undefined || (mode & 0o077) === 0) return
  throw new TsplayError(
    `others than its owner may enter the store (mode ${(mode & 0o7777).toString(8).padStart(4, '0')}), and its keys are not encrypted`,
    {
      place: { file: dir },
      hint: 'chmod 700 it, and make anew what others may have read; only an encrypted store may be shared',
    },
  )
}

function modeOf(file: string): number | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })?.mode
  } catch (error) {
    throw storeError('read', error, file)
  }
}
