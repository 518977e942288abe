// The names in an archive as paths below where it is unpacked: picked, cut, and none that leads out. Reads nothing.
import { TsplayError } from './error.ts'
import type { ArchivePick } from './transfer.ts'
import { wildcardPicks } from './wildcard.ts'

/** The path an entry gets, by its name; undefined where it is not meant. @throws TsplayError where it leads out. */
export function pathPicker(archive: string, pick: ArchivePick): (name: string) => string | undefined {
  const included = pick.include.length === 0 ? () => true : wildcardPicks(pick.include)
  const excluded = wildcardPicks(pick.exclude)
  return (name) => {
    const plain = plainName(name)
    if (plain === '' || !included(plain) || excluded(plain)) return undefined
    const leadsOut = name.startsWith('/') || plain.split('/').includes('..')
    if (leadsOut) throw outside(archive, `'${name}' leads out of the folder that it is unpacked into`)
    if (name.includes('\ufffd')) throw outside(archive, `'${name}' is no name in UTF-8`)
    return plain.split('/').slice(pick.stripComponents).join('/') || undefined
  }
}

/** Without `./` in front and slashes at the end. */
export const plainName = (name: string): string =>
  name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')

/** @throws TsplayError where something lies in what is no folder: behind a link it would be written somewhere else. */
export function checkFolders(archive: string, types: ReadonlyMap<string, string>): void {
  for (const path of types.keys()) {
    for (const folder of foldersOf(path)) {
      const type = types.get(folder)
      if (type === undefined || type === 'directory') continue
      throw outside(archive, `'${path}' lies in '${folder}', which is a ${type}`)
    }
  }
}

/** The folders that a path is in, the outermost first. */
export const foldersOf = (path: string): string[] => {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

const outside = (archive: string, what: string): TsplayError =>
  new TsplayError(`archive '${archive}': ${what}`, {
    place: { file: archive },
    hint: 'exclude what should not be unpacked; who makes such an archive may mean harm',
  })
