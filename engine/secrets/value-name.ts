// What values of the store are called, and which files one is made of. Knows no disk.
import { TsplayError } from '../error.ts'

/** A value: the text of each of its files, by ending. */
export type Value = Readonly<Record<string, string>>

/** What files of the store end with. A value has at most one of each; other files in its folders are none of its own. */
export const endings = ['-key.pem', '.pem', '.csr', '.txt'] as const

/** Certificates and requests are shown to everybody; all else is a key or a secret. */
export const isPublic = (ending: string): boolean => ending === '.pem' || ending === '.csr'

/** @throws TsplayError where `name` cannot be a value's: it would not be a path below the store, or another's file */
export function checkName(name: string): void {
  if (name.split('/').every(isNamePart) && !name.endsWith('-key')) return
  throw new TsplayError(`'${name}' cannot be a name in the store`, {
    hint: "letters, digits, '_', '.' and '-', not starting with '.' or '-' and not ending in '-key'",
  })
}

/** Whether a folder of this name can be on the way to a value. */
export const isNamePart = (part: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(part)

/** @throws TypeError for a value with an ending that is none: a bug of whoever made it */
export function checkEndings(name: string, value: Value): void {
  for (const ending of Object.keys(value))
    if (!(endings as readonly string[]).includes(ending))
      throw new TypeError(`store: '${ending}' is no ending of a file of '${name}'`)
}

/** A file's name as the value's own name and an ending; undefined for what is no file of a value. */
export function splitFileName(file: string): { readonly base: string; readonly ending: string } | undefined {
  const ending = endings.find((each) => file.endsWith(each))
  if (ending === undefined) return undefined
  const base = file.slice(0, -ending.length)
  return isNamePart(base) && !base.endsWith('-key') ? { base, ending } : undefined
}

/** Whether two values have the same files with the same text. */
export const sameValue = (a: Value | undefined, b: Value | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    Object.keys(a).length === Object.keys(b).length &&
    Object.entries(a).every(([ending, text]) => b[ending] === text))
