// What a dry run finds of a user that is yet to be made, changed or removed.
import type { Desired } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import type { GroupEntry, UserEntry } from '../../engine/probe.ts'
import { reveal } from '../../engine/secret.ts'
import { shadowLine, shadowText } from './shadow.ts'
import { willHaveUserKey } from './user-key.ts'
import type { UserParams } from './user-params.ts'
import { asksHash, asksShadow, type UserState } from './user-state.ts'
import { willAnswer } from './will-answer.ts'

/** What later probes of a dry run find. */
export function predictUser(params: UserParams, from: UserState | null, to: Desired<UserState>): Prediction[] {
  const { name, remove } = params
  if (to === null)
    return [
      will.haveUser(name, null),
      ...(from?.group === name ? [withoutOwnGroup(name)] : []),
      ...(remove && from ? [will.beAbsent(from.home)] : []),
    ]
  const after = predictedEntry(params, from, to)
  return [
    will.haveUser(name, after),
    ...(from === null && params.group === undefined ? [ownGroup(name)] : []),
    ...(to.homeFolder && !from?.homeFolder
      ? [will.be(after.home, { type: 'directory', owner: name, group: after.group })]
      : []),
    ...(params.moveHome && from && from.home !== after.home ? [will.beAbsent(from.home)] : []),
    ...(asksShadow(params)
      ? [willAnswer(shadowLine(name, asksHash(params)), { code: 0, stdout: predictedShadow(from, to) })]
      : []),
    ...(params.generateSshKey ? [willHaveUserKey(params)] : []),
  ]
}

/** A group of the user's name goes with him, where nobody else is in it. */
const withoutOwnGroup = (name: string): Prediction => ({
  answer: (question, before) =>
    isGroup(question, name) && (before as GroupEntry | null)?.members.length === 0 ? null : before,
})

/** A group of the user's name, where the host does not have it yet. */
const ownGroup = (name: string): Prediction => ({
  answer: (question, before) =>
    before === null && isGroup(question, name) ? { name, gid: unknownId, members: [] } : before,
})

const isGroup = ({ kind, key }: Parameters<Prediction['answer']>[0], name: string): boolean =>
  /^(local-)?group$/.test(kind.name) && key === name

function predictedEntry({ name }: UserParams, from: UserState | null, to: NonNullable<Desired<UserState>>): UserEntry {
  const group = to.group ?? from?.group ?? name
  return {
    name,
    uid: to.uid ?? from?.uid ?? unknownId,
    gid: /^\d+$/.test(group)
      ? Number(group)
      : ((to.group === undefined ? from?.found?.gid : from?.found?.wishedGid) ?? unknownId),
    group,
    comment: to.comment ?? from?.comment ?? '',
    home: to.home ?? from?.home ?? `/home/${name}`,
    shell: to.shell ?? from?.shell ?? '/bin/sh',
    groups: to.groups ?? from?.groups ?? [],
    homeExists: to.homeFolder ?? from?.homeFolder ?? false,
  }
}

function predictedShadow(from: UserState | null, to: NonNullable<Desired<UserState>>): string {
  const password = to.password ?? from?.password
  const locked = to.passwordLock ?? from?.passwordLock ?? false
  const hash = password ? reveal(password) : from ? 'x' : ''
  return shadowText({
    hash: locked && !hash.startsWith('!') ? `!${hash}` : hash,
    min: to.passwordExpireMin ?? from?.passwordExpireMin,
    max: to.passwordExpireMax ?? from?.passwordExpireMax,
    warn: to.passwordExpireWarn ?? from?.passwordExpireWarn,
    expires: to.expires ?? from?.expires ?? 'never',
  })
}

/** A number that the host will choose. */
const unknownId = -1
