// authorizedKey's edit as a pure function of the file's text. Keys are the same where type and blob are.
import { type PublicKey, publicKeyOf, sameKey } from './public-key.ts'

/** Which keys, and how their lines are to be. */
export interface KeysEdit {
  readonly keys: readonly PublicKey[]
  readonly state: 'present' | 'absent'
  /** Remove every other key. */
  readonly exclusive: boolean
  /** Options that stand before the key; undefined: those that are there stay. */
  readonly options: string | undefined
  /** undefined: the comment that is there stays. */
  readonly comment: string | undefined
}

/** The text with the keys, or without them. Lines that hold no key stay as they are. */
export function editAuthorizedKeys(text: string, edit: KeysEdit): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const kept = lines.flatMap((line) => {
    const found = publicKeyOf(line)
    if (!found) return [line]
    const named = edit.keys.find((key) => sameKey(key, found))
    if (edit.state === 'absent') return named ? [] : [line]
    if (!named) return edit.exclusive ? [] : [line]
    const wanted = lineOf(named, edit, found)
    return [sameLine(wanted, found) ? line : wanted]
  })
  const present = kept.map(publicKeyOf)
  const added =
    edit.state === 'absent'
      ? []
      : edit.keys
          .filter((key) => !present.some((found) => found && sameKey(found, key)))
          .map((key) => lineOf(key, edit))
  const edited = [...kept, ...added]
  // a last line without its end is not changed for that alone
  return edited.join('\n') === lines.join('\n') ? text : edited.map((line) => `${line}\n`).join('')
}

function lineOf(key: PublicKey, { options, comment }: KeysEdit, found?: PublicKey): string {
  const before = options ?? (key.before || found?.before || '')
  const behind = comment ?? (found ? found.comment : key.comment)
  return [before, key.type, key.blob, behind].filter((part) => part !== '').join(' ')
}

/** Blanks between the parts do not matter. */
function sameLine(line: string, found: PublicKey): boolean {
  const { before, comment } = publicKeyOf(line)!
  return before === found.before && comment === found.comment
}
