// The flags that commands share. Each may also stand in tsplay.config.ts or in TSPLAY_<NAME>; the command line wins.
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Passphrase } from '../secrets/passphrase.ts'

/** Flags of commands that read an inventory. */
export interface InventoryFlags {
  readonly inventory?: string[]
  readonly extraVars?: string[]
  readonly limit?: string
}

/** Flags of commands that reach hosts. */
export interface ConnectionFlags {
  readonly user?: string
  readonly privateKey?: string
  readonly askPass?: boolean
  readonly timeout: number
  readonly forks: number
  readonly become?: boolean
  readonly becomeUser?: string
  readonly becomeMethod?: 'sudo' | 'su' | 'doas'
  readonly askBecomePass?: boolean
}

/** Flags of commands that read facts. */
export interface FactFlags {
  readonly factCache?: number
  readonly flushCache?: boolean
}

/** Flags of commands that choose among tasks. */
export interface TagFlags {
  readonly tags?: string[]
  readonly skipTags?: string[]
}

/** Flags of commands that use the control side's store. */
export interface StoreFlags {
  readonly storeKey?: string
  /** Of that file, or of TSPLAY_STORE_PASSPHRASE (`store-passphrase.ts`). */
  readonly storePassphrase?: Passphrase
}

/** Flags of commands that run tasks. */
export interface RunFlags extends InventoryFlags, ConnectionFlags, FactFlags, TagFlags, StoreFlags {
  readonly check?: boolean
  readonly diff?: boolean
  readonly diffContext?: number
  readonly profile?: boolean
  readonly forceHandlers?: boolean
  readonly detailedExitcode?: boolean
  readonly output?: OutputFormat
  readonly verbose: number
  readonly color: boolean
}

/** Flags of commands that run a playbook. */
export interface PlaybookFlags extends RunFlags {
  readonly startAtTask?: string
  readonly step?: boolean
  readonly resume?: boolean
  readonly savePlan?: string
}

/** Flags of the command that applies a plan: what the plan does not say. */
export interface ApplyFlags
  extends Pick<
    PlaybookFlags,
    | 'extraVars'
    | 'askPass'
    | 'askBecomePass'
    | 'diff'
    | 'diffContext'
    | 'detailedExitcode'
    | 'output'
    | 'verbose'
    | 'profile'
    | 'color'
    | 'storeKey'
    | 'storePassphrase'
  > {}

export const outputFormats = ['pretty', 'plain', 'ndjson', 'junit'] as const
export type OutputFormat = (typeof outputFormats)[number]

export const addInventoryFlags = (command: Command): Command =>
  command
    .addOption(
      repeatable(
        '-i, --inventory <name>',
        'inventory: a name in inventories/, a path, or a list of hosts such as a,b, (repeatable)',
      ),
    )
    .addOption(named('-l, --limit <pattern>', 'only these hosts: a pattern, or @file'))
    .addOption(
      repeatable(
        '-e, --extra-vars <vars>',
        'variables that win over the inventory: k=v, JSON, YAML or @file (repeatable)',
      ),
    )

export const addConnectionFlags = (command: Command): Command =>
  command
    .addOption(named('-u, --user <name>', 'log in as this user'))
    .addOption(named('--private-key <file>', 'log in with this key'))
    .addOption(new Option('-k, --ask-pass', 'ask for the login password'))
    .addOption(named('--timeout <seconds>', 'seconds to wait for a connection').argParser(positive).default(10))
    .addOption(named('-f, --forks <n>', 'hosts that work at the same time').argParser(positive).default(50))
    .addOption(named('-b, --become', 'run tasks as root, or as --become-user'))
    .addOption(named('--become-user <name>', 'the user to become (default: root)'))
    .addOption(named('--become-method <method>', 'how to become another user').choices(['sudo', 'su', 'doas']))
    .addOption(new Option('-K, --ask-become-pass', 'ask for the password for becoming'))

