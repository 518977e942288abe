// A check whose findings become a file.
import type { RunOutcome } from '../run/run.ts'
import { digestOf, newSalt, type PlanFile, writePlan } from '../saved-plan/plan-file.ts'
import { findings } from '../saved-plan/planning.ts'
import type { Watch } from '../watch.ts'
import { exitCodeOf, exitCodes } from './exit.ts'
import { extraVars } from './extra-vars.ts'
import type { PlaybookFlags } from './flags.ts'
import { version } from './version.ts'

/** Flags that say what is run and how hosts are reached; those that only tell about it are given again. */
const kept = [
  'inventory',
  'limit',
  'tags',
  'skipTags',
  'startAtTask',
  'user',
  'privateKey',
  'timeout',
  'forks',
  'become',
  'becomeUser',
  'becomeMethod',
  'forceHandlers',
] as const satisfies readonly (keyof PlaybookFlags)[]

interface Request {
  readonly files: readonly string[]
  readonly flags: PlaybookFlags
  readonly roles?: readonly string[]
}

/** Checks, and writes the plan where the check has not failed. What it says goes to standard error. */
export async function savePlan(
  file: string,
  { files, flags, roles }: Request,
  check: (watch: Watch) => Promise<RunOutcome>,
): Promise<void> {
  const salt = newSalt()
  const { watch, found } = findings(salt)
  const outcome = await check(watch)
  if (exitCodeOf(outcome, { detailed: false }) !== exitCodes.ok) {
    process.stderr.write('no plan is saved: the check did not get through\n')
    return
  }
  const plan: Omit<PlanFile, 'digest'> = {
    tsplayPlan: 1,
    version: version(),
    made: new Date().toISOString(),
    folder: process.cwd(),
    salt,
    playbooks: [...files],
    ...(roles && { roles: [...roles] }),
    flags: Object.fromEntries(kept.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]]))),
    extraVars: await varsOf(flags, salt),
    ...found(),
  }
  await writePlan(file, plan)
  process.stderr.write(`${summary(plan)}: ${file}\n`)
}

/** What is known of the variables of the command line. */
export async function varsOf(
  { extraVars: given = [] }: Pick<PlaybookFlags, 'extraVars'>,
  salt: string,
): Promise<PlanFile['extraVars']> {
  const vars = await extraVars(given)
  const names = Object.keys(vars).sort()
  return { names, digest: digestOf(salt, JSON.stringify(names.map((name) => [name, vars[name]]))) }
}

function summary({ tasks, open }: Pick<PlanFile, 'tasks' | 'open'>): string {
  const hosts = new Set(tasks.map(({ host }) => host)).size
  const unknown = tasks.filter(({ fingerprint }) => fingerprint === null).length + open.length
  const sure = `a plan of ${count(tasks.length, 'task')} on ${count(hosts, 'host')}`
  return unknown > 0 ? `${sure}, ${unknown} of which only the run can know` : sure
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`
