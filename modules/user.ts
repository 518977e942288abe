// user: an account of the host's own database, with its groups and password.
import { z } from 'zod'
import { TsplayError } from '../engine/error.ts'
import { defineModule } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import {
  all,
  always,
  map,
  type Probe,
  type ScriptAnswer,
  script,
  type UserEntry,
  user as userEntry,
} from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { isSecret, reveal, type Secret, secret } from '../engine/secret.ts'
import { accountName, fieldParam, idParam } from './common/accounts.ts'
import { pathParam } from './common/params.ts'
import { createUser, modifyUser, removeUser, setPassword } from './common/user-commands.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `user`. What is left out stays as it is, or is the host's choice for a new user. */
export interface UserParams {
  /** The user's name. */
  name: string
  /** Its number. */
  uid?: number
  /** Primary group, by name or number. Default for a new user: the group of its own name, made where it is missing. */
  group?: string
  /** Supplementary groups. They must exist. Default: left as they are. */
  groups?: string[]
  /** True: `groups` are added to those the user has. Default false: the user leaves all others. */
  append?: boolean
  /** Full name or purpose (GECOS). */
  comment?: string
  /** Home folder. Changing it moves nothing. */
  home?: string
  /** Login shell, an absolute path. */
  shell?: string
  /** Make the home folder together with the user. Default true. */
  createHome?: boolean
  /** Take the number from the range for system users. Only matters when the user is made. Default false. */
  system?: boolean
  /** The password's crypt(3) hash (`mkpasswd -m yescrypt`), or `secret('!')` to lock it. Never the password itself. */
  password?: Secret
  /** `on_create` (default, unlike Ansible): a password that was changed since is kept. `always`: set again where it differs. */
  updatePassword?: 'always' | 'on_create'
  /** Default `present`. */
  state?: 'present' | 'absent'
  /** With `absent`: remove the home folder and mail as well. Default false. */
  remove?: boolean
}

/** A user. */
export interface UserState {
  readonly uid: number
  readonly group: string
  /** Supplementary groups, sorted, without the primary one. */
  readonly groups: readonly string[]
  readonly comment: string
  readonly home: string
  readonly shell: string
  /** The hash; only asked with `updatePassword: 'always'`. */
  readonly password: Secret | undefined
}

/** A user exists with these properties, or does not. */
export const user = defineModule<UserParams, UserState | null>({
  name: 'user',
  params: z.strictObject({
    name: accountName,
    uid: idParam.optional(),
    group: z.union([accountName, z.string().regex(/^\d+$/)], { error: 'a group is a name or a number' }).optional(),
    groups: z.array(accountName).optional(),
    append: z.boolean().optional(),
    comment: fieldParam.optional(),
    home: z.intersection(pathParam, fieldParam).optional(),
    shell: z.intersection(pathParam, fieldParam).optional(),
    createHome: z.boolean().optional(),
    system: z.boolean().optional(),
    password: z.custom<Secret>(isSecret, { error: "a password's hash must be a secret: secret('$y$…')" }).optional(),
    updatePassword: z.enum(['always', 'on_create']).optional(),
    state: z.enum(['present', 'absent']).optional(),
    remove: z.boolean().optional(),
  }),
  subject: ({ name }) => name,
  async prepare(params) {
    if (params.password) checkHash(params.name, reveal(params.password))
    return params
  },
  probe: (params) =>
    map(
      all({ entry: userEntry(params.name), hash: hashProbe(params) }),
      ({ entry, hash }) => entry && stateOf(params, entry, hash),
    ),
  desired(params, actual) {
    if (params.state === 'absent') return null
    const { uid, group, comment, home, shell, password } = params
    const setsPassword = password !== undefined && (actual === null || params.updatePassword === 'always')
    return {
      ...(uid !== undefined && { uid }),
      ...(group !== undefined && { group }),
      ...(params.groups !== undefined && { groups: wantedGroups(params, actual) }),
      ...(comment !== undefined && { comment }),
      ...(home !== undefined && { home }),
      ...(shell !== undefined && { shell }),
      ...(setsPassword && { password }),
    }
  },
  apply({ name, createHome = true, system = false, remove = false }, change) {
    const { from, to } = change
    if (to === null) return removeUser(name, remove)
    const { password, ...fields } = Object.fromEntries(
      Object.entries(to).filter(([key]) => change.has(key as keyof UserState)),
    ) as Partial<UserState>
    return sh.join([
      from === null ? createUser(name, fields, { createHome, system }) : modifyUser(name, fields, from.groups),
      password && setPassword(name, password),
    ])
  },
  touches: ({ name, home }) => [
    `user:${name}`,
    `group:${name}`,
    ...['/etc/passwd', '/etc/shadow', '/etc/group', '/etc/gshadow', home ?? `/home/${name}`].map(fileResource),
  ],
  predict: (params, { from, to }) => [
    will.haveUser(params.name, to && predictedEntry(params.name, from, to)),
    ...(to?.password ? [willAnswer(hashProbe(params), { code: 0, stdout: reveal(to.password) })] : []),
  ],
})

/** Read with the shell alone: the hash never stands in a process's arguments. */
const hashProbe = ({ name, password, updatePassword }: UserParams): Probe<ScriptAnswer | undefined> =>
  password !== undefined && updatePassword === 'always'
    ? script(
        sh`while IFS=: read -r _n _h _r; do if [ "$_n" = ${name} ]; then printf '%s' "$_h"; exit 0; fi; done < /etc/shadow`,
        { reads: [`user:${name}`] },
      )
    : always(undefined)

function stateOf(params: UserParams, entry: UserEntry, hash: ScriptAnswer | undefined): UserState {
  const group = params.group === String(entry.gid) ? params.group : entry.group
  return {
    uid: entry.uid,
    group,
    groups: entry.groups.filter((each) => each !== (params.group ?? entry.group) && each !== group),
    comment: entry.comment,
    home: entry.home,
    shell: entry.shell,
    password: hash && secret(hash.stdout, 'password hash'),
  }
}

/** Listing the primary group among the others changes nothing, so it is left out. */
function wantedGroups({ name, group, groups = [], append }: UserParams, actual: UserState | null): string[] {
  const primary = group ?? actual?.group ?? name
  const kept = append ? (actual?.groups ?? []) : []
  return [...new Set([...kept, ...groups])].filter((each) => each !== primary).sort()
}

const predictedEntry = (name: string, from: UserState | null, to: Partial<UserState>): UserEntry => ({
  name,
  uid: to.uid ?? from?.uid ?? unknownId,
  gid: unknownId,
  group: to.group ?? from?.group ?? name,
  comment: to.comment ?? from?.comment ?? '',
  home: to.home ?? from?.home ?? `/home/${name}`,
  shell: to.shell ?? from?.shell ?? '/bin/sh',
  groups: to.groups ?? from?.groups ?? [],
})

/** A number that the host will choose. */
const unknownId = -1

function checkHash(name: string, hash: string): void {
  if (/^[!*]/.test(hash) || /^(\$[0-9a-z]+\$[^\s:]+|_[./0-9A-Za-z]{19}|[./0-9A-Za-z]{13})$/.test(hash)) return
  throw new TsplayError(`user '${name}': the password is not a crypt hash`, {
    hint: 'give the hash, not the password: mkpasswd -m yescrypt, or openssl passwd -6',
  })
}
