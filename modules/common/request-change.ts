// What becomes of a host's key and request where they are not as wished for: the script, and what a dry run foretells.
import { contentOf } from '../../engine/content.ts'
import type { Change } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import type { Probe } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'
import type { KeySpec } from '../../engine/x509/key.ts'
import type { Subject } from '../../engine/x509/subject.ts'
import { makeKey, makeRequest } from './openssl-request.ts'
import { type NewFile, replaceFile } from './replace-file.ts'
import { foretellKey, foretellRequest, type RequestState } from './request-state.ts'
import { willAnswer } from './will-answer.ts'

/** What is wished for, and where. */
export interface RequestWish {
  readonly dest: string
  readonly keyDest: string
  readonly subject: Subject
  readonly hosts: readonly string[]
  /** Kind of a key that is yet to be made. */
  readonly newKey: KeySpec
}

/** Whether a new request is made. */
export const makesRequest = ({ has }: Change<RequestState>): boolean =>
  has('key') || has('subject') || has('hosts') || has('signed')

/** The key comes first: without it there is nothing to sign with. Prints the request. */
export const requestScript = (
  { dest, keyDest, subject, hosts, newKey }: RequestWish,
  change: Change<RequestState>,
): Script => {
  const { has } = change
  const [ofKey, ofRequest] = attributesAfter(change)
  const changesKey = has('key') || has('keyMode') || has('keyOwner') || has('keyGroup')
  const changesRequest = makesRequest(change) || has('mode') || has('owner') || has('group')
  return sh.join([
    changesKey && step(keyDest, { ...ofKey, ...(has('key') && { made: makeKey(newKey, keyDest) }) }),
    changesRequest &&
      step(dest, { ...ofRequest, ...(makesRequest(change) && { made: makeRequest(keyDest, subject, hosts) }) }),
    sh`cat -- ${dest}`,
  ])
}

const step = (path: string, file: Omit<NewFile, 'content'>): Script => sh`(
${replaceFile(path, { content: undefined, ...file })}
) || exit $?`

/** `publicKey`: the probe that asks openssl for it. */
export function requestPredictions(
  { dest, keyDest }: RequestWish,
  publicKey: Probe<unknown>,
  change: Change<RequestState>,
): readonly Prediction[] {
  const { to, has } = change
  const [ofKey, ofRequest] = attributesAfter(change)
  const request = makesRequest(change) && contentOf(foretellRequest(to!.subject!, to!.hosts!), { provisional: true })
  return [
    will.be(keyDest, { type: 'file', follows: true, ...withoutNulls(ofKey) }),
    ...(has('key') ? [willAnswer(publicKey, { code: 0, stdout: foretellKey(to!.key!) })] : []),
    will.be(dest, { type: 'file', follows: true, ...withoutNulls(ofRequest), ...(request && { content: request }) }),
  ]
}

interface Attributes {
  readonly mode: string
  readonly owner: string | null
  readonly group: string | null
}

function attributesAfter({ from, to }: Change<RequestState>): [ofKey: Attributes, ofRequest: Attributes] {
  const wish = to ?? {}
  return [
    {
      mode: wish.keyMode ?? from.keyMode ?? '0600',
      owner: wish.keyOwner ?? from.keyOwner,
      group: wish.keyGroup ?? from.keyGroup,
    },
    {
      mode: wish.mode ?? from.mode ?? '0644',
      owner: wish.owner ?? from.owner,
      group: wish.group ?? from.group,
    },
  ]
}

const withoutNulls = ({ mode, owner, group }: Attributes) => ({
  mode,
  ...(owner !== null && { owner }),
  ...(group !== null && { group }),
})
