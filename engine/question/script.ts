// script: a module's own read-only script. Asked on its own; its exit code is part of the answer.
import { createHash } from 'node:crypto'
import { isContent } from '../content.ts'
import { type Script, sh, showScript } from '../script.ts'
import { reveal } from '../secret.ts'
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
  question(scriptKind, { script, reads }, identity(script))

/** Two scripts that look alike may differ in what they hide. The id is kept in memory only, and is a digest all the same. */
function identity(script: Script): string {
  if (script.parts.every((part) => typeof part === 'string')) return showScript(script)
  const hash = createHash('sha256')
  for (const part of script.parts) hash.update(`${isContent(part) ? part.sha256 : reveal(part)}\0`)
  return `${hash.digest('hex')} ${showScript(script)}`
}
