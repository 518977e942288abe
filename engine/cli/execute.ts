// From flags to a run: passwords, targets, the store, ctrl-C, the exit code.
import path from 'node:path'
import pLimit from 'p-limit'
import { fileFactCache, flushFactCache } from '../cache/fact-cache.ts'
import { connector } from '../connection/connect.ts'
import { TsplayError } from '../error.ts'
import type { Reporter } from '../event.ts'
import type { Inventory } from '../inventory/resolve-inventory.ts'
import { type FileJournal, openJournal } from '../journal/file-journal.ts'
import type { Inquiry } from '../module.ts'
import { playHosts } from '../run/play-hosts.ts'
import { type RunOutcome, run } from '../run/run.ts'
import type { RunOptions } from '../run/world.ts'
import type { Watch } from '../watch.ts'
import { askPassword } from './ask-password.ts'
import { askOnTerminal, hasTerminal, needTerminal } from './confirm.ts'
import { exitCodeOf, exitCodes } from './exit.ts'
import type { PlaybookFlags } from './flags.ts'
import { interruptible } from './interrupt.ts'
import { openStore } from './open-store.ts'
import { storeDir } from './store-dir.ts'
import { targetOf } from './target.ts'

interface Execution
  extends Pick<RunOptions, 'playbook' | 'name' | 'dir' | 'world' | 'sourceOf' | 'selection' | 'placeOf'> {
  readonly inventory: Inventory
  readonly flags: PlaybookFlags
  readonly emit: Reporter & { close?(): void; still?(on: boolean): void }
  /** What the run's journal is called; none is kept where there is no such name. */
  readonly journal?: { readonly name: string; readonly selection: string }
  readonly watch?: Watch
  /** The store is opened when a task uses it; else before any host is connected to, so that nothing is half done then. */
  readonly storeLater?: boolean
}

/** Runs and sets the process's exit code. */
export async function execute({
  inventory,
  flags,
  journal: kept,
  storeLater,
  ...rest
}: Execution): Promise<RunOutcome> {
  refuseUnreachable(rest)
  if (flags.step) needTerminal()
  const login = flags.askPass ? await askPassword('login password') : undefined
  const becomePassword = flags.askBecomePass ? await askPassword('password for becoming') : undefined
  const check = flags.check ?? false
  const store = await openStore(inventory, flags, { check, later: storeLater })
  const facts = path.join(storeDir(inventory), 'facts')
  if (flags.flushCache) await flushFactCache(facts)
  const resume = flags.resume ?? false
  const journal =
    kept && openJournal({ ...kept, dir: path.join(storeDir(inventory), 'journal'), resume, readOnly: check })
  if (resume && journal) rest.emit({ type: 'notice', message: resuming(journal) })
  const target: RunOptions['target'] = (host) => targetOf(host, flags, login)
  const { signal, interrupt, done } = interruptible()
  let complete = false
  let terminal = flags.step ? askOnTerminal(interrupt) : undefined
  const one = pLimit(1)
  const ask = (inquiry: Inquiry): Promise<string> =>
    one(async () => {
      rest.emit.still?.(true)
      terminal ??= askOnTerminal(interrupt)
      return await terminal.ask(inquiry).finally(() => rest.emit.still?.(false))
    })
  try {
    const outcome = await run({
      ...rest,
      emit: journal && !check ? withWayOn(rest.emit) : rest.emit,
      check,
      ...(flags.startAtTask !== undefined && { startAtTask: flags.startAtTask }),
      ...(terminal && { confirm: terminal.confirm }),
      ...(journal && { journal }),
      ...(hasTerminal() && { ask }),
      scripts: flags.verbose >= 3,
      verbosity: flags.verbose,
      ...(flags.diffContext !== undefined && { diffContext: flags.diffContext }),
      forks: flags.forks,
      forceHandlers: flags.forceHandlers ?? false,
      store,
      connect: connector(),
      target,
      factCache: fileFactCache({
        dir: facts,
        maxAge: flags.factCache,
        identity(host) {
          const { name, transport, address, port, user } = target(host)
          return [name, transport, address, port, user].join(' ')
        },
        warn: (message) => rest.emit({ type: 'notice', message }),
      }),
      become: {
        user: flags.become || flags.becomeUser ? (flags.becomeUser ?? 'root') : undefined,
        method: flags.becomeMethod,
        password: becomePassword,
      },
      signal,
    })
    process.exitCode = exitCodeOf(outcome, { detailed: flags.detailedExitcode ?? false })
    complete = exitCodeOf(outcome, { detailed: false }) === exitCodes.ok
    return outcome
  } finally {
    done()
    journal?.close(complete)
    terminal?.close()
    rest.emit.close?.()
  }
}

/** Says before the recap how a run that stopped can be gone on with. */
const withWayOn =
  (emit: Reporter): Reporter =>
  (event) => {
    const stopped =
      event.type === 'recap' && Object.values(event.hosts).some(({ failed, unreachable }) => failed + unreachable > 0)
    if (stopped) emit({ type: 'notice', message: 'the same command with --resume goes on where each host stopped' })
    emit(event)
  }

const resuming = ({ resumed }: FileJournal): string =>
  resumed
    ? `going on with the run of ${resumed.begun}: ${resumed.hosts} hosts had begun`
    : 'there is nothing to go on with: the last run got through, or was of other tasks'

/** What the inventory asks of a connection and tsplay does not do is said before any host is touched. */
function refuseUnreachable(options: Pick<RunOptions, 'playbook' | 'world' | 'sourceOf' | 'placeOf'>): void {
  for (const play of options.playbook.plays)
    for (const { name, unsupported } of playHosts(options, play))
      if (unsupported !== undefined)
        throw new TsplayError(`host '${name}' cannot be reached: ${unsupported}`, {
          hint: `change it in the inventory, or leave the host out: --limit 'all:!${name}'`,
        })
}
