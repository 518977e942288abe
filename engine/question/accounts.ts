// user and group: entries of the host's account databases. One process for each kind, whatever their number.
import { fileResource } from '../resource.ts'
import { type Script, sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

/** A line of passwd, with the groups that list the user as a member. */
export interface UserEntry {
  readonly name: string
  readonly uid: number
  readonly gid: number
  /** The primary group's name; its number as text where it has none. */
  readonly group: string
  readonly comment: string
  readonly home: string
  readonly shell: string
  /** Supplementary groups, sorted. */
  readonly groups: readonly string[]
  /** Whether the home folder is there. */
  readonly homeExists?: boolean
}

/** A line of group. */
export interface GroupEntry {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

/** One script for all names; `users` and `groups` print the databases, or the lines that are asked for. */
const userKindOf = (
  kind: string,
  users: (names: readonly string[]) => Script,
  groups: Script,
): QuestionKind<string, UserEntry | null> => ({
  name: kind,
  script: (names) => sh`_u=$(${users(names)})
printf '%s\n' "$_u" --
${groups}
printf '%s\n' --
printf '%s\n' "$_u" | while IFS=: read -r _n _p _i _g _c _h _s; do
  for _w in ${names}; do if [ "$_w" = "$_n" ] && [ -d "$_h" ]; then printf '%s\n' "$_n"; fi; done
done`,
  parse(output, names) {
    const [users = '', groups = '', homes] = decode(output).split(/^--$/m)
    const groupLines = rows(groups)
    return names.map((name) => {
      const row = rows(users).find(([user]) => user === name)
      if (!row) return null
      const [, , uid, gid, comment = '', home = '', shell = ''] = row
      const primary = groupLines.find(([, , number]) => number === gid)
      const member = groupLines.filter(([, , , members]) => members?.split(',').includes(name)).map(([group]) => group!)
      return {
        name,
        uid: Number(uid),
        gid: Number(gid),
        group: primary?.[0] ?? gid ?? '',
        comment,
        home,
        shell,
        groups: member.sort(),
        ...(homes !== undefined && { homeExists: homes.split('\n').includes(name) }),
      }
    })
  },
  reads: (name) => [`user:${name}`, fileResource(`/home/${name}`)],
})

/** Users of all databases that the host asks, a directory service among them. */
export const userKind = userKindOf(
  'user',
  (names) => sh`getent passwd ${names} 2>/dev/null || cat /etc/passwd`,
  sh`getent group || cat /etc/group`,
)

/** Users of the host's own files only. */
export const localUserKind = userKindOf('local-user', () => sh`cat /etc/passwd`, sh`cat /etc/group`)

const groupKindOf = (
  kind: string,
  groups: (names: readonly string[]) => Script,
): QuestionKind<string, GroupEntry | null> => ({
  name: kind,
  script: groups,
  parse(output, names) {
    return names.map((name) => {
      const row = rows(decode(output)).find(([group]) => group === name)
      return row ? { name, gid: Number(row[2]), members: row[3] ? row[3].split(',') : [] } : null
    })
  },
  reads: (name) => [`group:${name}`],
})

export const groupKind = groupKindOf('group', (names) => sh`getent group ${names} 2>/dev/null || cat /etc/group`)

/** Groups of the host's own files only. */
export const localGroupKind = groupKindOf('local-group', () => sh`cat /etc/group`)

export const userQuestion = (name: string, local = false) => question(local ? localUserKind : userKind, name, name)
export const groupQuestion = (name: string, local = false) => question(local ? localGroupKind : groupKind, name, name)

const rows = (text: string): string[][] => text.split('\n').map((line) => line.split(':'))
