// Who tsplay is on a host: the login user's account and environment.
import { map, type Probe, script } from '../probe.ts'
import { sh } from '../script.ts'

/** The account that facts are read with. */
export interface UserFacts {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  readonly shell: string
}

export const userProbe = (root = ''): Probe<UserFacts> =>
  map(
    script(
      sh`id; _u=$(id -u)
getent passwd "$_u" 2>/dev/null || grep "^[^:]*:[^:]*:$_u:" ${`${root}/etc/passwd`} 2>/dev/null; :`,
      { reads: ['user', 'file:/etc/passwd', 'facts'] },
    ),
    ({ stdout }): UserFacts => {
      const [ids = '', account = ''] = stdout.split('\n')
      const [, uid, name, gid] = /^uid=(\d+)(?:\((.*?)\))? gid=(\d+)/.exec(ids) ?? []
      if (gid === undefined) throw new Error(`id: unexpected answer '${ids}'`)
      const [login, , , , , home = '', shell = ''] = account.split(':')
      return { name: name ?? login ?? '', uid: Number(uid), gid: Number(gid), home, shell }
    },
  )

/** Variables as the login gave them, before tsplay's own shell set any. */
export const envProbe: Probe<Readonly<Record<string, string>>> = map(
  // $$ is the session's shell also in a subshell of it
  script(sh`cat /proc/$$/environ 2>/dev/null || env | tr '\n' '\0'`, { reads: ['facts'] }),
  ({ stdout }) =>
    Object.fromEntries(
      stdout
        .split('\0')
        .filter((entry) => entry.indexOf('=') > 0)
        .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    ),
)
