// A text file of a user's: at a path, or below a home folder that only the host knows. Asked, and replaced with the folder it is in.
import path from 'node:path'
import { type Content, contentOf, contentOnHost, contentText } from '../../engine/content.ts'
import { type Change, TaskFailure } from '../../engine/module.ts'
import {
  all,
  always,
  file,
  map,
  type Probe,
  type ScriptAnswer,
  script,
  stat,
  target,
  type UserEntry,
  user as userEntry,
} from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { replaceFile } from './replace-file.ts'

/** Which file. */
export interface UserFile {
  /** Whose it is; undefined: the user who runs the task. */
  readonly user: string | undefined
  /** An absolute path; undefined: `inHome`. */
  readonly path: string | undefined
  /** Path below the home folder. */
  readonly inHome: string
}

/** The file and its folder. */
export interface UserFileState {
  /** Whether its folder is there. */
  readonly folder: boolean
  readonly folderMode: string | null
  readonly folderOwner: string | null
  readonly content: Content | null
  readonly mode: string | null
  readonly owner: string | null
  /** What was looked up besides: never wished for. */
  readonly found: FoundFile
}

interface FoundFile {
  readonly path: string
  readonly type: 'file' | 'directory' | 'link' | 'other' | null
  /** Whether its folder is a link to one. */
  readonly folderIsLink: boolean
  /** The user's primary group. */
  readonly group: string | undefined
  readonly user: UserEntry | null
}

const folderOf = (at: string) => ({ folder: target(path.posix.dirname(at)), ownFolder: stat(path.posix.dirname(at)) })

interface Spot {
  readonly type: FoundFile['type']
  readonly mode: string
  readonly uid: number
  readonly owner: string
}

/** Asks for it. @throws TaskFailure, when it is read, where the host does not know the user. */
export function probeUserFile(wanted: UserFile): Probe<UserFileState> {
  const entry = wanted.user === undefined ? always(null) : userEntry(wanted.user)
  if (wanted.path !== undefined) {
    const { path: at } = wanted
    return map(
      all({ entry, own: stat(at), found: target(at), answer: file(at), ...folderOf(at) }),
      ({ entry, own, found, folder, ownFolder, answer }) =>
        stateOf(wanted, at, entry, {
          folder: folder?.type === 'directory' ? folder : null,
          folderIsLink: ownFolder?.type === 'link',
          spot: found ?? own,
          link: own?.type === 'link',
          content: answer && contentOnHost(answer),
        }),
    )
  }
  return map(all({ entry, answer: homeAnswer(wanted) }), ({ entry, answer }) => {
    const [home = '', folder = '-', spot = '-', ...text] = answer.stdout.split('\n')
    const known = home || entry?.home
    if (!known) return stateOf(wanted, '', entry, undefined)
    const found = spotOf(spot)
    return stateOf(wanted, path.posix.join(known, wanted.inHome), entry, {
      folder: spotOf(folder),
      folderIsLink: folder.startsWith('link'),
      spot: found,
      link: spot.startsWith('link'),
      content: found?.type === 'file' ? contentOf(text.join('\n')) : null,
    })
  })
}

function stateOf(
  { user }: UserFile,
  at: string,
  entry: UserEntry | null,
  looked:
    | { folder: Spot | null; folderIsLink: boolean; spot: Spot | null; link: boolean; content: Content | null }
    | undefined,
): UserFileState {
  if (looked === undefined || (user !== undefined && entry === null))
    throw new TaskFailure(
      `the host has no user ${user ?? 'with a home folder'}`,
      user && `make it first: user({ name: '${user}' })`,
    )
  const { folder, folderIsLink, spot, link, content } = looked
  // two users may share a number
  const owner = (of: Spot | null) => (of === null ? null : of.uid === entry?.uid ? entry.name : of.owner)
  return {
    folder: folder !== null,
    folderMode: folder?.mode ?? null,
    folderOwner: owner(folder),
    content,
    mode: spot?.mode ?? null,
    owner: owner(spot),
    found: { path: at, type: link ? 'link' : (spot?.type ?? null), folderIsLink, group: entry?.group, user: entry },
  }
}

