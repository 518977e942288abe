// tree: a folder with all that is in it, one walk for each. Digests, contents and link targets come along where they are asked for.
import { diffLimit } from '../content.ts'
import { fileResource } from '../resource.ts'
import { type Script, sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'
import { type StatAnswer, statFields } from './stat.ts'

/** One path of a folder. */
export interface TreeEntry extends StatAnswer {
  /** Of a regular file, where digests are asked for. */
  readonly sha256?: string
  /** Of a regular file of at most `diffLimit` bytes, where contents are asked for. */
  readonly content?: Uint8Array
  /** True in a dry run where a planned change puts a secret into it. */
  readonly secret?: boolean
  /** Where a link points, as written. */
  readonly target?: string
  /** Whether a link leads to a folder in the end. */
  readonly toFolder?: boolean
}

/** By path relative to the folder, which is itself the empty path; null where there is no folder. */
export type TreeAnswer = Readonly<Record<string, TreeEntry>> | null

/** What is asked of a folder besides the attributes of what is in it. */
export interface TreeKey {
  readonly path: string
  /**
   * `digests`: sha256 of each file. `contents`: the bytes of each small one; the folders in it are not entered, links are
   * followed, and those that lead nowhere left out.
   */
  readonly files: 'attributes' | 'digests' | 'contents'
  /** Tell of those paths alone that are in this folder, too. Where it is none, there is no answer either. */
  readonly like?: string
}

export const treeKind: QuestionKind<TreeKey, TreeAnswer> = {
  name: 'tree',
  // Per folder a line `-` (none) or `+`, then batches of paths: a line with their number, the paths, each ended by a NUL,
  // and a line of stat for each. A line `0` ends them. All further lists come in the order of the walk.
  script: (keys) => sh.join(keys.map(listing)),
  parse(output, keys) {
    const reader = readerOf(output)
    const answers = keys.map((key) => {
      const first = reader.line()
      if (first !== '+' && first !== '-') throw new Error(`${key.path}: unexpected answer '${first}'`)
      return first === '+' ? readTree(reader, key) : null
    })
    if (!reader.ended()) throw new Error('a file has changed while it was read')
    return answers
  },
  reads: ({ path, like }) => [path, ...(like === undefined ? [] : [like])].map(fileResource),
}

/**
 * The answer once `path`, which is the folder or in it, has become what `entry` makes of what is there. `folder`: the
 * folders on the way to it are made like this one; without, nothing comes to be where they are missing.
 */
export function treeWith(
  before: TreeAnswer,
  key: TreeKey,
  path: string,
  entry: (before: TreeEntry | null) => TreeEntry,
  folder?: TreeEntry,
): TreeAnswer {
  const name = nameIn(key.path, path)
  const tooDeep = key.files === 'contents' && name.includes('/')
  const next = tooDeep ? undefined : entry(before?.[name] ?? null)
  if (name === '') return next?.type === 'directory' ? { ...before, [name]: next } : null
  const way = folder ? waysTo(name).filter((each) => key.files !== 'contents' || !each.includes('/')) : []
  const made = Object.fromEntries(way.filter((each) => !before?.[each]).map((each) => [each, folder!]))
  if (before === null && !folder) return null
  return { ...before, ...made, ...(next && { [name]: next }) }
}

/** The answer once `path`, which is the folder or in it, and all below it is gone. */
export function treeWithout(before: TreeAnswer, key: TreeKey, path: string): TreeAnswer {
  const name = nameIn(key.path, path)
  if (name === '' || before === null) return null
  return Object.fromEntries(Object.entries(before).filter(([each]) => each !== name && !each.startsWith(`${name}/`)))
}

const nameIn = (folder: string, path: string): string =>
  path.slice(folder === '/' ? 1 : folder.replace(/\/+$/, '').length + 1)

/** `a/b/c` is reached by way of the folder itself, `a` and `a/b`. */
const waysTo = (name: string): string[] => name.split('/').map((_part, index, parts) => parts.slice(0, index).join('/'))

export const treeQuestion = (path: string, files: TreeKey['files'] = 'attributes', like?: string) =>
  question(treeKind, { path, files, ...(like !== undefined && { like }) })

function listing({ path, files, like }: TreeKey): Script {
  const walk =
    files === 'contents' ? sh`find -L . ${sh.raw(String.raw`\( -name . -o -prune \) ! -type l`)}` : sh`find .`
  const follow = files === 'contents' ? '-L ' : ''
  // what is a file in the other folder may be none in this one, so all its paths are tested
  const each = (tests: readonly string[], test: string, command: string): Script =>
    like === undefined
      ? sh`${walk} ${tests} -exec sh -c ${command} sh {} +`
      : sh`${walk} -exec sh -c ${`cd -- "$0" || exit 1; ${keep(test)}; [ $# -eq 0 ] || { ${command}; }`} ${path} {} +`
  return sh`if [ ! -d ${path} ] || [ ! -d ${like ?? path} ]; then printf -- '-\n'; else (
cd -- ${like ?? path} && printf '+\n' || exit 1
${each([], '[ -e "$_p" ] || [ -L "$_p" ]', `printf "%s\\n" $#; printf "%s\\0" "$@"; stat ${follow}-c "%f %u %g %U %G %s %Y" -- "$@"`)} || exit 1
printf '0\n'
${files === 'digests' ? sh`${each(['-type', 'f'], '[ -f "$_p" ] && [ ! -L "$_p" ]', 'sha256sum -- "$@"')} | ${onlyDigests}` : sh.empty}
${files === 'contents' ? sh`${walk} -type f -size ${`-${diffLimit + 1}c`} -exec cat -- {} + || exit 1` : sh.empty}
${files === 'contents' ? sh.empty : each(['-type', 'l'], '[ -L "$_p" ]', 'for _p do if [ -d "$_p" ]; then printf d; else printf f; fi; readlink -- "$_p" && printf "\\0" || exit 1; done')}
) || exit 1; fi`
}

/** Leaves those arguments that pass the test. */
const keep = (test: string): string => `for _p do shift; if ${test}; then set -- "$@" "$_p"; fi; done`

/** A digest that is missing is noticed when the answer is read. */
const onlyDigests = sh`sed -n 's/^\\\{0,1\}\([0-9a-f]\{64\}\) .*/\1/p'`

function readTree(reader: Reader, { path, files: asked }: TreeKey): TreeAnswer {
  const entries: [name: string, entry: TreeEntry][] = []
  for (let count = Number(reader.line()); count > 0; count = Number(reader.line())) {
    const names = Array.from({ length: count }, () => nameOf(reader.until(0), path))
    for (const name of names) entries.push([name, statFields(reader.line().split(' '))])
  }
  const files = entries.filter(([, { type }]) => type === 'file')
  const details = new Map<string, Partial<TreeEntry>>()
  if (asked === 'digests') for (const [name] of files) details.set(name, { sha256: digestOf(reader.line(), path) })
  if (asked === 'contents')
    for (const [name, { size }] of files) if (size <= diffLimit) details.set(name, { content: reader.bytes(size) })
  for (const [name, { type }] of entries) if (type === 'link') details.set(name, linkOf(decode(reader.until(0))))
  return Object.fromEntries(entries.map(([name, entry]) => [name, { ...entry, ...details.get(name) }]))
}

const linkOf = (told: string): Pick<TreeEntry, 'target' | 'toFolder'> => ({
  target: told.slice(1).replace(/\n$/, ''),
  toFolder: told.startsWith('d'),
})

/** `./a/b` as `a/b`. @throws Error for a name that no script could say again. */
function nameOf(bytes: Uint8Array, path: string): string {
  const name = decode(bytes)
  if (name.includes('\uFFFD')) throw new Error(`${path}: '${name}' is no name in UTF-8`)
  return name.replace(/^\.\/?/, '')
}

function digestOf(line: string, path: string): string {
  if (!/^[0-9a-f]{64}$/.test(line)) throw new Error(`${path}: not every file in it could be read`)
  return line
}

/** Takes an answer apart, piece by piece. */
interface Reader {
  /** What comes before the next newline. */
  line(): string
  until(end: number): Uint8Array
  bytes(count: number): Uint8Array
  ended(): boolean
}

function readerOf(output: Uint8Array): Reader {
  let offset = 0
  const until = (end: number): Uint8Array => {
    const found = output.indexOf(end, offset)
    if (found < 0) throw new Error('unexpected end of the answer')
    const piece = output.subarray(offset, found)
    offset = found + 1
    return piece
  }
  return {
    until,
    line: () => decode(until(10)),
    ended: () => offset === output.length,
    bytes(count) {
      offset += count
      if (offset > output.length) throw new Error('unexpected end of the answer')
      return output.slice(offset - count, offset)
    },
  }
}
