// All examples of modules that the laws are tried on, by module.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import type { Action, AnyModule } from '../../engine/module.ts'
import * as modules from '../../modules/index.ts'

/** A module with its examples. */
export interface Exampled {
  /** As playbooks call it. */
  readonly name: string
  readonly module: AnyModule
  readonly examples: readonly Action[]
}

export async function exampledModules(): Promise<readonly Exampled[]> {
  const folder = path.join(import.meta.dirname, 'examples')
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'))
  const lists = await Promise.all(
    files.map((file) => import(path.join(folder, file)) as Promise<{ default: Action[] }>),
  )
  const examples = lists.flatMap((list) => list.default)
  return Object.entries(modules).flatMap(([name, value]) => {
    const module = moduleOf(value)
    return module ? [{ name, module, examples: examples.filter((example) => example.module === module) }] : []
  })
}

/** Names of the parameters in a schema; a union has those of all its options. */
export function parametersOf(schema: unknown): readonly string[] {
  const { shape, options, in: input } = schema as { shape?: object; options?: unknown[]; in?: unknown }
  if (shape) return Object.keys(shape)
  if (Array.isArray(options)) return [...new Set(options.flatMap(parametersOf))]
  return input ? parametersOf(input) : []
}

const moduleOf = (value: unknown): AnyModule | undefined =>
  typeof value === 'function' ? (value as { module?: AnyModule }).module : undefined
