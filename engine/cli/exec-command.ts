// tsplay exec: one command on many hosts.
import path from 'node:path'
import { command } from '../../modules/command.ts'
import { shell } from '../../modules/shell.ts'
import { TsplayError } from '../error.ts'
import { callPlace } from '../load/call-place.ts'
import { play, playbook } from '../play.ts'
import { pattern } from '../site.ts'
import { task } from '../task.ts'
import { execute } from './execute.ts'
import type { RunFlags } from './flags.ts'
import { loadInventory, worldOf } from './load.ts'
import { adhocReporterOf } from './reporter.ts'

interface ExecFlags extends RunFlags {
  readonly module: string
  readonly args?: string
}

export async function execCommand(hosts: string, words: readonly string[], flags: ExecFlags): Promise<void> {
  const inventory = await loadInventory(flags)
  const world = await worldOf(inventory, flags)
  if (world.select(pattern(hosts)).length === 0) throw new TsplayError(`'${hosts}' is no host of this inventory`)
  const action = actionOf(words, flags)
  const plays = playbook(inventory.site, [
    play({ name: 'exec', hosts: pattern(hosts), tasks: () => [task('exec', action)] }),
  ])
  await execute({
    playbook: plays,
    inventory,
    world,
    selection: {},
    name: 'exec',
    dir: path.resolve('.'),
    flags,
    emit: adhocReporterOf(flags),
    placeOf: callPlace,
  })
}

function actionOf(words: readonly string[], { module, args }: ExecFlags) {
  if (module !== 'command' && module !== 'shell')
    throw new TsplayError(`exec: '${module}' cannot be run`, { hint: 'command or shell' })
  if ((args === undefined) === (words.length === 0))
    throw new TsplayError('exec: what should be run?', {
      hint: "tsplay exec all -i prod -- date, or -m shell -a 'date | wc -c'",
    })
  if (module === 'shell') return shell({ cmd: args ?? words.join(' ') })
  return command({ cmd: args ?? [...words] })
}
