// A program of the tests: another process at the same store. Prints one line of JSON, a result or an error as users see it.
import { formatError, TsplayError } from '../../engine/error.ts'
import { keepAuthority } from '../../engine/pki/authority.ts'
import { fileStore } from '../../engine/secrets/store.ts'
import type { Wish } from '../../engine/x509/wish.ts'

const [what, dir, name, text = ''] = process.argv.slice(2) as [string, string, string, string?]

/** All children of a test begin at once, whenever each of them has come up. */
async function together(): Promise<void> {
  process.stdout.write('ready\n')
  await new Promise((resolve) => process.stdin.once('data', resolve))
}

async function work(): Promise<unknown> {
  if (what === 'read') return fileStore(dir, { check: false }).read(name)
  if (what === 'list') return fileStore(dir, { check: false }).list()
  const store = fileStore(dir, { check: false })
  await together()
  if (what === 'make') {
    let made = 0
    const renew = async (present: Readonly<Record<string, string>> | undefined) => {
      if (present) return present
      made++
      return { '.pem': text, '-key.pem': text }
    }
    return { value: await store.update(name, renew), made }
  }
  if (what === 'count') {
    // whoever is overtaken is asked again, so that no number is lost
    for (let times = 0; times < 10; times++)
      await store.update(name, async (present) => ({ '.txt': String(Number(present?.['.txt'] ?? 0) + 1) }))
    return store.read(name)
  }
  const wish: Wish = {
    subject: { cn: text },
    hosts: [],
    usages: ['cert sign', 'crl sign'],
    authority: {},
    key: { algo: 'rsa', size: 2048 },
    expiry: 3_600_000,
    renewBefore: 0,
  }
  const { authority, issued } = await keepAuthority(store, { name, wish, issuer: undefined }, new Date())
  return { fingerprint: authority.certificate.fingerprint, issued }
}

const answer = await work().catch((error: unknown) => ({
  error: error instanceof TsplayError ? formatError(error) : String((error as Error).stack),
}))
process.stdout.write(`${JSON.stringify(answer ?? null)}\n`)
process.exit()
