// A program of the tests: writes one value into a store and kills itself right before its n-th change on disk.
// Arguments: folder, n, name, and the value as JSON; `null` takes it out. With n = 0 it lives, and prints how many there were.
import { existsSync } from 'node:fs'
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { secret } from '../../engine/secret.ts'
import { passphraseOf } from '../../engine/secrets/passphrase.ts'
import { fileStore } from '../../engine/secrets/store.ts'

const [dir, nth, name, json] = process.argv.slice(2) as [string, string, string, string]
let count = 0

type Call = (...given: unknown[]) => Promise<unknown>

/** `half`: what of it has happened when the power fails in its middle. */
function dangerous(call: Call, counts: (given: unknown[]) => boolean, half?: Call): Call {
  return async function (this: unknown, ...given) {
    if (counts(given) && ++count === Number(nth)) {
      await half?.apply(this, given)
      process.kill(process.pid, 'SIGKILL')
      await new Promise(() => setTimeout(() => undefined, 60_000))
    }
    return call.apply(this, given)
  }
}

const probe = await fs.open(import.meta.filename)
const handles = Object.getPrototypeOf(probe) as { writeFile: Call }
await probe.close()
const write = handles.writeFile
handles.writeFile = dangerous(
  write,
  () => true,
  function (this: unknown, text) {
    return write.call(this, String(text).slice(0, String(text).length / 2))
  },
)
const calls = fs as unknown as Record<string, Call>
for (const each of ['rename', 'link', 'writeFile']) calls[each] = dangerous(calls[each]!, () => true)
// what is there already is not made, nor what is not there removed
calls.mkdir = dangerous(calls.mkdir!, ([folder]) => !existsSync(String(folder)))
calls.rm = dangerous(calls.rm!, ([file]) => existsSync(String(file)))
calls.open = dangerous(calls.open!, ([, flags]) => flags !== undefined && flags !== 'r')
syncBuiltinESMExports()

const text = process.env.PASSPHRASE
const passphrase = text === undefined ? undefined : passphraseOf(secret(text), 'the test')
const store = fileStore(dir, { check: false, passphrase })
const value = JSON.parse(json) as Record<string, string> | null
if (value) await store.update(name, async () => value)
else await store.remove(name)
process.stdout.write(String(count))
