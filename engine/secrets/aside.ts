// What is replaced in the store or taken out of it: kept in the folder `.old` beside it. Knows nothing of what replaces it.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { readIfThere } from './read-if-there.ts'
import { endings } from './value-name.ts'
import { makeFolder, syncFolder, writeSynced } from './write-file.ts'

/** The name of the folder. Nothing in it is ever replaced or removed: whoever wants the room may empty it. */
export const asideFolder = '.old'

/** What the files of the value that begin with `file` can be called there: `<name>@<UTC time>`, `<name>@<UTC time>-2`, … */
export function freeAside(file: string, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '')
  return freeName(`${path.basename(file)}@${stamp}`, (name) =>
    endings.every((ending) => !existsSync(asidePath(file, name, ending))),
  )
}

/** Keeps one file's text under a name of {@link freeAside}; another text that is there already stays, too. */
export async function keepAside(file: string, name: string, ending: string, text: string): Promise<void> {
  await makeFolder(path.join(path.dirname(file), asideFolder))
  const free = freeName(name, (each) => [text, undefined].includes(readIfThere(asidePath(file, each, ending))))
  const at = asidePath(file, free, ending)
  if (existsSync(at)) return
  await writeSynced(at, text)
  await syncFolder(path.dirname(at))
}

/** The value's name of a file in the folder, with its ending; undefined for what is none. */
export function splitAsideName(file: string): { readonly base: string; readonly ending: string } | undefined {
  const ending = endings.find((each) => file.endsWith(each))
  const at = file.lastIndexOf('@')
  return ending === undefined || at < 1 ? undefined : { base: file.slice(0, at), ending }
}

const asidePath = (file: string, name: string, ending: string): string =>
  path.join(path.dirname(file), asideFolder, name + ending)

function freeName(name: string, isFree: (name: string) => boolean): string {
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? name : `${name}-${count}`
    if (isFree(candidate)) return candidate
  }
}
