// digest: the sum of a regular file by one of several algorithms, without its content. One process an algorithm.
import { fileResource } from '../resource.ts'
import { sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

/** How a file may be summed. */
export type Algorithm = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

/** A file and how it is summed. */
export interface DigestKey {
  readonly path: string
  readonly algorithm: Algorithm
}

/** Hex digits; null where there is no regular file (links are followed), or none that may be read. */
export type DigestAnswer = string | null

export const digestKind: QuestionKind<DigestKey, DigestAnswer> = {
  name: 'digest',
  // A line of 0 and 1 says which files there are, then the sums of those. busybox prints a newline in a name as it is,
  // so where lines and files do not match in number each file is summed on its own.
  script: (keys) => sh`_sums() {
  _sum=$1; shift
  _n=; for _p do if [ -f "$_p" ] && [ -r "$_p" ]; then _n="$_n"1; else _n="$_n"0; fi; done
  printf '%s\n' "$_n"
  # each "set" copies all paths: only where some are missing
  case $_n in *0*) for _p do shift; if [ -f "$_p" ] && [ -r "$_p" ]; then set -- "$@" "$_p"; fi; done ;; esac
  [ $# -gt 0 ] || return 0
  command -v "$_sum" >/dev/null 2>&1 || { printf 'the host has no %s\n' "$_sum" >&2; return 1; }
  _s=$("$_sum" -- "$@" | sed -n 's/^\\\{0,1\}\([0-9a-f]\{32,\}\) .*/\1/p')
  _k=0; for _h in $_s; do _k=$((_k + 1)); done
  if [ $_k -eq $# ]; then printf '%s\n' "$_s"
  else for _p do "$_sum" < "$_p" | sed 's/ .*//'; done; fi
}
${sh.join(byAlgorithm(keys).map(([algorithm, own]) => sh`_sums ${`${algorithm}sum`} ${own.map(({ path }) => path)} || exit 1`))}`,
  parse(output, keys) {
    const lines = decode(output).split('\n')
    const answers = new Map<DigestKey, DigestAnswer>()
    for (const [, own] of byAlgorithm(keys)) {
      const present = lines.shift() ?? ''
      own.forEach((key, index) => {
        const sum = present[index] === '1' ? lines.shift() : null
        if (sum !== null && !/^[0-9a-f]{32,}$/.test(sum ?? ''))
          throw new Error(`digest of ${key.path}: unexpected answer '${sum ?? ''}'`)
        answers.set(key, sum ?? null)
      })
    }
    return keys.map((key) => answers.get(key) ?? null)
  },
  reads: ({ path }) => [fileResource(path)],
}

export const digestQuestion = (path: string, algorithm: Algorithm) =>
  question(digestKind, { path, algorithm }, `${algorithm} ${path}`)

function byAlgorithm(keys: readonly DigestKey[]): [Algorithm, DigestKey[]][] {
  const groups = new Map<Algorithm, DigestKey[]>()
  for (const key of keys) groups.set(key.algorithm, [...(groups.get(key.algorithm) ?? []), key])
  return [...groups]
}
