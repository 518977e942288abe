// link: where symbolic links point, as they were written. One process for all.
import { fileResource } from '../resource.ts'
import { sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

export const linkKind: QuestionKind<string, string | null> = {
  name: 'link',
  // A line of 0 and 1 says which paths are links; then their targets, each with a NUL behind it, as one may hold newlines.
  // busybox knows no -z, and reads one link at a time.
  script: (paths) => sh`_f=
for _p in ${paths}; do if [ -L "$_p" ]; then _f="$_f"1; else _f="$_f"0; fi; done
printf '%s\n' "$_f"
case $_f in *1*) ;; *) exit 0 ;; esac
set -- ${paths}
for _p do shift; case $_f in 1*) set -- "$@" "$_p" ;; esac; _f=\${_f#?}; done
readlink -z -- "$@" 2>/dev/null || for _p do readlink -n -- "$_p"; printf '\0'; done`,
  parse(output, paths) {
    const text = decode(output)
    const end = text.indexOf('\n')
    const targets = text.slice(end + 1).split('\0')
    const links = [...text.slice(0, end)].map((flag) => flag === '1')
    if (links.length !== paths.length || targets.length !== links.filter(Boolean).length + 1)
      throw new Error('readlink: unexpected answer')
    return links.map((isLink) => (isLink ? targets.shift()! : null))
  },
  reads: (path) => [fileResource(path)],
}

export const linkQuestion = (path: string) => question(linkKind, path, path)
