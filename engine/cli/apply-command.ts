// tsplay apply: does what a saved plan says, or says where a host is other than the plan knows it.
import { TsplayError } from '../error.ts'
import type { HostRecap, Reporter, RunEvent } from '../event.ts'
import { type PlanFile, readPlan } from '../saved-plan/plan-file.ts'
import { changedLists, type Drift, drifts, findings, keepTo } from '../saved-plan/planning.ts'
import { execute } from './execute.ts'
import { exitCodeOf, exitCodes } from './exit.ts'
import type { ApplyFlags, PlaybookFlags } from './flags.ts'
import { loadRun } from './load-run.ts'
import { reporterOf } from './reporter.ts'
import { journalOf, selectionOf } from './run-command.ts'
import { varsOf } from './save-plan.ts'

/** Checks again first: where a host has drifted, nothing is changed on any. */
export async function applyCommand(file: string, given: ApplyFlags): Promise<void> {
  const plan = await readPlan(file)
  const flags = { ...plan.flags, ...given } as PlaybookFlags
  await checkSurroundings(plan, flags)
  const { parts: _parts, ...loaded } = await loadRun(plan.playbooks, flags)
  const selection = selectionOf(flags, plan.roles)
  const emit = reporterOf(flags)

  const before: RunEvent[] = []
  const { watch, found } = findings(plan.salt)
  const checked = await execute({
    ...loaded,
    selection,
    flags: { ...flags, check: true, detailedExitcode: false },
    emit: (event) => void before.push(event),
    watch,
  })
  if (exitCodeOf(checked, { detailed: false }) !== exitCodes.ok) return tell(before, emit)
  const hosts = changedLists(plan, found())
  if (hosts.length > 0)
    throw new TsplayError(`the tasks of ${[...new Set(hosts)].join(', ')} are others than those of the plan`, {
      hint: 'the playbook or the inventory has changed since: make the plan anew',
    })
  const drifted = drifts(plan, found())
  if (drifted.length > 0) return refuse(loaded.name, drifted, emit)

  const journal = journalOf(plan.playbooks, selection)
  await execute({ ...loaded, selection, flags, emit, journal, watch: keepTo(plan) })
}

async function checkSurroundings({ folder, extraVars, salt }: PlanFile, flags: PlaybookFlags): Promise<void> {
  if (process.cwd() !== folder)
    throw new TsplayError('the plan was made in another folder', { hint: `its paths are relative to ${folder}` })
  const { names, digest } = await varsOf(flags, salt)
  if (digest === extraVars.digest) return
  const same = names.join() === extraVars.names.join()
  throw new TsplayError(
    same ? 'a variable has another value than in the plan' : 'the plan was made with other variables',
    {
      hint: extraVars.names.length === 0 ? 'it was made without -e' : `give -e as then: ${extraVars.names.join(', ')}`,
    },
  )
}

/** A check that failed is told as it was. */
function tell(events: readonly RunEvent[], emit: Reporter & { close?(): void }): void {
  for (const event of events) emit(event)
  emit.close?.()
}

function refuse(name: string, drifted: readonly Drift[], emit: Reporter & { close?(): void }): void {
  const hosts = [...new Set(drifted.map(({ host }) => host))]
  const recap = Object.fromEntries(
    hosts.map((host): [string, HostRecap] => [
      host,
      { ...nothing, failed: drifted.filter((one) => one.host === host).length },
    ]),
  )
  tell(
    [
      { type: 'start', playbook: name, check: false, hosts },
      ...drifted.map(
        (drift): RunEvent => ({ type: 'task', ...drift, status: 'failed', changed: false, durationMs: 0 }),
      ),
      { type: 'notice', message: 'nothing was changed on any host: they are other than the plan knows them' },
      { type: 'recap', hosts: recap, durationMs: 0 },
    ],
    emit,
  )
  process.exitCode = exitCodes.failed
}

const nothing: HostRecap = {
  ok: 0,
  changed: 0,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
  roundTrips: 0,
}
