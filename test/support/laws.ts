// The laws that every module keeps, checked without a host on every example of its table.
import { expect } from 'vitest'
import { differences } from '../../engine/difference.ts'
import type { AnyModule } from '../../engine/module.ts'

/** The state that a change leads to: what is, with what is wished for laid over it. */
export function moved(actual: unknown, desired: unknown): unknown {
  if (desired === undefined) return actual
  if (!isRecord(desired)) return desired
  const before = isRecord(actual) ? actual : {}
  return {
    ...before,
    ...Object.fromEntries(Object.entries(desired).map(([key, value]) => [key, moved(before[key], value)])),
  }
}

/** After moving `actual` to what the module wishes for, nothing is left to do. */
export function expectSettles(module: AnyModule, input: unknown, actual: unknown): void {
  const desired = module.desired(input, actual)
  const after = moved(actual, desired) as object | null
  expect(differences(after, module.desired(input, after))).toEqual([])
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.getPrototypeOf(value) === Object.prototype &&
  (value as { kind?: string }).kind !== 'content'
