// Which tests name which line of the table: their titles hold ids, as in `(A044, X05)`. Reads files, runs none.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The files, seen from `folder`, whose titles name each id; sorted. */
export function namedIn(folder: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.test(-d)?\.ts$/.test(file) && !file.startsWith(`features${path.sep}`))
    .sort()
  for (const file of files) {
    for (const id of new Set(idsIn(readFileSync(path.join(folder, file), 'utf8'))))
      found.set(id, [...(found.get(id) ?? []), file.replaceAll(path.sep, '/')])
  }
  return found
}

/** Ids of lines are those of features; rules (`R4`) and faults (`B20`) may stand beside them. */
const isLine = (id: string): boolean => /^[AMPX]/.test(id)

const group = String.raw`[A-Z]\d{1,3}(?:, ?[A-Z]\d{1,3})*`
// a title is a text on one line; a file of type tests has its ids in the first
const inTitle = new RegExp(String.raw`(['"\`])(?:(?!\1).)*\((${group})\)(?:(?!\1).)*\1`, 'g')
const inFirstLine = new RegExp(`^// (${group}):`)

/** The ids that titles in a test's source name. */
export function idsIn(source: string): string[] {
  const groups = [...source.matchAll(inTitle)].flatMap(([title]) =>
    [...title.matchAll(new RegExp(String.raw`\((${group})\)`, 'g'))].map(([, ids]) => ids!),
  )
  const first = inFirstLine.exec(source)?.[1]
  return [...(first ? [first] : []), ...groups].flatMap((ids) => ids.split(/, ?/)).filter(isLine)
}
