// Runs a module's probe and apply on this machine with a plain shell: what a host would do, without a connection.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { changeOf, type Difference, differences } from '../../engine/difference.ts'
import type { AnyModule, Control, Output } from '../../engine/module.ts'
import type { Answers, Probe } from '../../engine/probe.ts'
import type { Question } from '../../engine/question/question.ts'
import { asking } from '../../engine/run/ask.ts'
import { readContent, type Script, toWire } from '../../engine/script.ts'

/** Runs a script in `shell` (`['/bin/sh']` by default, `['busybox', 'ash']`, …), contents on its input. */
export async function runScript(
  script: Script,
  shell: readonly string[] = ['/bin/sh'],
): Promise<Output & { raw: Buffer }> {
  const { text, contents } = toWire(script)
  const input: Uint8Array[] = []
  for (const content of contents) for await (const chunk of content.stream()) input.push(chunk)
  // read by `.` and not given as an argument: those are limited to 128 KiB
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-script-'))
  writeFileSync(join(folder, 'script'), scriptFile(text))
  const [file, ...args] = [...shell, '-c', '. "$0"', join(folder, 'script')]
  const result = spawnSync(file!, args, { input: Buffer.concat(input), maxBuffer: 1 << 28 })
  rmSync(folder, { recursive: true })
  return {
    code: result.status ?? 255,
    stdout: result.stdout.toString(),
    stderr: result.stderr.toString(),
    raw: result.stdout,
  }
}

/** A script's text as a file that a plain shell reads, with the contents on its input. */
export const scriptFile = (text: string): string => `exec 3<&0 </dev/null; ${reader}\n${text}`

// dd takes no more than it should, where busybox head reads ahead
const reader = `${readContent}() { [ "$1" -eq 0 ] || dd bs="$1" count=1 iflag=fullblock status=none <&3; }`

/** Asks a probe of this machine. */
export async function askLocally<T>(probe: Probe<T>, shell?: readonly string[]): Promise<T> {
  return probe.read(await answersLocally(probe, shell))
}

/** The answers that this machine gives to a probe's questions. */
export async function answersLocally(probe: Probe<unknown>, shell?: readonly string[]): Promise<Answers> {
  const plan = asking(probe.questions)
  const outputs = []
  for (const step of plan.steps) {
    const { code, raw, stderr } = await runScript(step.script, shell)
    outputs.push({ code, stdout: raw, stderr: Buffer.from(stderr), durationMs: 0, timedOut: false })
  }
  const answers = plan.read(outputs)
  return <A>(question: Question<A>) => {
    const answer = answers.get(question.id)
    if (answer instanceof Error) throw answer
    return answer as A
  }
}

/** What one pass of a module over this machine did. */
export interface LocalPass {
  readonly differences: readonly Difference[]
  readonly output: Output | undefined
}

/** Probes, compares and (unless `check`) applies, as the engine does for one task. */
export async function runLocally(
  { module, params }: { module: AnyModule; params: unknown },
  options: { check?: boolean; control?: Partial<Control>; shell?: readonly string[] } = {},
): Promise<LocalPass> {
  const input = module.prepare ? await module.prepare(params, options.control as Control) : params
  const actual = (await askLocally(module.probe(input), options.shell)) as object | null
  const desired = module.desired(input, actual)
  const found = differences(actual, desired, module.subject?.(params) ?? '')
  if (found.length === 0 || options.check) return { differences: found, output: undefined }
  return { differences: found, output: await runScript(module.apply(input, changeOf(actual, desired)), options.shell) }
}
