// tsplay exec: one module or command on many hosts.
import path from 'node:path'
import { TsplayError } from '../error.ts'
import { callPlace } from '../load/call-place.ts'
import { play, playbook } from '../play.ts'
import { pattern } from '../site.ts'
import { task } from '../task.ts'
import { actionOf } from './adhoc/action.ts'
import { execute } from './execute.ts'
import { factsCommand } from './facts-command.ts'
import type { RunFlags } from './flags.ts'
import { loadInventory, worldOf } from './load.ts'
import { adhocReporterOf } from './reporter.ts'

interface ExecFlags extends RunFlags {
  readonly module: string
  readonly args?: string
}

export async function execCommand(hosts: string, words: readonly string[], flags: ExecFlags): Promise<void> {
  const action = actionOf({ module: flags.module, args: flags.args, words })
  // an event of a task carries no facts; the command that shows them is the same play
  if (action.module.name === 'facts') {
    const { gather, factPath } = action.params as { gather?: string[]; factPath?: string }
    return factsCommand(hosts, { ...flags, ...(gather && { filter: gather }), ...(factPath && { factPath }) })
  }
  const inventory = await loadInventory(flags)
  const world = await worldOf(inventory, flags)
  if (world.select(pattern(hosts)).length === 0) throw new TsplayError(`'${hosts}' is no host of this inventory`)
  const plays = playbook(inventory.site, [
    play({ name: 'exec', hosts: pattern(hosts), tasks: () => [task(action.module.name, action)] }),
  ])
  await execute({
    playbook: plays,
    inventory,
    world,
    selection: {},
    name: 'exec',
    dir: path.resolve('.'),
    flags,
    // one task, prepared before the first connection: what does not use the store needs no passphrase
    storeLater: true,
    emit: adhocReporterOf(flags),
    placeOf: callPlace,
  })
}
