// The certificates of the store that a command names.
import { suggest, TsplayError } from '../../error.ts'
import type { StoredCertificate } from '../../pki/contents.ts'

/** In the order in which they are named, each once. @throws TsplayError for a name that there is not */
export function findStored(all: readonly StoredCertificate[], names: readonly string[]): StoredCertificate[] {
  const found = names.map((given) => {
    // as the store's folder has it
    const name = given.replace(/^pki\//, '').replace(/(-key)?\.pem$/, '')
    const one = all.find((each) => each.name === name)
    if (one) return one
    throw new TsplayError(`there is no certificate '${given}' in the store`, {
      hint: suggest(
        name,
        all.map((each) => each.name),
      ),
    })
  })
  return [...new Set(found)]
}
