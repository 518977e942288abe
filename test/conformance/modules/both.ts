// All scenarios of an image through both tools, on two hosts that are alike: what each task did, and what is left on the hosts.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { connect } from '../../../engine/connection/connect.ts'
import type { Session } from '../../../engine/connection/connection.ts'
import { type LabSpec, labDown, labUp } from '../../../engine/lab/lab.ts'
import { sh } from '../../../engine/script.ts'
import { byAnsible, type Done } from './by-ansible.ts'
import { byTsplay } from './by-tsplay.ts'
import { type hostsFor, loginTo } from './hosts.ts'
import { leftBehind } from './left-behind.ts'
import type { ModuleScenario } from './scenario.ts'

/** A scenario with a name that can be a folder's. */
export interface Named {
  readonly slug: string
  /** Scenarios of a group are foretold together, as what one plans may keep the next one's fate open. */
  readonly group: string
  readonly dir: string
  readonly scenario: ModuleScenario
}

/** What came of a scenario. */
export interface Outcome {
  readonly theirs: { readonly runs: readonly (readonly Done[])[]; readonly left: string }
  readonly ours: { readonly check: readonly Done[]; readonly runs: readonly (readonly Done[])[]; readonly left: string }
}

/** @throws Error where a host cannot be prepared, naming the scenario. */
export async function runBoth(
  scenarios: readonly Named[],
  { lab, theirs, ours }: ReturnType<typeof hostsFor>,
  root: string,
): Promise<Map<string, Outcome>> {
  for (const { scenario } of scenarios)
    for (const [name, text] of Object.entries(scenario.sources ?? {})) {
      const file = path.join(root, 'files', name)
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  await labDown(lab) // of a test run that was killed
  await labUp(lab)
  try {
    const [their, our] = await Promise.all([
      onHost(lab, theirs, scenarios, async () => {
        const login = loginTo(lab, theirs)
        return { runs: [await byAnsible(scenarios, root, login), await byAnsible(scenarios, root, login)] }
      }),
      onHost(lab, ours, scenarios, async () => {
        const login = loginTo(lab, ours)
        const check: Done[] = []
        for (const group of new Set(scenarios.map(({ group }) => group))) {
          const own = scenarios.filter((scenario) => scenario.group === group)
          check.push(...(await byTsplay(own, root, login, { check: true })))
        }
        return { check, runs: [await byTsplay(scenarios, root, login), await byTsplay(scenarios, root, login)] }
      }),
    ])
    const only = (done: readonly Done[], slug: string): Done[] => done.filter(({ scenario }) => scenario === slug)
    return new Map(
      scenarios.map(({ slug }) => [
        slug,
        {
          theirs: { runs: their.runs.map((each) => only(each, slug)), left: their.left.get(slug)! },
          ours: {
            check: only(our.check, slug),
            runs: our.runs.map((each) => only(each, slug)),
            left: our.left.get(slug)!,
          },
        },
      ]),
    )
  } finally {
    await labDown(lab)
  }
}

/** Prepares the host, lets `work` do its part, and looks at what is left. */
async function onHost<T>(
  lab: LabSpec,
  address: string,
  scenarios: readonly Named[],
  work: () => Promise<T>,
): Promise<T & { left: Map<string, string> }> {
  const { user, privateKeys, knownHosts, hostKeys } = loginTo(lab, address)
  const connection = await connect({
    ...{ name: address, transport: 'ssh', address, port: 22, user, privateKeys, knownHosts, hostKeys },
    connectTimeout: 30,
  })
  try {
    const session = await connection.session()
    await prepare(session, scenarios)
    const done = await work()
    return { ...done, left: await leftBehind(session, scenarios) }
  } finally {
    await connection.close()
  }
}

async function prepare(session: Session, scenarios: readonly Named[]): Promise<void> {
  const outputs = await session.bundle(
    scenarios.map(({ dir, scenario }) => ({
      script: sh`set -e; mkdir -p ${dir}; cd ${dir}; umask 022
${sh.raw(scenario.given ?? ':')}`,
    })),
  )
  for (const [index, output] of outputs.entries())
    if (output!.code !== 0)
      throw new Error(`'${scenarios[index]!.scenario.name}' cannot begin: ${new TextDecoder().decode(output!.stderr)}`)
}
