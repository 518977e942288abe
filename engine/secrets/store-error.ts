// What the disk refuses, as an error that the user can mend.
import { TsplayError } from '../error.ts'

/**
 * The error for what `doing` ('read', 'written', 'locked') the store came to. `file`: where, if the disk's own error does
 * not say it. One that is a TsplayError already stays as it is.
 */
export function storeError(doing: 'read' | 'written' | 'locked', error: unknown, file?: string): TsplayError {
  if (error instanceof TsplayError) return error
  const { message, code, path } = error as NodeJS.ErrnoException
  const at = path ?? file
  const hint = hints[code ?? '']
  return new TsplayError(`the store cannot be ${doing}: ${message}`, {
    ...(at !== undefined && { place: { file: at } }),
    ...(hint !== undefined && { hint }),
    cause: error,
  })
}

const hints: Readonly<Record<string, string>> = {
  EACCES: 'run tsplay as the user whom the store belongs to, or give it to this one: chown -R',
  EPERM: 'run tsplay as the user whom the store belongs to, or give it to this one: chown -R',
  EROFS: 'the disk is read-only: with --check nothing is written',
  ENOSPC: 'the disk is full: make room and run again, every value is whole',
  EDQUOT: 'the disk is full for this user: make room and run again, every value is whole',
  ENOTDIR: 'a file is where a folder should be: move it away',
  EISDIR: 'a folder is where a file should be: move it away',
}
