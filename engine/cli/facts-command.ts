// tsplay facts: what hosts say of themselves, as JSON.
import path from 'node:path'
import { facts } from '../../modules/facts.ts'
import { suggest, TsplayError } from '../error.ts'
import type { RunEvent } from '../event.ts'
import { type FactKey, type Facts, factKeys } from '../facts.ts'
import { callPlace } from '../load/call-place.ts'
import { play, playbook } from '../play.ts'
import { harmless } from '../report/harmless.ts'
import { ndjson } from '../report/ndjson.ts'
import { pattern } from '../site.ts'
import { task } from '../task.ts'
import { execute } from './execute.ts'
import type { ConnectionFlags, FactFlags, InventoryFlags, OutputFormat } from './flags.ts'
import { loadInventory, worldOf } from './load.ts'

export interface FactsFlags extends InventoryFlags, ConnectionFlags, FactFlags {
  readonly filter?: string[]
  readonly factPath?: string
  readonly output?: OutputFormat
}

export async function factsCommand(hosts: string, flags: FactsFlags): Promise<void> {
  const gather = flags.filter?.map(factKey)
  const inventory = await loadInventory(flags)
  const world = await worldOf(inventory, flags)
  if (world.select(pattern(hosts)).length === 0) throw new TsplayError(`'${hosts}' is no host of this inventory`)
  const printer = flags.output === 'ndjson' ? asLines : asDocument
  const { emit, found } = printer((text) => process.stdout.write(text))
  const action = facts({ ...(gather && { gather }), ...(flags.factPath !== undefined && { factPath: flags.factPath }) })
  const plays = playbook(inventory.site, [
    play({
      name: 'facts',
      hosts: pattern(hosts),
      tasks: ({ host }) => [
        task('facts', action).register(({ changed: _changed, failed: _failed, ...all }) => {
          found(host.name, all)
          return []
        }),
      ],
    }),
  ])
  await execute({
    playbook: plays,
    inventory,
    world,
    selection: {},
    name: 'facts',
    dir: path.resolve('.'),
    flags: { ...flags, verbose: 0, color: false },
    emit,
    placeOf: callPlace,
  })
}

function factKey(name: string): FactKey {
  if ((factKeys as readonly string[]).includes(name)) return name as FactKey
  throw new TsplayError(`there is no fact '${name}'`, { hint: suggest(name, factKeys) })
}

interface Printer {
  readonly emit: (event: RunEvent) => void
  readonly found: (host: string, facts: Partial<Facts>) => void
}

type Write = (text: string) => void

/** One document for all hosts, in the order of the inventory; what went wrong is told on standard error. */
function asDocument(write: Write): Printer {
  const hosts = new Map<string, Partial<Facts>>()
  let order: readonly string[] = []
  return {
    found: (host, all) => void hosts.set(host, all),
    emit(event) {
      if (event.type === 'start') order = event.hosts
      else if (event.type === 'recap') {
        const known = order.filter((host) => hosts.has(host)).map((host) => [host, hosts.get(host)])
        write(`${JSON.stringify(Object.fromEntries(known), nothing, 2)}\n`)
      } else problem(event, (text) => process.stderr.write(text))
    },
  }
}

/** A line for each host as it answers, and the recap. */
function asLines(write: Write): Printer {
  const print = ndjson(write)
  return {
    found: (host, all) => write(`${JSON.stringify({ type: 'facts', host, facts: all }, nothing)}\n`),
    emit(event) {
      if (event.type === 'task' ? bad(event.status) : ['start', 'notice', 'recap'].includes(event.type)) print(event)
    },
  }
}

const bad = (status: string): boolean => status === 'failed' || status === 'unreachable'

function problem(event: RunEvent, write: Write): void {
  if (event.type === 'notice') write(harmless(`${event.host === undefined ? '' : `${event.host}: `}${event.message}\n`))
  if (event.type === 'task' && bad(event.status))
    write(harmless(`${event.host}: ${event.status}: ${event.message}\n${event.hint ? `  hint: ${event.hint}\n` : ''}`))
}

/** A fact that a host does not have is null, and not missing. */
const nothing = (_key: string, value: unknown): unknown => (value === undefined ? null : value)
