// One real host for module tests: a lab of its own, a shell on it, and what a module does there. Checks the laws on the way.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { connect } from '../../engine/connection/connect.ts'
import type { Connection, Session } from '../../engine/connection/connection.ts'
import { changeOf, type Difference, differences } from '../../engine/difference.ts'
import { type LabSpec, labConnection, labDown, labUp } from '../../engine/lab/lab.ts'
import type { Action, AnyModule, Change, Control, Output } from '../../engine/module.ts'
import type { Question } from '../../engine/question/question.ts'
import { asking } from '../../engine/run/ask.ts'
import { createControl, createControlCache } from '../../engine/run/control/control.ts'
import { overlay } from '../../engine/run/overlay.ts'
import type { Script } from '../../engine/script.ts'
import { fileStore } from '../../engine/secrets/store.ts'

/** What one pass over the host did: the properties that differed, what the module would register, and the script's output. */
export interface Pass {
  readonly changed: readonly string[]
  readonly output: Output | undefined
  readonly result: object
}

/** The host, once the tests run. */
export interface OneHost {
  /** A folder of the control side, in which relative sources are looked up. */
  readonly folder: string
  /** Runs a script on the host, as root. */
  run(script: Script): Promise<Output>
  /**
   * Applies an action where it differs. Afterwards nothing may be left to do, neither on the host nor in what a dry run
   * would have foretold; `settles: false` for what always does something (a restart).
   */
  converge(action: Action, options?: { settles?: boolean }): Promise<Pass>
}

type Answer = <T>(question: Question<T>) => T

/** Boots the lab before the tests of this file and ends it behind them; `lacks` as `machineLacks()` says it: then nothing happens. */
export function oneHost(spec: LabSpec, lacks: string | undefined): OneHost {
  const folder = mkdtempSync(path.join(tmpdir(), `tsplay-${spec.name}-`))
  const control: Control = createControl({
    check: false,
    host: { name: spec.hosts[0]!.name, address: spec.hosts[0]!.address },
    store: fileStore(path.join(folder, 'store'), { check: false }),
    facts: { get: () => undefined, set: () => {} },
    dirs: [folder],
    cache: createControlCache(),
  })
  let connection: Connection
  let session: Session

  beforeAll(async () => {
    if (lacks !== undefined) return
    await labDown(spec) // of a test run that was killed
    await labUp(spec)
    const { user, privateKeys, knownHosts, hostKeys } = labConnection(spec.name)
    const [{ name, address }] = spec.hosts as [LabSpec['hosts'][number]]
    connection = await connect({
      ...{ name, transport: 'ssh', address, port: 22, user, privateKeys, knownHosts, hostKeys, connectTimeout: 30 },
    })
    session = await connection.session()
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    if (lacks !== undefined) return
    await connection?.close()
    await labDown(spec)
  })

  const run = async (script: Script): Promise<Output> => {
    const [output] = await session.bundle([{ script }])
    return { code: output!.code, stdout: text(output!.stdout).trim(), stderr: text(output!.stderr).trim() }
  }
  const ask = async (module: AnyModule, input: unknown): Promise<Answer> => {
    const plan = asking(module.probe(input).questions)
    const answers = plan.read(await session.bundle(plan.steps))
    return <T>(question: Question<T>) => {
      const answer = answers.get(question.id)
      if (answer instanceof Error) throw answer
      return answer as T
    }
  }

  return {
    folder,
    run,
    async converge({ module, params }, options = {}) {
      const input = module.prepare ? await module.prepare(params, control) : params
      const look = (answer: Answer): { found: Difference[]; change: Change<object | null> } => {
        const actual = module.probe(input).read(answer)
        const desired = module.desired(input, actual)
        return { found: differences(actual, desired), change: changeOf(actual, desired) }
      }
      const answers = await ask(module, input)
      const before = look(answers)
      const changed = before.found.map(({ property }) => property)
      const result = (output?: Output): object => module.result?.(input, before.change.from, output) ?? {}
      if (changed.length === 0) return { changed, output: undefined, result: result() }
      const output = await run(module.apply(input, before.change))
      if (output.code === 0 && options.settles !== false) {
        expect(look(await ask(module, input)).found).toEqual([])
        const planned = overlay()
        planned.add('it', module.predict?.(input, before.change) ?? [])
        expect(look((question) => planned.answer(question, answers(question))).found).toEqual([])
      }
      return { changed, output, result: result(output) }
    },
  }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
