// Commands that only write down how they were called, so that a script's effect can be seen without a host.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { changeOf, differences } from '../../engine/difference.ts'
import type { AnyModule, Output } from '../../engine/module.ts'
import { type Script, sh, showScript } from '../../engine/script.ts'
import { runScript } from './local-host.ts'

/** Shells that a host may have, as far as this machine has them. */
export const shells: readonly (readonly string[])[] = [['/bin/sh'], ['bash'], ['busybox', 'ash']]

/** What a faked command does besides being recorded: shell text, `$@` are its arguments. */
export type Fakes = Readonly<Record<string, string>>

/** How a script ended, and each call as `[command, …arguments]`, in order. */
export interface FakedRun extends Output {
  readonly calls: readonly (readonly string[])[]
}

/** Runs a script with `fakes` before all other commands. */
export async function runFaked(
  script: Script,
  fakes: Fakes,
  shell: readonly string[] = ['/bin/sh'],
): Promise<FakedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-fakes-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const log = join(folder, 'log')
  writeFileSync(log, '')
  mkdirSync(join(folder, 'bin'))
  for (const [name, body] of Object.entries(fakes)) {
    const file = join(folder, 'bin', name)
    // one write for each call: several may be made at the same time
    const called = `_c=$(printf '%s\\037' ${name} "$@"; printf '\\036'); printf %s "$_c" >> ${log}; unset _c`
    writeFileSync(file, `#!/bin/sh\n${called}\n${body}\n`)
    chmodSync(file, 0o755)
  }
  const output = await runScript(
    sh`PATH=${join(folder, 'bin')}:$PATH; export PATH
${script}`,
    shell,
  )
  const calls = readFileSync(log, 'utf8')
    .split('\x1e')
    .slice(0, -1)
    .map((call) => call.split('\x1f').slice(0, -1))
  return { ...output, calls }
}

/** The script that a module applies to get from `actual` to what `params` wish for; undefined where nothing differs. */
export function scriptFor(module: AnyModule, params: unknown, actual: unknown): Script | undefined {
  const desired = module.desired(params, actual)
  const change = changeOf(actual as object | null, desired)
  return differences(actual as object | null, desired).length === 0 ? undefined : module.apply(params, change)
}

/** The same as text, secrets masked. */
export const scriptText = (module: AnyModule, params: unknown, actual: unknown): string | undefined => {
  const script = scriptFor(module, params, actual)
  return script && showScript(script)
}
