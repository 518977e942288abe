// tsplay.config.ts: found from the working folder upwards, its flags taken where the command line and environment say nothing.
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { suggest, TsplayError } from '../error.ts'

/** Takes the project's flags for a command. @throws TsplayError for a flag that does not exist or does not fit. */
export async function applyConfig(command: Command): Promise<void> {
  takeBack(command)
  const file = findConfig(process.cwd())
  if (file === undefined) return
  const { loadConfig } = await import('./load.ts')
  const { flags } = await loadConfig(file)
  for (const [name, value] of Object.entries(checked(flags, file))) {
    const source = command.getOptionValueSource(name)
    const known = command.options.some((option) => option.attributeName() === name)
    if (known && (source === undefined || source === 'default')) {
      const taken = name === 'inventory' ? [value].flat() : name === 'storeKey' ? beside(file, String(value)) : value
      command.setOptionValueWithSource(name, taken, 'config')
    }
  }
}

/** A path in the project: tsplay may be called in any folder of it. */
const beside = (file: string, value: string): string =>
  value.startsWith('~') ? value : path.resolve(path.dirname(file), value)

/** `TSPLAY_BECOME=0` says no, and so do `false`, `no`, `off` and nothing at all; any variable would be a yes else. */
function takeBack(command: Command): void {
  for (const option of command.options) {
    const value = option.envVar === undefined ? undefined : process.env[option.envVar]
    const name = option.attributeName()
    if (!option.isBoolean() || value === undefined || command.getOptionValueSource(name) !== 'env') continue
    if (/^(?:0|false|no|off|)$/i.test(value.trim())) command.setOptionValueWithSource(name, false, 'env')
  }
}

const text = z.string().optional()
const texts = z.array(z.string()).optional()
const count = z.int().min(1).optional()
const yes = z.boolean().optional()

const schema: z.ZodObject<{ [Key in keyof Required<Config>]: z.ZodType }> = z.strictObject({
  inventory: z.union([z.string(), z.array(z.string())]).optional(),
  limit: text,
  user: text,
  privateKey: text,
  timeout: count,
  forks: count,
  factCache: count,
  become: yes,
  becomeUser: text,
  becomeMethod: z.enum(['sudo', 'su', 'doas']).optional(),
  diff: yes,
  diffContext: z.int().min(0).optional(),
  profile: yes,
  tags: texts,
  skipTags: texts,
  forceHandlers: yes,
  step: yes,
  detailedExitcode: yes,
  output: z.enum(['pretty', 'plain', 'ndjson', 'junit']).optional(),
  playbook: text,
  storeKey: text,
})

function checked(flags: unknown, file: string): Record<string, unknown> {
  const result = schema.safeParse(flags)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const place = { file: path.relative(process.cwd(), file) }
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0]!
    throw new TsplayError(`unknown flag '${key}'`, { place, hint: suggest(key, Object.keys(schema.shape)) })
  }
  throw new TsplayError(`flag '${issue?.path.join('.')}': ${issue?.message}`, { place })
}

/** The nearest one, no further up than the project's package.json. */
function findConfig(from: string): string | undefined {
  for (let dir = from; ; dir = path.dirname(dir)) {
    const file = path.join(dir, 'tsplay.config.ts')
    if (existsSync(file)) return file
    if (existsSync(path.join(dir, 'package.json')) || dir === path.dirname(dir)) return undefined
  }
}
