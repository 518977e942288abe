// script: a module's own read-only script. Asked on its own; its exit code is part of the answer.
import { type Script, sh, showScript } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

/** What a module's script printed. */
export interface ScriptAnswer {
  readonly code: number
  readonly stdout: string
}

interface Key {
  readonly script: Script
  readonly reads: readonly string[] | undefined
}

export const scriptKind: QuestionKind<Key, ScriptAnswer> = {
  name: 'script',
  // The runner asks each key of this kind in a step of its own. The exit code ends the output, as that of the step must
  // be 0: a question that finds nothing is no failure of the bundle it travels in.
  script: (keys) => sh`(
${sh.join(keys.map((key) => key.script))}
)
printf '\n%s' "$?"`,
  parse(output, keys) {
    const text = decode(output)
    const end = text.lastIndexOf('\n')
    return keys.map(() => ({ code: Number(text.slice(end + 1)), stdout: text.slice(0, end) }))
  },
  reads: (key) => key.reads,
}

export const scriptQuestion = (script: Script, reads?: readonly string[]) =>
  question(scriptKind, { script, reads }, showScript(script))
