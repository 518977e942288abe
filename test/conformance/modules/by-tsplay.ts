// Scenarios as one play, run by tsplay against a lab host over ssh.
import { block, endRole, role } from '../../../engine/index.ts'
import { runThere, type There } from '../../support/run-there.ts'
import type { Named } from './both.ts'
import type { Done } from './by-ansible.ts'

/** Runs all scenarios once, each as a role that a failure ends; or only says what that would do. */
export async function byTsplay(
  scenarios: readonly Named[],
  dir: string,
  login: There,
  { check = false } = {},
): Promise<Done[]> {
  const roles = scenarios.map(({ slug, dir, scenario }) =>
    role({ name: slug, tasks: () => [block(scenario.tsplay(dir), { rescue: [endRole()] })] })(),
  )
  const { tasks } = await runThere(login, roles, { dir, check })
  return tasks.map(({ role, task, status, message }) => ({ scenario: role!, task, status, message }))
}
