// What a certificate would be if it were made anew just as it is. Knows nothing of keys that are there, nor of who signs.
import { hostOf } from './alternative-name.ts'
import type { Certificate } from './certificate.ts'
import { formatKey, keyParam } from './key.ts'
import { subjectOf } from './subject.ts'
import { usageWords } from './usage.ts'
import type { Wish } from './wish.ts'

/**
 * The wish for another one with the subject, names, usages, constraints, kind of key and length of life of this one.
 * @throws Error that says what of it cannot be made here: it would get lost unsaid
 */
export function wishLike(certificate: Certificate): Wish {
  const { names, usages, key, authority, pathLength, notBefore, notAfter } = certificate
  const subject = subjectOf(certificate.subjectBytes)
  if (!subject) throw new Error(`its subject '${certificate.subject}' holds fields that are not made here`)
  const name = names.find((each) => each.startsWith('other:'))
  if (name !== undefined) throw new Error(`it holds a name of a kind that is not made here (${name})`)
  const usage = usages.find((each) => !(usageWords as readonly string[]).includes(each))
  if (usage !== undefined) throw new Error(`its usage ${usage} is not made here`)
  if (!keyParam.safeParse(key).success)
    throw new Error(`its key (${formatKey(key)}) is of a kind that is not made here`)
  return {
    subject,
    hosts: names.map(hostOf),
    usages,
    ...(authority && { authority: { pathLength } }),
    key,
    expiry: notAfter.getTime() - notBefore.getTime(),
    renewBefore: 0,
  }
}
