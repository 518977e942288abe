// What is in an archive of the host and what of it differs, as the host's tar or unzip tells it. Understands none of it.
import { script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { archiveKind } from './archive-kind.ts'
import type { FileAttributes } from './file-attributes.ts'

/** The archive, and where and how it is unpacked. */
export interface HostArchive extends FileAttributes {
  readonly src: string
  readonly dest: string
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly stripComponents: number
  readonly creates?: string
  readonly keepNewer?: boolean
  readonly directoryMode?: string
}

/** Asks what is in the archive, and what of it is there. Ends with 3, and says why, where it cannot be told. */
export const hostArchiveListing = (archive: HostArchive) =>
  script(listing(archive), {
    reads: [archive.src, archive.dest, ...(archive.creates === undefined ? [] : [archive.creates])].map(fileResource),
  })

/**
 * Names as `tar -t` and `unzip -Z1` print them, one a line; those of which nothing is there; and, by their paths below the
 * folder, those that differ.
 */
const listing = ({ src, dest, stripComponents, keepNewer, creates, ...archive }: HostArchive): Script => sh`
${creates === undefined ? sh.empty : sh`if [ -e ${creates} ] || [ -L ${creates} ]; then exit 0; fi`}
if [ ! -f ${src} ]; then echo 'there is no such file'; exit 3; fi
_D=${dest}; _N=${stripComponents}; _K=${keepNewer ? 1 : 0}; export _D _N _K
${archiveKind(src)}
if [ $_how = zip ] && ! unzip -Z >/dev/null 2>&1; then echo "the host's unzip, if it has one, lists no names"; exit 3; fi
_names() {
  case $_how in
  zip) unzip -Z1 ${src} ;;
  gnu) tar --quoting-style=literal -tf ${src} ;;
  *) _plain | tar -tf - ;;
  esac
}
# names are patterns to unzip and to busybox
_literal() { printf '%s\n' "$1" | sed 's/[][*?\\]/\\&/g'; }
_below() {
  _p=\${1#./}; _k=$_N
  while [ "$_k" -gt 0 ]; do case $_p in */*) _p=\${_p#*/} ;; *) return 1 ;; esac; _k=$((_k - 1)); done
  [ -n "$_p" ]
}
_list=$(_names 2>/dev/null) || { _names 2>&1 >/dev/null | head -n 3; exit 3; }
printf '%s\0' "$_list"
printf '%s\n' "$_list" | while IFS= read -r _n; do
  if _below "$_n" && [ ! -e "$_D/$_p" ] && [ ! -L "$_D/$_p" ]; then printf '%s\n' "$_n"; fi
done
printf '\0'
_cmp() {
  if [ -f "$_D/$_p" ] && [ ! -L "$_D/$_p" ] && ! cmp -s - "$_D/$_p"; then printf '%s\n' "$_p"; fi
  cat >/dev/null
}
case $_how in
${
  keepNewer
    ? sh`gnu) tar -xf ${src} --to-command=${compare} 2>/dev/null ;;`
    : sh`gnu) LC_ALL=C tar -df ${src} -C "$_D" --strip-components=${stripComponents} --quoting-style=literal 2>/dev/null |
  sed -n 's/: \(Contents differ\|Size differs\|File type differs\|Symlink differs\)$//p' ;;`
}
*) printf '%s\n' "$_list" | while IFS= read -r _n; do
  case $_n in */) continue ;; esac
  _below "$_n" || continue
  if [ $_how = zip ]; then unzip -p ${src} "$(_literal "$_n")"; else _plain | tar -xOf - "$(_literal "$_n")"; fi </dev/null 2>/dev/null | _cmp
done ;;
esac
printf '\0'
${
  (archive.mode ?? archive.directoryMode ?? archive.owner ?? archive.group)
    ? sh`printf '%s\n' "$_list" | while IFS= read -r _n; do
  if _below "$_n" && [ ! -L "$_D/$_p" ] && [ -e "$_D/$_p" ]; then printf '%s\0' "$_D/$_p"; fi
done | xargs -0 stat -c '%a %u %g %U %G %F %n' -- 2>/dev/null`
    : sh.empty
}
:`

/** What GNU tar runs for each file, its content on standard input, where files that are newer are to be left alone. */
const compare = `p=\${TAR_REALNAME#./}; k=$_N
while [ "$k" -gt 0 ]; do case $p in */*) p=\${p#*/} ;; *) exec cat >/dev/null ;; esac; k=$((k - 1)); done
f=$_D/$p
if [ -f "$f" ] && [ ! -L "$f" ]; then
  if [ "$_K" = 1 ] && [ "$(stat -c %Y -- "$f")" -gt "\${TAR_MTIME%%.*}" ]; then :
  elif ! cmp -s - "$f"; then printf '%s\\n' "$p"; fi
fi
cat >/dev/null`
