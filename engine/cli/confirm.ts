// Asks on the terminal before each task, for --step. Decides nothing.
import { createInterface } from 'node:readline'
import { TsplayError } from '../error.ts'
import { harmless } from '../report/harmless.ts'
import type { Answer, Confirm, TaskQuestion } from '../run/stepping.ts'

/** @throws TsplayError where nobody can be asked. */
export function needTerminal(): void {
  if (process.stdin.isTTY && process.stderr.isTTY) return
  throw new TsplayError('--step asks before each task, and there is no terminal to ask on', {
    hint: 'run tsplay in a terminal, without redirecting its input or standard error; --check shows what a run would do',
  })
}

/** Questions on standard error, one line of answer each. The end of the input (ctrl-D) is an interrupt. */
export function askOnTerminal(interrupt: () => void): { readonly confirm: Confirm; close(): void } {
  // the terminal itself edits the line, so that ctrl-C stays a signal
  const input = createInterface({ input: process.stdin, terminal: false })
  const lines: string[] = []
  let [ended, closed] = [false, false]
  let heard: (() => void) | undefined
  const tell = (): void => heard?.()
  input.on('line', (line) => {
    lines.push(line)
    tell()
  })
  input.on('close', () => {
    ended = true
    tell()
  })

  async function answer(): Promise<string | undefined> {
    while (lines.length === 0 && !ended) {
      await new Promise<void>((resolve) => {
        heard = resolve
      })
    }
    return lines.shift()
  }

  return {
    async confirm(task) {
      for (;;) {
        process.stderr.write(questionFor(task))
        const line = await answer()
        if (line === undefined) {
          if (!closed) interrupt()
          throw new TsplayError('interrupted', { kind: 'interrupted' })
        }
        const meant = meaning(line)
        if (meant) return meant
        process.stderr.write('y runs the task, n or nothing skips it, c runs it and all others without asking\n')
      }
    },
    close() {
      closed = true
      input.close()
    },
  }
}

/** Hosts that are named; more are counted. */
const named = 5

const questionFor = ({ task, role, handler, hosts }: TaskQuestion): string => {
  const more = hosts.length > named ? ` and ${hosts.length - named} more` : ''
  const what = `${handler ? 'handler ' : 'task '}'${role === null ? '' : `${role} : `}${task}'`
  return harmless(`run ${what} on ${hosts.slice(0, named).join(', ')}${more}? (N)o/(y)es/(c)ontinue: `)
}

function meaning(line: string): Answer | undefined {
  const word = line.trim().toLowerCase()
  const answers = { '': 'no', n: 'no', no: 'no', y: 'yes', yes: 'yes', c: 'continue', continue: 'continue' } as const
  return Object.hasOwn(answers, word) ? answers[word as keyof typeof answers] : undefined
}
