// The commands that make, change and remove a user: shadow's where the host has them, busybox's otherwise.
import { type Script, sh } from '../../engine/script.ts'
import type { Secret } from '../../engine/secret.ts'

/** What to set; what is left out stays, or is the host's choice for a new user. */
export interface UserFields {
  readonly uid?: number | undefined
  /** Primary group, by name or number. */
  readonly group?: string | undefined
  /** All supplementary groups. */
  readonly groups?: readonly string[] | undefined
  readonly comment?: string | undefined
  readonly home?: string | undefined
  readonly shell?: string | undefined
}

/** Makes a user. A group of the user's name that exists already becomes the primary one, which useradd would refuse. */
export function createUser(
  name: string,
  fields: UserFields,
  options: { createHome: boolean; system: boolean },
): Script {
  const { uid, group, groups = [], comment, home, shell } = fields
  const home_ = options.createHome ? ['-m'] : ['-M']
  return sh`${group === undefined ? sh`set --; if grep -q ${`^${name.replaceAll('.', '[.]').replace('$', '[$]')}:`} /etc/group; then set -- ${name}; fi` : sh`set -- ${group}`}
if command -v useradd >/dev/null 2>&1; then
  useradd ${[flag('-u', uid), flag('-c', comment), flag('-d', home), flag('-s', shell), groups.length > 0 ? flag('-G', groups.join(',')) : [], options.system ? ['-r'] : [], home_].flat()} \${1:+-g "$1"} ${name} || exit 1
else
  adduser -D ${[flag('-u', uid), flag('-g', comment), flag('-h', home), flag('-s', shell), options.system ? ['-S'] : [], options.createHome ? [] : ['-H']].flat()} \${1:+-G "$1"} ${name} || exit 1
  for _g in ${groups}; do addgroup ${name} "$_g" || exit 1; done
fi`
}

/** Changes what is given. `present` are the supplementary groups now. */
export function modifyUser(name: string, fields: UserFields, present: readonly string[]): Script {
  const { uid, group, groups, comment, home, shell } = fields
  const plain = [flag('-u', uid), flag('-g', group), flag('-c', comment), flag('-d', home), flag('-s', shell)].flat()
  if (plain.length === 0 && groups === undefined) return sh.empty
  const added = groups?.filter((each) => !present.includes(each)) ?? []
  const removed = groups ? present.filter((each) => !groups.includes(each)) : []
  return sh`if command -v usermod >/dev/null 2>&1; then usermod ${[...plain, ...(groups ? ['-G', groups.join(',')] : [])]} ${name} || exit 1
${
  plain.length > 0
    ? sh`else echo "an existing user can be changed with usermod only (package 'shadow'), which the host does not have" >&2; exit 1`
    : sh`else
  for _g in ${added}; do addgroup ${name} "$_g" || exit 1; done
  for _g in ${removed}; do delgroup ${name} "$_g" || exit 1; done`
}
fi`
}

export const removeUser = (name: string, removeHome: boolean): Script =>
  sh`if command -v userdel >/dev/null 2>&1; then userdel ${removeHome ? ['-r'] : []} ${name}; else deluser ${removeHome ? ['--remove-home'] : []} ${name}; fi`

/** Sets the password's hash. printf is the shell's own: the hash stands in no process's arguments. */
export const setPassword = (name: string, hash: Secret): Script => sh`printf '%s:%s\n' ${name} ${hash} | chpasswd -e`

const flag = (option: string, value: string | number | undefined): (string | number)[] =>
  value === undefined ? [] : [option, value]
