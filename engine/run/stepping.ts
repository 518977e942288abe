// Task by task: one question before each, whose answer holds for every host of the batch. Knows no terminal.
import type { HostContext } from './host-context.ts'
import type { Stop, TaskNode } from './nodes.ts'

/** A task that somebody is asked about. */
export interface TaskQuestion {
  readonly play: string
  readonly role: string | null
  readonly task: string
  readonly module: string
  /** True where a handler would run it. */
  readonly handler: boolean
  /** The hosts that wait for the answer; it holds for others that come to the task later. */
  readonly hosts: readonly string[]
}

/** `no` skips the task, `continue` runs it and asks no more. */
export type Answer = 'yes' | 'no' | 'continue'

/** Asks. A rejection ends the run. */
export type Confirm = (task: TaskQuestion) => Promise<Answer>

/** The questions of a run. */
export interface Stepping {
  /** A batch of hosts is asked about anew. */
  batch(play: string): StepBatch
}

/** The hosts that go through a list together. */
export interface StepBatch {
  /**
   * A host takes part. The next question comes when every host that takes part has come to one, so what a task has done
   * everywhere can be read before the next is answered.
   */
  join(context: HostContext, handler?: string): StepHost
}

/** One host that takes part. */
export interface StepHost {
  /** What to do about the first of `upcoming`, when it is clear; undefined: nobody is asked any more. */
  next(upcoming: Iterable<Stop>): Promise<'run' | 'skip' | undefined>
  /** What comes later may be asked about on the host: nobody does anything there between two answers. */
  readonly looksAhead: boolean
  /** Nobody waits for the host while it waits for others. */
  away<T>(wait: () => Promise<T>): Promise<T>
  leave(): void
}

interface Waiting {
  readonly host: HostContext
  readonly handler: string | undefined
  readonly node: TaskNode
  readonly key: string
  /** What the host comes to later. */
  readonly later: ReadonlySet<string>
  readonly go: () => void
  readonly stop: (reason: unknown) => void
}

/** Nobody is asked, but hosts go task by task: `strategy: 'linear'`. */
export const createLockstep = (signal: AbortSignal): Stepping => stepping(async () => 'yes', signal, true)

/** Ansible asks so, too; there, `continue` lasts until the end of the play only. */
export const createStepping = (confirm: Confirm, signal: AbortSignal): Stepping => stepping(confirm, signal, false)

function stepping(confirm: Confirm, signal: AbortSignal, looksAhead: boolean): Stepping {
  let free = false
  return {
    batch(play) {
      const order: HostContext[] = []
      const members = new Set<StepHost>()
      const waiting = new Set<Waiting>()
      const answers = new Map<string, 'run' | 'skip'>()
      let asking = false

      const release = (which: (each: Waiting) => boolean, how: (each: Waiting) => void): void => {
        for (const each of [...waiting].filter(which)) {
          waiting.delete(each)
          how(each)
        }
      }
      const stop = (reason: unknown): void =>
        release(
          () => true,
          (each) => each.stop(reason),
        )
      signal.addEventListener('abort', () => stop(signal.reason), { once: true })

      const look = async (): Promise<void> => {
        if (asking || waiting.size === 0 || waiting.size < members.size) return
        asking = true
        const turn = turnOf([...waiting].sort((a, b) => order.indexOf(a.host) - order.indexOf(b.host)))
        try {
          const answer = await confirm(questionOf(play, turn))
          if (answer === 'continue') free = true
          else answers.set(turn[0]!.key, answer === 'yes' ? 'run' : 'skip')
          asking = false
          release(
            ({ key }) => free || answers.has(key),
            ({ go }) => go(),
          )
        } catch (error) {
          asking = false
          stop(error)
        }
      }
      // hosts that begin at the same moment are asked about together
      const soon = (): void => void setImmediate(look)

      const wait = (each: Omit<Waiting, 'go' | 'stop'>): Promise<void> =>
        new Promise((go, stopped) => {
          if (signal.aborted) return stopped(signal.reason)
          waiting.add({ ...each, go, stop: stopped })
          soon()
        })

      return {
        join(host, handler = '') {
          const keyOf = (stop: Stop): string => `${handler}\0${stop.key}`
          const member: StepHost = {
            looksAhead,
            async next(upcoming) {
              if (free) return undefined
              const [node, ...rest] = upcoming
              if (node?.kind !== 'task') return undefined
              // what its condition excludes is skipped anyway
              if (node.options.when === false) return 'run'
              const key = keyOf(node)
              if (!answers.has(key)) {
                host.doing = looksAhead ? `waiting for the others` : `waiting for an answer about '${node.name}'`
                await wait({
                  host,
                  handler: handler === '' ? undefined : handler,
                  node,
                  key,
                  later: new Set(rest.map(keyOf)),
                })
              }
              return answers.get(key)
            },
            async away(waiting) {
              members.delete(member)
              soon()
              try {
                return await waiting()
              } finally {
                members.add(member)
              }
            },
            leave() {
              members.delete(member)
              soon()
            },
          }
          members.add(member)
          if (!order.includes(host)) order.push(host)
          return member
        },
      }
    },
  }
}

/** Who waits for the task that comes next: one that no other host has still before it where lists differ. */
function turnOf(waiting: readonly Waiting[]): Waiting[] {
  const isLater = (key: string): boolean => waiting.some((each) => each.key !== key && each.later.has(key))
  const { key } = waiting.find((each) => !isLater(each.key)) ?? waiting[0]!
  return waiting.filter((each) => each.key === key)
}

function questionOf(play: string, turn: readonly Waiting[]): TaskQuestion {
  const { node, host, handler } = turn[0]!
  return {
    play,
    role: node.scope.roles.at(-1) ?? null,
    task: host.mask.hide(node.name),
    module: node.action.module.name,
    handler: handler !== undefined,
    hosts: turn.map((each) => each.host.host.name),
  }
}
