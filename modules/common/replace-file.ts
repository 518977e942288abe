// The script that replaces a file at once or not at all, and leaves nothing behind when it fails.
import type { Content } from '../../engine/content.ts'
import { staleCode } from '../../engine/module.ts'
import { type Script, sh } from '../../engine/script.ts'

/** How a file is to be. */
export interface NewFile {
  /** Undefined, and nothing makes it either: only mode and owner are set. */
  readonly content: Content | undefined
  /** In place of the content: a command that writes it to standard output, or to `"$_t"`. */
  readonly made?: Script
  /** Four octal digits. */
  readonly mode: string
  /** null: whoever writes it. */
  readonly owner: string | null
  readonly group: string | null
  /** Keep what is replaced; prints `backup=<path>`. */
  readonly backup?: boolean
  /** Command with `%s` for the new file's path. */
  readonly validate?: string
  /** Hex sha256 of what is replaced: where it is not that any more, nothing is done and the engine asks again. */
  readonly replaces?: string
  /** False: a link at the path is replaced, and not what it leads to. Default true. */
  readonly follow?: boolean
  /** A file of the host that has the content; where it has another by then, nothing is done and the engine asks again. */
  readonly copyOf?: string
  /** Print what the file is in the end, for {@link reportOf}. */
  readonly report?: boolean
}

/**
 * Writes beside the file (readable by nobody else until its owner and mode are set), makes sure that the bytes are on
 * disk, checks, then renames. A link keeps pointing where it does: what it leads to is replaced.
 */
export function replaceFile(
  path: string,
  { content, made, mode, owner, group, backup, validate, replaces, follow = true, copyOf, report }: NewFile,
): Script {
  const resolve = sh.join([
    sh`_d=${path}`,
    follow && sh`if [ -L "$_d" ] && [ -e "$_d" ]; then _d=$(readlink -f -- "$_d") || exit 1; fi`,
  ])
  const told = report && sh`stat -c 'file=%a %u %g %U %G %s' -- "$_d"`
  const bytes = made ?? (content && (copyOf === undefined ? sh`${content}` : sh`cat < ${copyOf}`))
  if (!bytes) {
    const set = sh.join(attributes(sh.raw('"$_d"'), { mode, owner, group }), ' &&\n')
    return sh.join([resolve, told ? sh.join([set, told], ' &&\n') : set])
  }
  return sh.join([
    resolve,
    // a name of its own, made anew and never opened through a link that somebody else has put there
    sh`_t=\${_d%/*}/.\${_d##*/}.tsplay.$$
trap 'rm -f -- "$_t"' EXIT
trap 'exit 143' HUP INT TERM
rm -f -- "$_t" && umask 077 && set -C || exit 1
${bytes} > "$_t" || exit 1
set +C
{ sync -- "$_t" 2>/dev/null || sync; }`,
    copyOf !== undefined && content && unchanged(sh.raw('"$_t"'), content.sha256, copyOf),
    sh`${sh.join(attributes(sh.raw('"$_t"'), { mode, owner, group }), ' &&\n')} || exit 1`,
    validate !== undefined && validation(validate),
    backup && sh`_b=$_d.$$.$(date +%Y-%m-%d@%H:%M:%S)~; cp -p -- "$_d" "$_b" && printf 'backup=%s\n' "$_b" || exit 1`,
    replaces !== undefined && unchanged(sh.raw('"$_d"'), replaces),
    sh`if [ -d "$_d" ]; then printf '%s is a directory\n' "$_d" >&2; exit 1; fi
mv -f -- "$_t" "$_d"${told ? sh` && ${told}` : sh.empty}`,
  ])
}

/** What a script printed that was asked to report. */
export interface FileReport {
  readonly backupFile?: string
  /** Four octal digits. */
  readonly mode?: string
  readonly uid?: number
  readonly gid?: number
  readonly owner?: string
  readonly group?: string
  readonly size?: number
}

/** Reads it, as much of it as there is. */
export function reportOf(stdout: string): FileReport {
  const [, backupFile, line] = /^(?:backup=([\s\S]*?)(?:\n|$))?(?:file=(.*)\n?)?$/.exec(stdout) ?? []
  const [mode, uid, gid, owner, group, size] = line?.split(' ') ?? []
  return {
    ...(backupFile !== undefined && { backupFile }),
    ...(size !== undefined && {
      mode: mode!.padStart(4, '0'),
      uid: Number(uid),
      gid: Number(gid),
      owner: owner === 'UNKNOWN' ? uid! : owner!,
      group: group === 'UNKNOWN' ? gid! : group!,
      size: Number(size),
    }),
  }
}

const unchanged = (file: Script, sha256: string, name?: string): Script =>
  sh`case $(sha256sum < ${file}) in ${sha256}*) ;; *) printf '%s changed after it was read\n' ${name ?? sh.raw('"$_d"')} >&2; exit ${staleCode} ;; esac`

function attributes(path: Script, { mode, owner, group }: Pick<NewFile, 'mode' | 'owner' | 'group'>): Script[] {
  return [
    ...(owner === null ? [] : [sh`chown -- ${owner} ${path}`]),
    ...(group === null ? [] : [sh`chgrp -- ${group} ${path}`]),
    // last, as changing the owner clears set-id bits
    sh`chmod -- ${mode} ${path}`,
  ]
}

/** In a shell of its own, so that a command which is not even well-formed fails by itself. */
const validation = (command: string): Script =>
  sh`_v=$(/bin/sh -c ${command.replaceAll('%s', '"$1"')} sh "$_t" 2>&1 3<&- </dev/null) || { printf 'validation failed: %s\n' "$_v" >&2; exit 1; }`