/**
 * The text to edit, empty where there is no file. Unless links are followed, one is refused: whoever owns the folder
 * could make root write, or give him, any file of the host.
 * @throws TaskFailure where there is a link, or no text
 */
export function textOfUserFile(
  { content, found: { path: at, type, folderIsLink } }: UserFileState,
  follow: boolean,
  hint: string,
): string {
  if (!follow && folderIsLink) throw new TaskFailure(`${path.posix.dirname(at)} is a link`, hint)
  if (!follow && type === 'link') throw new TaskFailure(`${at} is a link`, hint)
  if (type !== null && type !== 'file' && type !== 'link') throw new TaskFailure(`${at} is no regular file`)
  if (content === null) return ''
  const text = contentText(content)
  if (text === undefined || text.includes('\uFFFD'))
    throw new TaskFailure(`${at} is too large to be edited, or no text in UTF-8`)
  return text
}

/** Sets what differs: the folder first, then the file, at once or not at all. */
export function writeUserFile(
  change: Change<UserFileState>,
  { user, follow }: { readonly user: string | undefined; readonly follow: boolean },
): Script {
  const { from, to } = change
  const { path: at, group } = from.found
  const folder = path.posix.dirname(at)
  return sh.join([
    change.has('folder') && sh`mkdir -p -- ${folder} || exit 1`,
    change.has('folderOwner') &&
      user !== undefined &&
      sh`chown ${follow ? [] : ['-h']} -- ${`${user}:`} ${folder} || exit 1`,
    change.has('folderMode') && sh`chmod -- ${to?.folderMode ?? '0700'} ${folder} || exit 1`,
    (change.has('content') || change.has('mode') || change.has('owner')) &&
      replaceFile(at, {
        content: change.has('content') ? (to?.content ?? undefined) : undefined,
        mode: to?.mode ?? from.mode ?? '0600',
        owner: to?.owner ?? from.owner,
        group: change.has('owner') && group !== undefined && /^[A-Za-z_]/.test(group) ? group : null,
        follow,
        ...(from.content && { replaces: from.content.sha256 }),
      }),
  ])
}

/** What is read and written: any file, where only the host knows which. */
export const userFileResources = ({ path: at }: UserFile): readonly string[] => [fileResource(at ?? '/')]

/** Changes of one module in a row are written at once. Others have other states, so they have other names. */
export const userFileRewrites = (module: string, { user = '', path: at, inHome }: UserFile): string =>
  `${module} ${user} ${at ?? `~/${inHome}`}`

function spotOf(line: string): Spot | null {
  const [type, mode = '', uid, owner = ''] = line.replace(/^link /, '').split(' ')
  if (type === '-') return null
  return { type: type as Spot['type'], mode: mode.padStart(4, '0'), uid: Number(uid), owner }
}

/** The home folder, the folder, the file: a line each, `-` where there is nothing; then the file's text. */
export const homeAnswer = ({ user, inHome }: UserFile): Probe<ScriptAnswer> =>
  script(
    sh`_u=${user ?? sh`$(id -un)`}
_h=$({ getent passwd "$_u" 2>/dev/null || cat /etc/passwd; } | while IFS=: read -r _n _p _i _g _c _d _s; do if [ "$_n" = "$_u" ]; then printf '%s' "$_d"; break; fi; done)
printf '%s\n' "$_h"
[ -n "$_h" ] || exit 0
_s() {
  if [ -d "$1" ]; then _t=directory; elif [ -f "$1" ]; then _t=file; elif [ -e "$1" ]; then _t=other; else _t=; fi
  if [ -L "$1" ] && [ -z "$_t" ]; then printf 'link other 0777 0 root\n'; return; fi
  if [ -z "$_t" ]; then printf -- '-\n'; return; fi
  if [ -L "$1" ]; then printf 'link '; fi
  printf '%s ' "$_t"; stat -L -c '%a %u %U' -- "$1"
}
_f=$_h/${inHome}
_s "\${_f%/*}"; _s "$_f"
if [ -f "$_f" ]; then cat -- "$_f"; fi`,
    { reads: [...(user === undefined ? [] : [`user:${user}`]), fileResource('/')] },
  )
