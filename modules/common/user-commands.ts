// The commands that make, change and remove a user: shadow's where the host has them, busybox's otherwise.
import path from 'node:path'
import { type Script, sh } from '../../engine/script.ts'
import type { Secret } from '../../engine/secret.ts'
import { makeHome } from './home-folder.ts'
import type { UserParams } from './user-params.ts'
import type { UserState } from './user-state.ts'

/** What to set; what is left out stays, or is the host's choice for a new user. */
export type UserFields = Partial<Omit<UserState, 'found'>>

/** Makes a user. A group of the user's name that exists already becomes the primary one, which useradd would refuse. */
export function createUser(params: UserParams, fields: UserFields): Script {
  const { name, createHome = true, system, skeleton, umask, local } = params
  const { uid, group, groups = [], comment, home, shell, expires } = fields
  const plain = [flag('-u', uid), uid !== undefined && params.nonUnique ? ['-o'] : [], flag('-c', comment)].flat()
  const where = [flag('-d', home), flag('-s', shell)].flat()
  const kept = createHome
    ? ['-m', ...flag('-k', skeleton), ...(umask === undefined ? [] : ['-K', `UMASK=${umask}`])]
    : ['-M']
  const shadow = sh`if command -v useradd >/dev/null 2>&1; then
  useradd ${[plain, where, groups.length > 0 ? ['-G', groups.join(',')] : [], system ? ['-r'] : [], flag('-e', dateOf(expires)), kept].flat()} \${1:+-g "$1"} ${name} || exit 1
else
  adduser -D ${[flag('-u', uid), flag('-g', comment), flag('-h', home), flag('-s', shell), system ? ['-S'] : [], createHome ? flag('-k', skeleton) : ['-H']].flat()} \${1:+-G "$1"} ${name} || exit 1
  for _g in ${groups}; do addgroup ${name} "$_g" || exit 1; done
fi`
  const luser = ['luseradd', plain, where, createHome ? flag('-k', skeleton) : ['-M'], system ? ['-r'] : []].flat()
  return sh.join([
    group === undefined
      ? sh`set --; if grep -q ${`^${name.replaceAll('.', '[.]').replace('$', '[$]')}:`} /etc/group; then set -- ${name}; fi`
      : sh`set -- ${group}`,
    createHome && home !== undefined && sh`mkdir -p -- ${path.posix.dirname(home)} || exit 1`,
    local
      ? sh`if command -v luseradd >/dev/null 2>&1; then
  ${luser} \${1:+-g "$1"} ${name} && usermod -G ${groups.join(',')} ${name} || exit 1
else
${shadow}
fi`
      : shadow,
    fields.password && setPassword(name, fields.password, params.passwordLock === true),
    fields.passwordLock && !fields.password && lock(name, true),
    ageing(name, fields),
  ])
}

/** Changes what is given, of the user as it is in `from`. */
export function modifyUser(params: UserParams, fields: UserFields, from: UserState): Script {
  const { name } = params
  const { uid, group, groups, comment, home, shell, expires } = fields
  const moves = home !== undefined && params.moveHome === true && !from.homeFolder
  const plain = [
    flag('-u', uid),
    uid !== undefined && params.nonUnique ? ['-o'] : [],
    flag('-g', group),
    flag('-c', comment),
    flag('-d', home),
    flag('-s', shell),
    flag('-e', dateOf(expires)),
  ].flat()
  const added = groups?.filter((each) => !from.groups.includes(each)) ?? []
  const removed = groups ? from.groups.filter((each) => !groups.includes(each)) : []
  return sh.join([
    moves && sh`mkdir -p -- ${path.posix.dirname(home)} || exit 1`,
    moves && sh`set --; if [ -d ${from.home} ] && [ ! -e ${home} ]; then set -- -m; fi`,
    (plain.length > 0 || groups !== undefined) &&
      sh`if command -v usermod >/dev/null 2>&1; then usermod ${moves ? sh`"$@" ` : sh.empty}${[...plain, ...(groups ? ['-G', groups.join(',')] : [])]} ${name} || exit 1
${
  plain.length > 0
    ? sh`else echo "an existing user can be changed with usermod only (package 'shadow'), which the host does not have" >&2; exit 1`
    : sh`else
  for _g in ${added}; do addgroup ${name} "$_g" || exit 1; done
  for _g in ${removed}; do delgroup ${name} "$_g" || exit 1; done`
}
fi`,
    fields.homeFolder && makeHome(name, home ?? from.home, params),
    fields.password && setPassword(name, fields.password, params.passwordLock === true),
    fields.passwordLock !== undefined && !fields.password && lock(name, fields.passwordLock),
    ageing(name, fields),
  ])
}

export function removeUser({ name, remove, force, local }: UserParams): Script {
  const shadow = sh`if command -v userdel >/dev/null 2>&1; then userdel ${[...(force ? ['-f'] : []), ...(remove ? ['-r'] : [])]} ${name}; else deluser ${remove ? ['--remove-home'] : []} ${name}; fi`
  return local
    ? sh`if command -v luserdel >/dev/null 2>&1; then luserdel ${remove ? ['-r'] : []} ${name}; else ${shadow}; fi`
    : shadow
}

/** As the tools take it: nothing means never. */
const dateOf = (expires: string | undefined): string | undefined => (expires === 'never' ? '' : expires)

/** Sets the password's hash. printf is the shell's own: the hash stands in no process's arguments. */
const setPassword = (name: string, hash: Secret, locked: boolean): Script =>
  sh`printf ${locked ? '%s:!%s\\n' : '%s:%s\\n'} ${name} ${hash} | chpasswd -e || exit 1`

const lock = (name: string, locked: boolean): Script =>
  sh`if command -v usermod >/dev/null 2>&1; then usermod ${locked ? '-L' : '-U'} ${name}; else passwd ${locked ? '-l' : '-u'} ${name}; fi || exit 1`

/** How old a password may get. */
function ageing(name: string, { passwordExpireMax, passwordExpireMin, passwordExpireWarn }: UserFields): Script {
  const options = [flag('-M', passwordExpireMax), flag('-m', passwordExpireMin), flag('-W', passwordExpireWarn)].flat()
  return options.length === 0
    ? sh.empty
    : sh`command -v chage >/dev/null 2>&1 || { echo "the host has no chage (package 'shadow' or 'passwd'), which sets how old a password may get" >&2; exit 1; }
chage ${options} ${name} || exit 1`
}

const flag = (option: string, value: string | number | undefined): (string | number)[] =>
  value === undefined ? [] : [option, value]
