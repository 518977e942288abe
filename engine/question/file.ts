// file: the digest of a regular file, and its content where it differs from what is wanted. One sha256sum for all.
import { diffLimit } from '../content.ts'
import { fileResource } from '../resource.ts'
import { sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

/** A regular file's content. */
export interface FileAnswer {
  readonly sha256: string
  /** The content, where the digest is not the one asked for and it is at most `diffLimit` bytes. */
  readonly content?: Uint8Array
}

interface Key {
  readonly path: string
  /** The content is not sent when the digest is this one. */
  readonly unless: string | undefined
}

export const fileKind: QuestionKind<Key, FileAnswer | null> = {
  name: 'file',
  // Per path a line `-` (no file) or `<sha256> <bytes that follow>`, the bytes, a newline. Only what differs costs more
  // than the one sha256sum. A file that may not be read is an error, not an absent file. busybox prints a newline in a
  // name as it is, so where lines and files do not match in number each file is summed on its own.
  script: (keys) => sh`set -- ${keys.map((key) => key.path)}
for _p do shift; if [ -f "$_p" ]; then set -- "$@" "$_p"; fi; done
_s=
if [ $# -gt 0 ]; then
  _s=$(sha256sum -- "$@") || exit 1
  _n=$#
  _s=$(printf '%s\n' "$_s" | sed -n 's/^\\\{0,1\}\([0-9a-f]\{64\}\) .*/\1/p')
  _k=0; for _h in $_s; do _k=$((_k + 1)); done
  if [ $_k -ne $_n ]; then _s=$(for _p do sha256sum < "$_p" || exit 1; done) || exit 1; _s=$(printf '%s\n' "$_s" | sed 's/ .*//'); fi
fi
set -- $_s
_w() {
  if [ ! -f "$1" ]; then printf -- '-\n'; return 1; fi
  if [ "$3" = "$2" ]; then printf '%s -1\n' "$3"; return 0; fi
  _z=$(wc -c < "$1"); _z=$((_z))
  if [ "$_z" -gt ${diffLimit} ]; then printf '%s -1\n' "$3"; return 0; fi
  printf '%s %s\n' "$3" "$_z"; cat < "$1"; printf '\n'
}
${sh.join(keys.map(({ path, unless }) => sh`_w ${path} ${unless ?? '-'} "$1" && shift`))}
:`,
  parse(output, keys) {
    let offset = 0
    return keys.map(({ path }) => {
      const end = output.indexOf(10, offset)
      const line = decode(output.subarray(offset, Math.max(end, offset)))
      offset = end + 1
      if (line === '-') return null
      const [, sha256, sent] = /^([0-9a-f]{64}) (-1|\d+)$/.exec(line) ?? []
      if (!sha256) throw new Error(`content of ${path}: unexpected answer '${line}'`)
      if (sent === '-1') return { sha256 }
      const content = output.slice(offset, offset + Number(sent))
      offset += Number(sent) + 1
      return { sha256, content }
    })
  },
  reads: ({ path }) => [fileResource(path)],
}

export const fileQuestion = (path: string, unless?: string) =>
  question(fileKind, { path, unless }, `${unless ?? ''} ${path}`)
