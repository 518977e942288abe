// Asks on the terminal: before each task, for --step, and what a task wants to know. Decides nothing.
import { spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { TsplayError } from '../error.ts'
import type { Inquiry } from '../module.ts'
import { harmless } from '../report/harmless.ts'
import type { Answer, Confirm, TaskQuestion } from '../run/stepping.ts'

/** Whether somebody can be asked. */
export const hasTerminal = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true

/** @throws TsplayError where nobody can be asked. */
export function needTerminal(): void {
  if (hasTerminal()) return
  throw new TsplayError('--step asks before each task, and there is no terminal to ask on', {
    hint: 'run tsplay in a terminal, without redirecting its input or standard error; --check shows what a run would do',
  })
}

/** Somebody at a terminal. */
interface Terminal {
  readonly confirm: Confirm
  /** One line of answer. */
  ask(inquiry: Pick<Inquiry, 'question' | 'echo'>): Promise<string>
  close(): void
}

/** Questions on standard error, one line of answer each. The end of the input (ctrl-D) is an interrupt. */
export function askOnTerminal(interrupt: () => void): Terminal {
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

  async function answerTo(question: string): Promise<string> {
    process.stderr.write(question)
    const line = await answer()
    if (line !== undefined) return line
    if (!closed) interrupt()
    throw new TsplayError('interrupted', { kind: 'interrupted' })
  }

  return {
    async ask({ question, echo }) {
      const text = harmless(`${question}${/\s$/.test(question) ? '' : ' '}`)
      if (echo) return answerTo(text)
      showTyping(false)
      try {
        return await answerTo(text)
      } finally {
        showTyping(true)
        process.stderr.write('\n')
      }
    },
    async confirm(task) {
      for (;;) {
        const line = await answerTo(questionFor(task))
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

/** The terminal itself shows what is typed. @throws TsplayError where it cannot be kept from that. */
function showTyping(shown: boolean): void {
  const { status } = spawnSync('stty', [shown ? 'echo' : '-echo'], { stdio: ['inherit', 'ignore', 'ignore'] })
  if (status !== 0 && !shown)
    throw new TsplayError('stty cannot keep the terminal from showing what is typed', { kind: 'task' })
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
