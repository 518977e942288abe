// user: an account of the host's own database, with its groups, password, home folder and ssh key.
import { TsplayError } from '../engine/error.ts'
import { defineModule, type Output, TaskFailure } from '../engine/module.ts'
import { all, map } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { reveal } from '../engine/secret.ts'
import { fingerprintOf } from './common/public-key.ts'
import { createUser, modifyUser, removeUser } from './common/user-commands.ts'
import { makeUserKey, showUserKey } from './common/user-key.ts'
import { type UserParams, userParams } from './common/user-params.ts'
import { predictUser } from './common/user-prediction.ts'
import { desiredUser, probeMissingGroups, probeUser, type UserState } from './common/user-state.ts'

export type { UserParams } from './common/user-params.ts'
export type { UserState } from './common/user-state.ts'

/** What the host says of the user; nothing of one that is absent. */
export interface UserResult {
  readonly uid?: number
  readonly gid?: number
  readonly home?: string
  readonly shell?: string
  /** With `generateSshKey`: the public half, as it goes into authorized_keys. */
  readonly sshPublicKey?: string
  /** With `generateSshKey`: `SHA256:…`. */
  readonly sshFingerprint?: string
}

/**
 * A user exists with these properties, or does not.
 *
 * @example a service's user, in a group that docker has brought
 * ```ts
 * task('service user', user({ name: 'k8s', groups: ['docker'], append: true, shell: '/bin/bash' }))
 * ```
 *
 * @example an account until the end of the year, with a key to log in elsewhere
 * ```ts
 * task('guest', user({ name: 'guest', expires: '2027-12-31', passwordLock: true, generateSshKey: true })).register((guest) => [
 *   task('its key', authorizedKey({ user: 'root', key: guest.sshPublicKey ?? '' })),
 * ])
 * ```
 */
export const user = defineModule<UserParams, UserState | null, UserResult>({
  name: 'user',
  params: userParams,
  subject: ({ name }) => name,
  async prepare(params) {
    if (params.password) checkHash(params.name, reveal(params.password))
    return params
  },
  probe: (params) =>
    map(all({ found: probeUser(params), missing: probeMissingGroups(params) }), ({ found, missing }) => {
      const lacking = missing.filter((each) => !found?.groups.includes(each) && found?.group !== each)
      if (lacking.length === 0) return found
      throw new TaskFailure(
        `the host has no group ${lacking.join(', ')}`,
        `make it first: group({ name: '${lacking[0]}' })`,
      )
    }),
  desired: desiredUser,
  apply(params, change) {
    const { from, to } = change
    if (to === null) return removeUser(params)
    const changed = Object.fromEntries(
      Object.entries(to).filter(([key]) => change.has(key as keyof UserState)),
    ) as Partial<UserState>
    return sh.join([
      from === null ? createUser(params, changed) : modifyUser(params, changed, from),
      changed.sshKey && makeUserKey(params),
      params.generateSshKey && showUserKey(params),
      sh`printf 'user '; getent passwd ${params.name} 2>/dev/null || echo`,
    ])
  },
  result: resultOf,
  touches: ({ name, home, generateSshKey, moveHome, remove }) => [
    `user:${name}`,
    `group:${name}`,
    ...['/etc/passwd', '/etc/shadow', '/etc/group', '/etc/gshadow', home ?? `/home/${name}`].map(fileResource),
    // only the host knows where the home folder is
    ...(generateSshKey || moveHome || remove ? [fileResource('/')] : []),
  ],
  predict: (params, { from, to }) => predictUser(params, from, to),
})

function resultOf({ state }: UserParams, actual: UserState | null, output?: Output): UserResult {
  if (state === 'absent') return {}
  const line = /^user .*?:.*?:(\d+):(\d+):.*?:(.*?):(.*)$/m.exec(output?.stdout ?? '')
  const key = /^public-key (.+)$/m.exec(output?.stdout ?? '')?.[1] ?? actual?.found?.key?.publicKey
  return {
    ...(line
      ? { uid: Number(line[1]), gid: Number(line[2]), home: line[3]!, shell: line[4]! }
      : actual && { uid: actual.uid, gid: actual.found?.gid ?? -1, home: actual.home, shell: actual.shell }),
    ...(key && { sshPublicKey: key, sshFingerprint: fingerprintOf(key) ?? '' }),
  }
}

function checkHash(name: string, hash: string): void {
  if (/^[!*]/.test(hash) || /^(\$[0-9a-z]+\$[^\s:]+|_[./0-9A-Za-z]{19}|[./0-9A-Za-z]{13})$/.test(hash)) return
  throw new TsplayError(`user '${name}': the password is not a crypt hash`, {
    hint: 'give the hash, not the password: mkpasswd -m yescrypt, or openssl passwd -6',
  })
}
