// The authority that is to replace another: the same in all but its key. Writes nothing.
import { TsplayError } from '../error.ts'
import type { Certificate } from '../x509/certificate.ts'
import { createKey, keyPem } from '../x509/key.ts'
import { issueWish, type Wish } from '../x509/wish.ts'
import { wishLike } from '../x509/wish-like.ts'
import { type Authority, defaultKey, findAuthority, pemOf, signingKey } from './authority.ts'
import { issuerIn, type ListedStore, storedCertificates } from './contents.ts'

/** Says first whether it can be made; what it returns makes it, with a key of its own. @throws TsplayError where it cannot */
export async function planSuccessor(
  store: ListedStore,
  before: Authority,
  now: Date,
): Promise<() => Promise<Readonly<Record<string, string>>>> {
  const { name, certificate } = before
  signingKey(before) // somebody else's is replaced by somebody else
  const wish = successorWish(name, certificate)
  const issuer = certificate.issuer === certificate.subject ? undefined : await issuerOf(store, name, certificate, now)
  return async () => {
    const key = await createKey(wish.key ?? defaultKey)
    const signer = issuer ? { key: signingKey(issuer), certificate: issuer.certificate } : { key }
    return { '.pem': issueWish(wish, key, signer, now) + pemOf(issuer?.chain ?? []), '-key.pem': keyPem(key) }
  }
}

function successorWish(name: string, certificate: Certificate): Wish {
  try {
    return wishLike(certificate)
  } catch (error) {
    throw new TsplayError(`the CA '${name}' cannot be replaced here: ${(error as Error).message}`, {
      hint: 'make one of another name, and let the playbook go over to it',
    })
  }
}

async function issuerOf(store: ListedStore, name: string, certificate: Certificate, now: Date): Promise<Authority> {
  const authorities = (await storedCertificates(store)).filter(({ role }) => role === 'ca')
  const found = issuerIn(authorities, certificate)
  if (!found)
    throw new TsplayError(`the CA '${name}' was signed by '${certificate.issuer}', which is no CA of the store`, {
      hint: 'where that one was replaced just now, let the playbook run first: it has this one signed anew',
    })
  const issuer = await findAuthority(store, found.ca, now)
  signingKey(issuer)
  return issuer
}
