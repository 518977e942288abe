// The shell that looks for files, and how its output is read. Paths are told with a NUL behind each, whatever is in them.
import path from 'node:path'
import type { StatAnswer } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'

/** What find itself is asked. */
export interface FindWish {
  readonly paths: string | readonly string[]
  readonly patterns?: string | readonly string[]
  readonly excludes?: string | readonly string[]
  readonly type?: 'file' | 'directory' | 'link' | 'any'
  readonly recurse?: boolean
  readonly depth?: number
  readonly hidden?: boolean
  readonly contains?: string
  readonly follow?: boolean
  readonly sha256?: boolean
}

/** A file that was found. */
export interface FoundFile {
  /** Absolute path. */
  readonly path: string
  readonly type: StatAnswer['type']
  /** Four octal digits. */
  readonly mode: string
  readonly owner: string
  readonly group: string
  readonly uid: number
  readonly gid: number
  /** Bytes. */
  readonly size: number
  /** Seconds since 1970. */
  readonly mtime: number
  /** Where it was asked for and it is a file that may be read. */
  readonly sha256?: string
  /** Where a link points, with the sums. */
  readonly linkTarget?: string
}

const types = { file: 'f', directory: 'd', link: 'l' } as const

/** Prints the host's time, the folders that are none, and for each handful of files their paths, then what stat says. */
export function findScript(params: FindWish): Script {
  const { paths, type = 'file', recurse = false, depth, hidden = false, follow = false } = params
  const most = recurse ? depth : 1
  return sh`printf '%s\0' "$(date +%s)"
set --
for _p in ${[paths].flat().map(plain)}; do if [ -d "$_p/." ]; then set -- "$@" "$_p/."; else printf '%s\0' "$_p"; fi; done
printf '\0'
[ $# -gt 0 ] || exit 0
find ${follow ? ['-L'] : []} "$@" -mindepth 1 ${most === undefined ? [] : ['-maxdepth', most]} ${[
    ...(type === 'any' ? [] : ['-type', types[type]]),
    ...(hidden ? [] : ['!', '-name', '.*']),
    ...names(params.patterns),
    ...[params.excludes ?? []].flat().flatMap((name) => ['!', '-name', name]),
    ...(params.contains === undefined ? [] : containing(params.contains)),
    '-exec',
    'sh',
    '-c',
    tell,
    follow ? '-L' : '-P',
    params.sha256 ? 'sum' : '',
    '{}',
    '+',
  ]} 2>/dev/null
:`
}

const names = (patterns: FindWish['patterns']): string[] => {
  const all = [patterns ?? []].flat()
  return all.length === 0
    ? []
    : ['(', ...all.flatMap((name, index) => [...(index > 0 ? ['-o'] : []), '-name', name]), ')']
}

const containing = (pattern: string): string[] => ['-type', 'f', '-exec', 'grep', '-qE', '-e', pattern, '--', '{}', ';']

/** A file that goes while it is looked at is told as `-`; then each is looked at on its own. */
const tell = `
if [ "$0" = -L ]; then l=-L; else l=; fi
s=$1; shift
printf '%s\\0' "$#" "$@"
f='%f %u %g %U %G %s %Y'
o=$(stat $l -c "$f" -- "$@" 2>/dev/null) || o=$(for p do stat $l -c "$f" -- "$p" 2>/dev/null || stat -c "$f" -- "$p" 2>/dev/null || echo -; done)
printf '%s\\0' "$o"
if [ "$s" = sum ]; then
  printf '%s\\0' "$(for p do if [ -L "$p" ] && [ -z "$l" ]; then printf l; readlink "$p" | od -An -tx1 | tr -d ' \\n'; echo; elif [ -f "$p" ] && [ -r "$p" ]; then sha256sum < "$p"; else echo -; fi; done)"
else printf '\\0'; fi`

/** What {@link findScript} prints. */
export function readFound(output: string): { now: number; files: FoundFile[]; skipped: string[] } {
  const words = output.split('\0')
  const now = Number(words.shift())
  const end = words.indexOf('')
  const skipped = words.splice(0, end + 1).slice(0, -1)
  const files: FoundFile[] = []
  while (words.length > 1) {
    const count = Number(words.shift())
    const paths = words.splice(0, count)
    const stats = (words.shift() ?? '').split('\n')
    const sums = (words.shift() ?? '').split('\n')
    paths.forEach((at, index) => {
      const found = fileOf(at.replace('/./', '/'), stats[index] ?? '-', sums[index] ?? '')
      if (found) files.push(found)
    })
  }
  return { now, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), skipped }
}

function fileOf(at: string, line: string, sum: string): FoundFile | undefined {
  const [hex = '', uid, gid, owner = '', group = '', size, mtime] = line.split(' ')
  if (mtime === undefined) return undefined
  const bits = Number.parseInt(hex, 16)
  const sha256 = /^[0-9a-f]{64}/.exec(sum)?.[0]
  return {
    path: at,
    type: kinds.get(bits & 0o170000) ?? 'other',
    mode: (bits & 0o7777).toString(8).padStart(4, '0'),
    owner: owner === 'UNKNOWN' ? uid! : owner,
    group: group === 'UNKNOWN' ? gid! : group,
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    mtime: Number(mtime),
    ...(sha256 !== undefined && { sha256 }),
    ...(sum.startsWith('l') && { linkTarget: Buffer.from(sum.slice(1), 'hex').toString().replace(/\n$/, '') }),
  }
}

/** Without a slash at its end, and without what marks where a folder that is looked in ends. */
const plain = (folder: string): string => path.posix.normalize(folder).replace(/\/$/, '')

const kinds: ReadonlyMap<number, StatAnswer['type']> = new Map([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'link'],
])
