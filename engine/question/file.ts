// file: the digest of a regular file, and its content where it differs from what is wanted. A few processes for all.
import { diffLimit } from '../content.ts'
import { fileResource } from '../resource.ts'
import { sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

/** A regular file's content. */
export interface FileAnswer {
  readonly sha256: string
  /** The content, where the digest is not the one asked for and it is at most `diffLimit` bytes. */
  readonly content?: Uint8Array
  /** True in a dry run where a planned change puts a secret into it. */
  readonly secret?: boolean
}

interface Key {
  readonly path: string
  /** The content is not sent when the digest is this one. */
  readonly unless: string | undefined
}

export const fileKind: QuestionKind<Key, FileAnswer | null> = {
  name: 'file',
  // Per path a line: `-` (no file), or the digest, with ` +` where it is not the one asked for. Then one line with the sizes
  // of those files, -1 where one is too large to be shown, and then their bytes: four processes, however many files. A file
  // that may not be read is an error, not an absent file. A newline in a name makes more lines than there are files:
  // then each is looked at on its own.
  script: (keys) => sh`set -f
_nl='
'
set -- ${keys.map((key) => key.path)}
# each "set" copies all paths: only where some are missing
_n=; for _p do [ -f "$_p" ] || { _n=1; break; }; done
if [ -n "$_n" ]; then for _p do shift; if [ -f "$_p" ]; then set -- "$@" "$_p"; fi; done; fi
_s=
if [ $# -gt 0 ]; then
  _s=$(sha256sum -- "$@") || exit 1
  IFS=$_nl; _k=0; for _l in $_s; do _k=$((_k + 1)); done
  if [ $_k -ne $# ]; then _s=$(for _p do sha256sum < "$_p" || exit 1; done) || exit 1; fi
fi
set -- $_s; unset IFS
_f=
_w() {
  if [ ! -f "$1" ]; then echo -; _f="$_f"0; return 1; fi
  _h=\${3#\\}; _h=\${_h%% *}
  if [ "$_h" = "$2" ]; then echo "$_h"; _f="$_f"0; else echo "$_h +"; _f="$_f"1; fi
}
${sh.join(keys.map(({ path, unless }) => sh`_w ${path} ${unless ?? '-'} "$1" && shift`))}
case $_f in *1*) ;; *) exit 0 ;; esac
set -- ${keys.map((key) => key.path)}
for _p do shift; case $_f in 1*) set -- "$@" "$_p" ;; esac; _f=\${_f#?}; done
_z=$(wc -c -- "$@") || exit 1
IFS=$_nl; _k=0; for _l in $_z; do _k=$((_k + 1)); done
_t=0; [ $# -eq 1 ] || _t=1
if [ $_k -ne $(($# + _t)) ]; then _z=$(for _p do wc -c < "$_p" || exit 1; done) || exit 1; fi
_o=
for _l in $_z; do
  _l=\${_l#"\${_l%%[! ]*}"}; _l=\${_l%% *}
  if [ "$_l" -gt ${diffLimit} ]; then _o="$_o -1"; _f="$_f"0; else _o="$_o $_l"; _f="$_f"1; fi
done
unset IFS
echo "$_o"
for _p do shift; case $_f in 1*) set -- "$@" "$_p" ;; esac; _f=\${_f#?}; done
[ $# -eq 0 ] || cat -- "$@"`,
  parse(output, keys) {
    let offset = 0
    const line = (): string => {
      const end = output.indexOf(10, offset)
      const text = decode(output.subarray(offset, Math.max(end, offset)))
      offset = end + 1
      return text
    }
    const told = keys.map(({ path }) => {
      const text = line()
      if (text === '-') return null
      const [, sha256, more] = /^([0-9a-f]{64})( \+)?$/.exec(text) ?? []
      if (!sha256) throw new Error(`content of ${path}: unexpected answer '${text}'`)
      return { path, sha256, more: more !== undefined }
    })
    const sizes = told.some((file) => file?.more) ? [...line().matchAll(/\S+/g)].map(Number) : []
    const files = told.map((file) => {
      if (!file) return null
      const { path, sha256, more } = file
      const size = more ? sizes.shift() : -1
      if (size === undefined || Number.isNaN(size)) throw new Error(`content of ${path}: its size is missing`)
      if (size < 0) return { sha256 }
      const content = output.slice(offset, offset + size)
      offset += size
      return { sha256, content }
    })
    if (offset !== output.length) throw new Error('a file was changed while it was read')
    return files
  },
  reads: ({ path }) => [fileResource(path)],
}

export const fileQuestion = (path: string, unless?: string) =>
  question(fileKind, { path, unless }, `${unless ?? ''} ${path}`)
