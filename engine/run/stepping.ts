// Task by task: one question before each, whose answer holds for every host of the batch. Knows no terminal.
import type { HostContext } from './host-context.ts'
import type { TaskNode } from './nodes.ts'

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
  /** A batch of hosts is asked about anew. `limit` is for the work between questions: nobody waits with a fork in hand. */
  batch(play: string, limit: StepBatch['work']): StepBatch
}

/** The hosts that go through a list together. */
export interface StepBatch {
  /**
   * A host takes part. The next question comes when every host that takes part has come to one, so what a task has done
   * everywhere can be read before the next is answered.
   */
  join(context: HostContext, handler?: string): StepHost
  work<T>(stretch: () => Promise<T>): Promise<T>
}

/** One host that takes part. */
export interface StepHost {
  /** What to do about the first of `upcoming`, when it is clear; undefined: nobody is asked any more. */
  next(upcoming: Iterable<TaskNode>): Promise<'run' | 'skip' | undefined>
  work: StepBatch['work']
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

/** Ansible asks so, too; there, `continue` lasts until the end of the play only. */
export function createStepping(confirm: Confirm, signal: AbortSignal): Stepping {
  let free = false
  return {
    batch(play, work) {
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
        work,
        join(host, handler) {
          const name = keysOf(handler)
          const known = new Map<TaskNode, string>()
          const member: StepHost = {
            work,
            async next(upcoming) {
              if (free) return undefined
              const [node, ...rest] = upcoming
              if (!node) return undefined
              // what its condition excludes is skipped anyway
              if (node.options.when === false) return 'run'
              const key = known.get(node) ?? name.take(node)
              known.set(node, key)
              if (!answers.has(key)) {
                host.doing = `waiting for an answer about '${node.name}'`
                await wait({ host, handler, node, key, later: name.ahead(rest) })
              }
              return answers.get(key)
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

/** The same task of several hosts has one name in one role; where a list has it twice, the second is another. */
function keysOf(handler = '') {
  const counts = new Map<string, number>()
  const name = ({ scope, name }: TaskNode): string => [handler, ...scope.roles, name].join('\0')
  const counted = (node: TaskNode, seen: Map<string, number>): string => {
    const count = (seen.get(name(node)) ?? 0) + 1
    seen.set(name(node), count)
    return `${name(node)}\0${count}`
  }
  return {
    take: (node: TaskNode): string => counted(node, counts),
    ahead(nodes: readonly TaskNode[]): Set<string> {
      const seen = new Map(counts)
      return new Set(nodes.map((node) => counted(node, seen)))
    },
  }
}
