// stat: what is at a path, without following a link. One process for all paths.
import { fileResource } from '../resource.ts'
import { sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

/** What is at a path. */
export interface StatAnswer {
  readonly type: 'file' | 'directory' | 'link' | 'other'
  /** Permission bits as four octal digits, `0644`. */
  readonly mode: string
  readonly uid: number
  readonly gid: number
  /** Owner's name; the number as text where the host knows no name. */
  readonly owner: string
  readonly group: string
  /** Bytes. */
  readonly size: number
  /** Seconds since 1970. */
  readonly mtime: number
}

/** `stat` looks at the path itself, `target` at what a link leads to. */
const kind = (name: 'stat' | 'target', follow: readonly string[]): QuestionKind<string, StatAnswer | null> => ({
  name,
  // A line of 0 and 1 says which paths exist (built-in tests, no process); stat then prints one line for each that does.
  // Paths are not printed, so that a newline in one cannot be mistaken for an answer.
  script: (paths) => sh`_n=
_is() { [ -e "$1" ] || { [ -L "$1" ] && [ ${name} = stat ]; }; }
for _p in ${paths}; do if _is "$_p"; then _n="$_n"1; else _n="$_n"0; fi; done
printf '%s\n' "$_n"
set -- ${paths}
# each "set" copies all paths: only where some are missing
case $_n in *0*) for _p do shift; if _is "$_p"; then set -- "$@" "$_p"; fi; done ;; esac
[ $# -eq 0 ] || stat ${follow} -c '%f %u %g %U %G %s %Y' -- "$@"`,
  parse(output, paths) {
    const [present = '', ...lines] = decode(output).split('\n')
    return paths.map((path, index) => {
      if (present[index] !== '1') return null
      const line = lines.shift()
      const fields = line?.split(' ')
      if (fields?.length !== 7) throw new Error(`stat of ${path}: unexpected answer '${line ?? ''}'`)
      return statFields(fields)
    })
  },
  reads: (path) => [fileResource(path)],
})

export const statKind = kind('stat', [])
export const targetKind = kind('target', ['-L'])

export const targetQuestion = (path: string) => question(targetKind, path, path)
export const statQuestion = (path: string) => question(statKind, path, path)

/** What stat's `%f %u %g %U %G %s %Y` says. */
export function statFields([hex, uid, gid, owner, group, size, mtime]: string[]): StatAnswer {
  const bits = Number.parseInt(hex!, 16)
  return {
    type: fileTypes.get(bits & 0o170000) ?? 'other',
    mode: (bits & 0o7777).toString(8).padStart(4, '0'),
    uid: Number(uid),
    gid: Number(gid),
    owner: owner === 'UNKNOWN' ? uid! : owner!,
    group: group === 'UNKNOWN' ? gid! : group!,
    size: Number(size),
    mtime: Number(mtime),
  }
}

// A map, not an object: the formatter rewrites octal keys to other numbers
const fileTypes: ReadonlyMap<number, StatAnswer['type']> = new Map([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'link'],
])
