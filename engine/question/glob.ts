// glob: paths that match a shell pattern. No process at all: the shell expands it.
import { fileResource } from '../resource.ts'
import { sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

/** No more paths than this are told for each pattern. */
const most = 20

export const globKind: QuestionKind<string, readonly string[]> = {
  name: 'glob',
  // A NUL ends each path and each pattern's list. Without an IFS nothing but the pattern itself is expanded.
  script: (patterns) => sh`set +f; IFS=
for _p in ${patterns}; do
  _n=0
  for _f in $_p; do
    if [ -e "$_f" ] || [ -L "$_f" ]; then printf '%s\0' "$_f"; _n=$((_n + 1)); fi
    if [ $_n -ge ${most} ]; then break; fi
  done
  printf '\0'
done`,
  parse(output, patterns) {
    const words = decode(output).split('\0')
    return patterns.map(() => {
      const end = words.indexOf('')
      if (end < 0) throw new Error('glob: unexpected answer')
      return words.splice(0, end + 1).slice(0, -1)
    })
  },
  reads: (pattern) => [fileResource(literalFolder(pattern))],
}

export const globQuestion = (pattern: string) => question(globKind, pattern, pattern)

/** Whether a path is more than a name: it holds `*`, `?` or `[`. */
export const isGlob = (path: string): boolean => /[*?[]/.test(path)

/** Whether a shell's pattern stands for the path. A leading dot of a name is never matched by a wildcard. */
export function globMatches(pattern: string, path: string): boolean {
  const names = pattern.split('/')
  const parts = path.split('/')
  return names.length === parts.length && names.every((name, index) => nameMatches(name, parts[index]!))
}

function nameMatches(pattern: string, name: string): boolean {
  if (name.startsWith('.') && /^[*?[]/.test(pattern)) return false
  const source = pattern.replace(/\[(!?)(\]?[^\]]*)\]|\\(.)|[\s\S]/g, (char, not, set, escaped) => {
    if (set !== undefined) return `[${not ? '^' : ''}${(set as string).replace(/[\\\]^]/g, '\\$&')}]`
    if (escaped !== undefined) return literal(escaped as string)
    return char === '*' ? '[\\s\\S]*' : char === '?' ? '[\\s\\S]' : literal(char)
  })
  return new RegExp(`^${source}$`, 'u').test(name)
}

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** The folder below which every match lies. */
function literalFolder(pattern: string): string {
  const names = pattern.split('/')
  const first = names.findIndex(isGlob)
  return (first < 0 ? pattern : names.slice(0, first).join('/')) || '/'
}
