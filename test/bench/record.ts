// What a converged run asks of each host, written down: the scripts of every bundle, for the raw script to ask again.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { loadInventory, loadPlaybook, worldOf } from '../../engine/cli/load.ts'
import { storeDir } from '../../engine/cli/store-dir.ts'
import { targetOf } from '../../engine/cli/target.ts'
import { connect } from '../../engine/connection/connect.ts'
import type { Connect, Target } from '../../engine/connection/connection.ts'
import { run } from '../../engine/run/run.ts'
import { toWire } from '../../engine/script.ts'
import { fileStore } from '../../engine/secrets/store.ts'

/** One host: how to log in, and the scripts of each round trip. */
export interface Recording {
  readonly address: string
  readonly user: string
  readonly privateKey: string
  readonly bundles: string[][]
}

/** Runs `playbook` and writes what it asked to `file`. */
export async function record(playbook: string, inventoryName: string, file: string): Promise<void> {
  const book = await loadPlaybook(playbook)
  const inventory = await loadInventory({ inventory: [inventoryName] }, { site: book.site, file: playbook })
  const hosts = new Map<string, Recording>()
  const recording: Connect = async (target, signal) => {
    const connection = await connect(target, signal)
    const host: Recording = { ...loginOf(target), bundles: [] }
    hosts.set(target.name, host)
    return {
      target,
      get roundTrips() {
        return connection.roundTrips
      },
      get broken() {
        return connection.broken
      },
      again: (signal) => connection.again(signal),
      close: () => connection.close(),
      async session(become) {
        const session = await connection.session(become)
        return {
          bundle(steps, options) {
            host.bundles.push(
              steps.map(({ script, environment = {} }) => {
                const exports = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'`)
                return [...exports, toWire(script).text].join('\n')
              }),
            )
            return session.bundle(steps, options)
          },
        }
      },
    }
  }
  const flags = { timeout: 10, forks: 50 }
  await run({
    playbook: book,
    name: playbook,
    dir: path.dirname(path.resolve(playbook)),
    world: await worldOf(inventory, {}),
    selection: {},
    check: false,
    forks: 50,
    forceHandlers: false,
    store: fileStore(storeDir(inventory), { check: false }),
    connect: recording,
    target: (host) => targetOf(host, flags, undefined),
    become: { user: undefined, method: undefined, password: undefined },
    emit: () => undefined,
    signal: new AbortController().signal,
    placeOf: () => undefined,
  })
  writeFileSync(file, JSON.stringify([...hosts.values()]))
}

const loginOf = ({ address, user, privateKeys }: Target): Omit<Recording, 'bundles'> => ({
  address,
  user,
  privateKey: readFileSync(privateKeys[0]!, 'utf8'),
})
