// What a user is on the host, and what it should be. Writes no scripts.
import type { Desired } from '../../engine/module.ts'
import {
  all,
  always,
  group as groupEntry,
  map,
  type Probe,
  target,
  type UserEntry,
  user as userEntry,
} from '../../engine/probe.ts'
import { reveal, type Secret, secret } from '../../engine/secret.ts'
import { type ShadowEntry, shadowEntry } from './shadow.ts'
import { type FoundKey, userKey } from './user-key.ts'
import type { UserParams } from './user-params.ts'

/** A user. What only some parameters ask for is undefined without them. */
export interface UserState {
  readonly uid: number
  readonly group: string
  /** Supplementary groups, sorted, without the primary one. */
  readonly groups: readonly string[]
  readonly comment: string
  readonly home: string
  /** Whether the (wished) home folder is there. */
  readonly homeFolder: boolean
  readonly shell: string
  /** The hash; only asked with `updatePassword: 'always'`. */
  readonly password?: Secret | undefined
  readonly passwordLock?: boolean | undefined
  readonly passwordExpireMax?: number | undefined
  readonly passwordExpireMin?: number | undefined
  readonly passwordExpireWarn?: number | undefined
  /** Last day, or `never`. */
  readonly expires?: string | undefined
  /** Whether there is an ssh key pair. */
  readonly sshKey?: boolean | undefined
  /** What was looked up besides: never wished for. */
  readonly found?: { readonly gid: number; readonly wishedGid: number | undefined; readonly key: FoundKey | undefined }
}

export const probeUser = (params: UserParams): Probe<UserState | null> =>
  map(
    all({
      entry: userEntry(params.name, local(params)),
      primary: named(params) ? groupEntry(params.group!, local(params)) : always(null),
      home: params.home === undefined ? always(undefined) : target(params.home),
      shadow: asksShadow(params) ? shadowEntry(params.name, asksHash(params)) : always(undefined),
      key: params.generateSshKey ? userKey(params) : always(undefined),
    }),
    ({ entry, primary, home, shadow, key }) =>
      entry &&
      stateOf(
        params,
        entry,
        primary?.gid,
        home === undefined ? entry.homeExists : home?.type === 'directory',
        shadow,
        key,
      ),
  )

/** The groups that the params name and the host does not have. */
export const probeMissingGroups = (params: UserParams): Probe<readonly string[]> => {
  const names = params.state === 'absent' ? [] : namedGroups(params)
  return map(all(names.map((name) => groupEntry(name, local(params)))), (found) =>
    names.filter((_name, index) => found[index] === null),
  )
}

const local = (params: UserParams) => ({ local: params.local === true })

/** Whether the primary group is given by name. */
const named = ({ group }: UserParams): boolean => group !== undefined && !/^\d+$/.test(group)

const namedGroups = ({ name, group, groups = [] }: UserParams): string[] => [
  ...(group !== undefined && named({ name, group }) ? [group!] : []),
  // the group of the user's own name may be made together with the user
  ...groups.filter((each) => each !== group && (group !== undefined || each !== name)),
]

/** Whether the hash is compared. */
export const asksHash = ({ password, updatePassword }: UserParams): boolean =>
  password !== undefined && updatePassword === 'always'

/** Whether the shadow file is asked at all. */
export const asksShadow = (params: UserParams): boolean =>
  asksHash(params) ||
  [
    params.passwordLock,
    params.expires,
    params.passwordExpireMax,
    params.passwordExpireMin,
    params.passwordExpireWarn,
  ].some((each) => each !== undefined)

function stateOf(
  params: UserParams,
  entry: UserEntry,
  primary: number | undefined,
  homeFolder: boolean | undefined,
  shadow: ShadowEntry | undefined,
  key: FoundKey | undefined,
): UserState {
  // a number may have two names
  const asked = params.group === String(entry.gid) || (primary !== undefined && primary >= 0 && primary === entry.gid)
  const group = asked ? params.group! : entry.group
  return {
    uid: entry.uid,
    group,
    groups: entry.groups.filter((each) => each !== (params.group ?? entry.group) && each !== group),
    comment: entry.comment,
    home: entry.home,
    homeFolder: homeFolder === true,
    shell: entry.shell,
    ...(shadow && {
      ...(asksHash(params) && { password: secret(comparedHash(params, shadow.hash), 'password hash') }),
      // without a password there is nothing to unlock
      passwordLock: params.passwordLock ? shadow.hash.startsWith('!') : /^!+[^!*]/.test(shadow.hash),
      expires: shadow.expires,
      passwordExpireMax: shadow.max,
      passwordExpireMin: shadow.min,
      passwordExpireWarn: shadow.warn,
    }),
    sshKey: key?.exists,
    found: { gid: entry.gid, wishedGid: primary, key },
  }
}

/** The hash as it is compared: that it is locked is the business of `passwordLock`, and no other hash. */
function comparedHash({ password, passwordLock }: UserParams, hash: string): string {
  const wanted = password === undefined ? '' : reveal(password)
  return hash === `!${wanted}` && (passwordLock !== undefined || wanted !== '') ? wanted : hash
}

/** What it should be. */
export function desiredUser(params: UserParams, actual: UserState | null): Desired<UserState | null> {
  if (params.state === 'absent') return null
  const { uid, group, comment, home, shell, password } = params
  const makesHome = params.createHome !== false && (home ?? actual?.home) !== nowhere
  return {
    ...(uid !== undefined && { uid }),
    ...(group !== undefined && { group }),
    ...(params.groups !== undefined && { groups: wantedGroups(params, actual) }),
    ...(comment !== undefined && { comment }),
    ...(home !== undefined && { home }),
    ...(makesHome && { homeFolder: true }),
    ...(shell !== undefined && { shell }),
    ...(password !== undefined && (actual === null || params.updatePassword === 'always') && { password }),
    ...(params.passwordLock !== undefined &&
      (actual !== null || params.passwordLock) && { passwordLock: params.passwordLock }),
    ...(params.passwordExpireMax !== undefined && { passwordExpireMax: params.passwordExpireMax }),
    ...(params.passwordExpireMin !== undefined && { passwordExpireMin: params.passwordExpireMin }),
    ...(params.passwordExpireWarn !== undefined && { passwordExpireWarn: params.passwordExpireWarn }),
    ...(params.expires !== undefined && { expires: dayOf(params.expires) }),
    ...(params.generateSshKey && { sshKey: true }),
  }
}

/** Debian's home for users that are to have none. */
const nowhere = '/nonexistent'

/** Listing the primary group among the others changes nothing, so it is left out. */
function wantedGroups({ name, group, groups = [], append }: UserParams, actual: UserState | null): string[] {
  const primary = group ?? actual?.group ?? name
  const kept = append ? (actual?.groups ?? []) : []
  return [...new Set([...kept, ...groups])].filter((each) => each !== primary).sort()
}

/** As Ansible has it, a time before 1970 means never. */
const dayOf = (expires: string | number): string =>
  typeof expires === 'string' ? expires : expires < 0 ? 'never' : new Date(expires * 1000).toISOString().slice(0, 10)
