// What every module must do on a real shell: foretell, apply, and find nothing left to do.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { Action, Control } from '../../engine/module.ts'
import { createControl, createControlCache } from '../../engine/run/control/control.ts'
import { expectPredicts, expectSettles } from './laws.ts'
import { answersLocally, type LocalPass, runLocally } from './local-host.ts'

export interface Here {
  readonly shell?: readonly string[]
  readonly control?: Control
}

/** Applies an action that has something to do, and checks all laws on the way. */
export async function settleHere({ module, params }: Action, { shell, control }: Here = {}): Promise<LocalPass> {
  const options = { ...(shell && { shell }), ...(control && { control }) }
  const input = module.prepare ? await module.prepare(params, control as Control) : params
  const answers = await answersLocally(module.probe(input), shell)
  expectPredicts(module, input, answers)
  expectSettles(module, input, module.probe(input).read(answers))
  const first = await runLocally({ module, params }, options)
  expect(first.differences, 'it has something to do').not.toEqual([])
  expect(first.output?.code, first.output?.stderr).toBe(0)
  await expectSettled({ module, params }, options)
  return first
}

/** Finds nothing to do. */
export async function expectSettled(
  { module, params }: Pick<Action, 'module' | 'params'>,
  options: Here = {},
): Promise<void> {
  const { differences } = await runLocally({ module, params }, options)
  expect(differences).toEqual([])
}

/** A folder of the test's own. */
export function folderHere(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A control side whose sources lie in `dirs`. */
export const controlIn = (...dirs: string[]): Control =>
  createControl({
    check: false,
    host: { name: 'h1', address: '127.0.0.1' },
    store: { update: (_name, renew) => renew(undefined), read: async () => undefined },
    facts: { get: () => undefined, set: () => {} },
    dirs,
    cache: createControlCache(),
  })
