// Where a host stands in its tasks: a stack of lists, with blocks, rescues and registered lists. Runs nothing.
import type { Failure, RoleCall } from '../task.ts'
import type { BlockNode, Node, Stop, TaskNode } from './nodes.ts'

/** What becomes of a host whose task has failed. */
export type Outcome = 'failed' | 'rescued' | 'continues'

/** A position in a host's tasks. */
export interface Walk {
  /** What lies ahead, in the order in which it comes if nothing fails. The first is what to do next. */
  upcoming(): Iterable<Stop>
  /** What comes next is done; `then` (its registered list) comes before what follows. */
  advance(then?: readonly Node[]): void
  /** The next task has failed: go on in the nearest rescue or always. `rescued` tells that a rescue takes over, now or after an always. */
  fail(failure: Failure): Outcome
  /** The host is to end: only what must be done always is left. */
  abandon(): Outcome
  /** Leaves out what is left of a role call. */
  endRole(call: RoleCall): void
  /** Nothing comes any more. */
  end(): void
  /** The key at which the list would be taken up again; undefined: it is done. */
  position(): string | undefined
}

interface Frame {
  readonly nodes: readonly Node[]
  index: number
  /** The block whose part this is. */
  readonly block?: BlockNode
  readonly part?: 'body' | 'rescue' | 'always'
  /** The block has failed and its always part runs: afterwards the failure goes on. `abandoned`: past all rescues. */
  readonly failed?: Failure | 'abandoned'
  /** Where its block would be taken up again. */
  readonly again?: string
}

/**
 * A walk from the first of `nodes`, or from what has the key `from`, where there is such. `onLost` is told when a failure
 * comes back after an always part.
 */
export function walk(nodes: readonly Node[], onLost: () => void, from?: string): Walk {
  const stack: Frame[] = [{ nodes, index: 0 }]
  const ended = new Set<RoleCall>()
  let lost: string | undefined

  const isLeftOut = ({ scope }: Stop): boolean => ended.size > 0 && scope.calls.some((call) => ended.has(call))

  function settle(): void {
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const node = top.nodes[top.index]
      if (node && node.kind !== 'block') {
        if (!isLeftOut(node)) return
        top.index++
      } else if (node) {
        top.index++
        stack.push({ nodes: node.nodes, index: 0, block: node, part: 'body' })
      } else {
        stack.pop()
        leave(top)
      }
    }
  }

  /** A list has come to its end without a failure. */
  function leave({ block, part, failed, again }: Frame): void {
    if (block?.always && part !== 'always') stack.push({ nodes: block.always, index: 0, block, part: 'always' })
    else if (failed && unwind(failed, again) === 'failed') onLost()
  }

  function unwind(failure: Failure | 'abandoned', at: string | undefined): Outcome {
    for (let top = stack.pop(); top; top = stack.pop()) {
      const { block, part } = top
      const again = top.again ?? at
      const back = again === undefined ? {} : { again }
      if (failure !== 'abandoned' && block?.rescue && part === 'body') {
        const rescue = typeof block.rescue === 'function' ? block.rescue(failure) : block.rescue
        stack.push({ nodes: rescue, index: 0, block, part: 'rescue', ...back })
        return 'rescued'
      }
      if (block?.always && part !== 'always') {
        stack.push({ nodes: block.always, index: 0, block, part: 'always', failed: failure, ...back })
        return failure !== 'abandoned' && stack.some(willRescue) ? 'rescued' : 'continues'
      }
    }
    lost ??= at
    return 'failed'
  }

  /** What comes next. */
  const here = (): Stop | undefined => {
    const top = stack.at(-1)
    return top?.nodes[top.index] as Stop | undefined
  }
  const position = (): string | undefined =>
    lost ?? stack.find(({ again }) => again !== undefined)?.again ?? here()?.anchor

  function* upcoming(): Iterable<Stop> {
    for (let depth = stack.length - 1; depth >= 0; depth--) {
      const frame = stack[depth]!
      for (const stop of stopsIn(frame.nodes.slice(frame.index))) if (!isLeftOut(stop)) yield stop
      if (frame.failed) return
      if (frame.block?.always && frame.part !== 'always') yield* stopsIn(frame.block.always)
    }
  }

  function advance(then: readonly Node[] = []): void {
    stack.at(-1)!.index++
    if (then.length > 0) stack.push({ nodes: then, index: 0 })
    settle()
  }

  settle()
  if (from !== undefined && [...upcoming()].some(({ key }) => key === from)) while (here()!.key !== from) advance()

  const failing = (failure: Failure | 'abandoned'): Outcome => {
    const outcome = unwind(failure, position())
    if (outcome !== 'failed') settle()
    return outcome
  }
  return {
    upcoming,
    advance,
    fail: failing,
    abandon: () => failing('abandoned'),
    endRole(call) {
      ended.add(call)
      settle()
    },
    end() {
      stack.length = 0
    },
    position,
  }
}

const willRescue = ({ block, part }: Frame): boolean => block?.rescue !== undefined && part === 'body'

/** What there is in a list in order, if nothing fails. */
function* stopsIn(nodes: readonly Node[]): Iterable<Stop> {
  for (const node of nodes) {
    if (node.kind !== 'block') yield node
    else {
      yield* stopsIn(node.nodes)
      yield* stopsIn(node.always ?? [])
    }
  }
}

/** Whether it is a task. */
export const isTask = (stop: Stop): stop is TaskNode => stop.kind === 'task'