export const addFactFlags = (command: Command): Command =>
  command
    .addOption(
      named('--fact-cache <seconds>', 'use facts that were read this recently, and keep those that are read').argParser(
        positive,
      ),
    )
    .addOption(new Option('--flush-cache', 'forget all facts that are kept first'))

/** Flags of the command that prints facts. */
export const addFactsFlags = (command: Command): Command =>
  addFactFlags(addConnectionFlags(addInventoryFlags(command)))
    .addOption(named('--filter <facts>', 'only these (repeatable, or separated by commas)').argParser(list))
    .addOption(named('--fact-path <folder>', 'one more folder of custom facts on the hosts'))
    .addOption(named('-o, --output <format>', 'ndjson: a line for each host; else one document').choices(outputFormats))

export const addTagFlags = (command: Command): Command =>
  command
    .addOption(
      named('-t, --tags <tags>', 'only tasks with these tags (repeatable, or separated by commas)').argParser(list),
    )
    .addOption(named('--skip-tags <tags>', 'no tasks with these tags').argParser(list))

export const addStoreFlags = (command: Command): Command =>
  command.addOption(
    named('--store-key <file>', 'a file with the passphrase that keys and secrets of the store are encrypted with'),
  )

export const addRunFlags = (command: Command): Command =>
  addStoreFlags(addTagFlags(addFactFlags(addConnectionFlags(addInventoryFlags(command)))))
    .addOption(named('-C, --check', 'dry run: say what would change, change nothing'))
    .addOption(named('-D, --diff', 'show what changes in files'))
    .addOption(
      named('--diff-context <lines>', 'lines around a change in what --diff shows (default: 3)').argParser(whole),
    )
    .addOption(named('--profile', 'name the slowest tasks and hosts at the end'))
    .addOption(named('--force-handlers', 'run the handlers of hosts that failed, too'))
    .addOption(named('--detailed-exitcode', 'exit 3 where something changed, or would with --check'))
    .addOption(
      named('-o, --output <format>', 'how to report (default: pretty on a terminal, else plain)').choices(
        outputFormats,
      ),
    )
    .addOption(
      new Option('-v, --verbose', 'say more; -vv and -vvv still more')
        .argParser((_value: unknown, previous: number) => previous + 1)
        .default(0),
    )
    .addOption(new Option('--no-color', 'no colours (also: NO_COLOR)'))

export const addPlaybookFlags = (command: Command): Command =>
  addRunFlags(command)
    // of one run only: left in an environment, it would pass over tasks that nobody meant
    .addOption(new Option('--start-at-task <name>', 'start at this task: its name, role : name, or a pattern with *'))
    .addOption(named('--step', 'ask before each task'))
    .addOption(
      new Option('--resume', 'go on where the last run of the playbook stopped on each host').conflicts('startAtTask'),
    )
    .addOption(
      new Option('--save-plan <file>', 'with --check: write what it finds to a file, for tsplay apply').conflicts(
        'resume',
      ),
    )

/** Options of a run that a plan does not hold. */
const told = ['extra-vars', 'ask-pass', 'ask-become-pass', 'diff', 'diff-context', 'detailed-exitcode'].concat([
  'output',
  'verbose',
  'profile',
  'no-color',
  'store-key',
])

export function addApplyFlags(command: Command): Command {
  for (const option of addRunFlags(new Command()).options)
    if (told.includes(option.long?.slice(2) ?? '')) command.addOption(option)
  return command
}

/** An option that may also stand in the environment. */
export function named(flags: string, description: string): Option {
  const option = new Option(flags, description)
  return option.env(`TSPLAY_${option.name().replaceAll('-', '_').toUpperCase()}`)
}

/** The same, given any number of times. */
export const repeatable = (flags: string, description: string): Option =>
  named(flags, description).argParser((text: string, previous: string[] = []) => [...previous, text])

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError(`'${text}' is not a whole number above 0.`)
  return value
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError(`'${text}' is not a whole number.`)
  return Number(text)
}

const list = (text: string, previous: string[] = []): string[] => [
  ...previous,
  ...text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
]
