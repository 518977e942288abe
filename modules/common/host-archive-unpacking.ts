// The script that unpacks an archive of the host with the host's tar or unzip. Looks at nothing before.
import path from 'node:path'
import { pathPicker } from '../../engine/archive-paths.ts'
import type { Change } from '../../engine/module.ts'
import { type Script, sh } from '../../engine/script.ts'
import { archiveKind } from './archive-kind.ts'
import type { HostArchiveState } from './host-archive.ts'
import type { HostArchive } from './host-archive-listing.ts'
import { wordChunks } from './word-chunks.ts'

/** Only what differs is unpacked. What it replaces is unlinked first, so a program that runs goes on. */
export function applyHostArchive(archive: HostArchive, { from }: Change<HostArchiveState>): Script {
  const { src, dest, stripComponents: strip, mode, directoryMode, owner, group } = archive
  const pathOf = pathPicker(src, archive)
  const wanted = new Set(from.unpacked)
  const names = from.names.filter((name) => wanted.has(pathOf(name)!))
  const below = (some: readonly string[]): string[] => some.map((each) => path.posix.join(dest, each))
  const folders = new Set(from.names.filter((name) => name.endsWith('/')).map((name) => pathOf(name)!))
  const touched = [...new Set([...from.unpacked, ...from.attributes])]
  const set = (program: string, value: string | undefined, some: readonly string[]): Script[] =>
    value === undefined ? [] : wordChunks(below(some)).map((paths) => sh`${sh.raw(program)} -- ${value} ${paths}`)
  return sh.join(
    [
      sh`mkdir -p -- ${dest}`,
      ...(names.length === 0 ? [] : [unpack(src, dest, strip, names)]),
      ...set('chown -h', owner, touched),
      ...set('chgrp -h', group, touched),
      ...set(
        'chmod',
        mode,
        touched.filter((each) => !folders.has(each)),
      ),
      ...set(
        'chmod',
        directoryMode,
        touched.filter((each) => folders.has(each)),
      ),
    ].map((step) => sh`${step} || exit 1`),
  )
}

function unpack(src: string, dest: string, strip: number, names: readonly string[]): Script {
  const cut = strip > 0 ? [`--strip-components=${strip}`] : []
  return sh`${archiveKind(src)}
case $_how in
zip)
  _t=${dest}/.tsplay.$$; _k=0
  trap 'rm -rf -- "$_t"' EXIT
  mkdir -m 0700 -- "$_t" && unzip -oq ${src} -d "$_t" >&2 || exit 1
  for _n in ${names}; do
    _p=$_n; _k=${strip}
    while [ "$_k" -gt 0 ]; do _p=\${_p#*/}; _k=$((_k - 1)); done
    case $_n in
    */) mkdir -p -- ${dest}/"$_p" || exit 1 ;;
    *) case $_p in */*) mkdir -p -- ${dest}/"\${_p%/*}" || exit 1 ;; esac
      mv -f -- "$_t/$_n" ${dest}/"$_p" || exit 1 ;;
    esac
  done ;;
gnu) printf '%s\n' ${names} | tar -xpof ${src} -C ${dest} --no-recursion --no-unquote --verbatim-files-from ${cut} -T - ;;
# busybox matches names both ways: of one with wildcards in it, it says in the end that it was not there
*) _e=$(_plain | tar -xpof - -C ${dest} --no-recursion ${cut} ${names.map((name) => name.replace(/[[\]*?\\]/g, '\\$&'))} 2>&1) ||
  case $_e in *'not found in archive') ;; *) printf '%s\n' "$_e" >&2; exit 1 ;; esac ;;
esac`
}
