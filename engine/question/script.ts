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
  // Several in one step would share an exit code; the runner asks each key of this kind in a step of its own.
  script: (keys) => sh.join(keys.map((key) => key.script)),
  parse: (output, keys, code) => keys.map(() => ({ code, stdout: decode(output) })),
  reads: (key) => key.reads,
}

export const scriptQuestion = (script: Script, reads?: readonly string[]) =>
  question(scriptKind, { script, reads }, showScript(script))
