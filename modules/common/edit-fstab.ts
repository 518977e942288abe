// fstab's edit as a pure function of its text. One line for each mount point; what others have written stays as it is.

/** A line of fstab. */
export interface FstabEntry {
  readonly src: string
  readonly path: string
  readonly fstype: string
  readonly opts: string
  readonly dump: number
  readonly passno: number
}

/** Which line: that of a mount point or, of swap space, that of a source. */
export type FstabKey = Pick<FstabEntry, 'path'> & { readonly src?: string | undefined }

/** The text with the entry in the place of the one that was there, or at the end. */
export function setFstabEntry(text: string, entry: FstabEntry): string {
  const lines = linesOf(text)
  const at = lines.findIndex((line) => isOf(line, entry))
  if (at >= 0 && sameFields(fieldsOf(lines[at]!), fieldsOf(lineOf(entry)))) return text
  return textOf(at < 0 ? [...lines, lineOf(entry)] : lines.map((line, index) => (index === at ? lineOf(entry) : line)))
}

/** The text without the entry. */
export function removeFstabEntry(text: string, key: FstabKey): string {
  const lines = linesOf(text)
  const kept = lines.filter((line) => !isOf(line, key))
  return kept.length === lines.length ? text : textOf(kept)
}

/** The entry as it is there; undefined where there is none. */
export function fstabEntry(text: string, key: FstabKey): FstabEntry | undefined {
  const line = linesOf(text).find((each) => isOf(each, key))
  if (line === undefined) return undefined
  const [src = '', path = '', fstype = '', opts = '', dump, passno] = fieldsOf(line).map(unescaped)
  return { src, path, fstype, opts, dump: Number(dump), passno: Number(passno) }
}

/** As fstab and mountinfo write what would end a field. */
export const escaped = (text: string): string =>
  text.replace(/[\\ \t\n#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)

export const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 8)))

const lineOf = ({ src, path, fstype, opts, dump, passno }: FstabEntry): string =>
  [src, path, fstype, opts].map(escaped).concat(String(dump), String(passno)).join(' ')

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

/** Six fields; the last two are 0 where they are left out. */
function fieldsOf(line: string): string[] {
  const fields = line.trim().split(/\s+/)
  return [...fields, ...Array<string>(Math.max(0, 6 - fields.length)).fill('0')].slice(0, 6)
}

const sameFields = (a: readonly string[], b: readonly string[]): boolean =>
  a.every((field, index) => unescaped(field) === unescaped(b[index]!))

function isOf(line: string, { path, src }: FstabKey): boolean {
  if (/^\s*(#|$)/.test(line)) return false
  const [source = '', at = ''] = fieldsOf(line).map(unescaped)
  if (path === 'none' || path === 'swap') return source === src && /^(none|swap)$/.test(at)
  return trimmed(at) === trimmed(path)
}

const trimmed = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path)
