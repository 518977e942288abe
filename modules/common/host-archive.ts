// An archive that is on the host, unpacked by the host's tar or unzip: what differs from it, and the script that unpacks it.
import path from 'node:path'
import { pathPicker, plainName } from '../../engine/archive-paths.ts'
import { contentOnHost } from '../../engine/content.ts'
import { type Change, type Desired, TaskFailure } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import { all, always, map, type Probe, script, stat, target } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { type FileAttributes, resolveMode } from './file-attributes.ts'
import { willAnswer } from './will-answer.ts'
import { wordChunks } from './word-chunks.ts'

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

/** What of it is there. */
export interface HostArchiveState {
  readonly done: boolean
  /** The archive's own paths of what is meant. */
  readonly names: readonly string[]
  /** The same, below the folder. */
  readonly files: readonly string[]
  /** Of `files`, what is missing or has another content. */
  readonly unpacked: readonly string[]
  /** Of `files`, what has another mode, owner or group than given. */
  readonly attributes: readonly string[]
  /** Why it cannot be unpacked. */
  readonly problem?: string
}

/**
 * Names as `tar -t` and `unzip -Z1` print them, one a line; those of which nothing is there; and, by their paths below the
 * folder, those that differ.
 */
const listing = ({ src, dest, stripComponents, keepNewer, creates, ...archive }: HostArchive): Script => sh`
${creates === undefined ? sh.empty : sh`if [ -e ${creates} ] || [ -L ${creates} ]; then exit 0; fi`}
if [ ! -f ${src} ]; then echo 'there is no such file'; exit 3; fi
_D=${dest}; _N=${stripComponents}; _K=${keepNewer ? 1 : 0}; export _D _N _K
${kindOf(src)}
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

/** Sets `_how`, and defines `_plain`, which writes the archive without its compression: GNU tar alone finds out by itself. */
const kindOf = (src: string): Script => sh`case $(od -An -tx1 -N4 < ${src} | tr -d ' \n') in
504b*) _how=zip; _z=cat ;;
1f8b*) _how=tar; _z='gzip -dc' ;;
425a68*) _how=tar; _z='bzip2 -dc' ;;
fd377a58*) _how=tar; _z='xz -dc' ;;
28b52ffd*) _how=tar; _z='zstd -dc' ;;
*) _how=tar; _z=cat ;;
esac
if [ $_how = tar ] && tar --version 2>/dev/null | grep -q GNU; then _how=gnu; fi
_plain() { $_z < ${src}; }`

/** What GNU tar runs for each file, its content on standard input, where files that are newer are to be left alone. */
const compare = `p=\${TAR_REALNAME#./}; k=$_N
while [ "$k" -gt 0 ]; do case $p in */*) p=\${p#*/} ;; *) exec cat >/dev/null ;; esac; k=$((k - 1)); done
f=$_D/$p
if [ -f "$f" ] && [ ! -L "$f" ]; then
  if [ "$_K" = 1 ] && [ "$(stat -c %Y -- "$f")" -gt "\${TAR_MTIME%%.*}" ]; then :
  elif ! cmp -s - "$f"; then printf '%s\\n' "$p"; fi
fi
cat >/dev/null`

const listed = (archive: HostArchive) =>
  script(listing(archive), {
    reads: [archive.src, archive.dest, ...(archive.creates === undefined ? [] : [archive.creates])].map(fileResource),
  })

export const hostArchiveProbe = (archive: HostArchive): Probe<HostArchiveState> =>
  map(
    all({
      source: target(archive.src),
      created: archive.creates === undefined ? always(null) : stat(archive.creates),
      listed: listed(archive),
    }),
    ({ source, created, listed }) => {
      const nothing = { names: [], files: [], unpacked: [], attributes: [] }
      if (created !== null) return { ...nothing, done: true }
      // an archive that is only planned cannot be looked into
      if (listed.code === 3 && source?.type === 'file' && listed.stdout.startsWith('there is no'))
        return { ...nothing, done: false, unpacked: [`all of ${archive.src}`] }
      if (listed.code !== 0) return { ...nothing, done: false, problem: listed.stdout.trim() }
      return { done: false, ...stateOf(archive, listed.stdout) }
    },
  )

function stateOf(archive: HostArchive, output: string): Omit<HostArchiveState, 'done'> {
  const [list = '', missing = '', differing = '', stats = ''] = output.split('\0')
  try {
    const pathOf = pathPicker(archive.src, archive)
    const names = lines(list).filter((name) => pathOf(name) !== undefined)
    const gone = new Set(lines(missing))
    const other = new Set(lines(differing).map(plainName))
    const paths = (some: readonly string[]): string[] => some.map((name) => pathOf(name)!).sort()
    const meant = new Set(paths(names))
    const wrong = lines(stats).flatMap((line) => wrongAttributes(archive, line))
    return {
      names,
      files: [...meant].sort(),
      unpacked: paths(names.filter((name) => gone.has(name) || other.has(pathOf(name)!))),
      attributes: wrong.filter((each) => meant.has(each)),
    }
  } catch (error) {
    return { names: [], files: [], unpacked: [], attributes: [], problem: (error as Error).message }
  }
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')

/** The path, where a line of stat shows another mode, owner or group than given. */
function wrongAttributes({ dest, mode, directoryMode, owner, group }: HostArchive, line: string): string[] {
  const [, bits = '', uid, gid, user, team, kind, at = ''] =
    /^(\d+) (\d+) (\d+) (\S+) (\S+) (.+?) (\/.*)$/.exec(line) ?? []
  const type = kind === 'directory' ? 'directory' : 'file'
  const wanted = type === 'directory' ? directoryMode : mode
  const present = bits.padStart(4, '0')
  const right =
    (wanted === undefined || resolveMode(wanted, present, type) === present) &&
    (owner === undefined || owner === user || owner === uid) &&
    (group === undefined || group === team || group === gid)
  return right ? [] : [path.posix.relative(dest, at)]
}

/** @throws TaskFailure where the archive cannot be read, or leads out of the folder. */
export function desiredHostArchive(
  { src }: HostArchive,
  { done, problem }: HostArchiveState,
): Desired<HostArchiveState> {
  if (done) return {}
  if (problem !== undefined)
    throw new TaskFailure(
      problem.startsWith('archive ') ? problem : `${src}: ${problem || 'it cannot be read'}`,
      'without remoteSrc it is unpacked by the control side, and the host needs nothing for it',
    )
  return { unpacked: [], attributes: [] }
}

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
  return sh`${kindOf(src)}
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

/** That a later task finds nothing of a content but that it is there is no failure of the check. */
export function predictHostArchive(archive: HostArchive, { from }: Change<HostArchiveState>): readonly Prediction[] {
  const folders = new Set(from.names.filter((name) => name.endsWith('/')))
  const pathOf = pathPicker(archive.src, archive)
  const wanted = new Set(from.unpacked)
  return [
    { ...will.be(archive.dest, { type: 'directory', follows: true }), opaque: true },
    ...from.names
      .filter((name) => wanted.has(pathOf(name)!))
      .map((name) => {
        const at = path.posix.join(archive.dest, pathOf(name)!)
        return folders.has(name)
          ? will.be(at, { type: 'directory', follows: true })
          : will.be(at, { type: 'file', content: contentOnHost({ sha256: 'not known yet' }) })
      }),
    willAnswer(listed(archive), { code: 0, stdout: `${from.names.join('\n')}\0\0\0` }),
  ]
}
