// user and group: entries of the host's account databases. One process for each kind, whatever their number.
import { sh } from '../script.ts'
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
}

/** A line of group. */
export interface GroupEntry {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

export const userKind: QuestionKind<string, UserEntry | null> = {
  name: 'user',
  script: (names) =>
    sh`getent passwd ${names} 2>/dev/null || cat /etc/passwd; printf '%s\n' --; getent group || cat /etc/group`,
  parse(output, names) {
    const [users = '', groups = ''] = decode(output).split(/^--$/m)
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
      }
    })
  },
  reads: (name) => [`user:${name}`],
}

export const groupKind: QuestionKind<string, GroupEntry | null> = {
  name: 'group',
  script: (names) => sh`getent group ${names} 2>/dev/null || cat /etc/group`,
  parse(output, names) {
    return names.map((name) => {
      const row = rows(decode(output)).find(([group]) => group === name)
      return row ? { name, gid: Number(row[2]), members: row[3] ? row[3].split(',') : [] } : null
    })
  },
  reads: (name) => [`group:${name}`],
}

export const userQuestion = (name: string) => question(userKind, name, name)
export const groupQuestion = (name: string) => question(groupKind, name, name)

const rows = (text: string): string[][] => text.split('\n').map((line) => line.split(':'))
