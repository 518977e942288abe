// Where a host stands in its tasks: a stack of lists, with blocks, rescues and registered lists. Runs nothing.
import type { BlockNode, Node, TaskNode } from './nodes.ts'

/** A position in a host's tasks. */
export interface Walk {
  /** The tasks ahead, in the order in which they come if none fails. The first is the one to do next. */
  upcoming(): Iterable<TaskNode>
  /** The next task is done; `then` (its registered list) comes before what follows. */
  advance(then?: readonly Node[]): void
  /** The next task has failed: go on in the nearest rescue or always. `rescued` tells that a rescue took over. */
  fail(): 'failed' | 'rescued' | 'continues'
}

interface Frame {
  readonly nodes: readonly Node[]
  index: number
  /** The block whose part this is. */
  readonly block?: BlockNode
  readonly part?: 'body' | 'rescue' | 'always'
  /** The block has failed and its always part runs: afterwards the failure goes on. */
  readonly failed?: boolean
}

/** A walk from the first of `nodes`. `onLost` is told when a failure comes back after an always part. */
export function walk(nodes: readonly Node[], onLost: () => void): Walk {
  const stack: Frame[] = [{ nodes, index: 0 }]

  function settle(): void {
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const node = top.nodes[top.index]
      if (node?.kind === 'task') return
      if (node) {
        top.index++
        stack.push({ nodes: node.nodes, index: 0, block: node, part: 'body' })
      } else {
        stack.pop()
        leave(top)
      }
    }
  }

  /** A list has come to its end without a failure. */
  function leave({ block, part, failed }: Frame): void {
    if (block?.always && part !== 'always') stack.push({ nodes: block.always, index: 0, block, part: 'always' })
    else if (failed && unwind() === 'failed') onLost()
  }

  function unwind(): 'failed' | 'rescued' | 'continues' {
    for (let top = stack.pop(); top; top = stack.pop()) {
      const { block, part } = top
      if (block?.rescue && part === 'body') {
        stack.push({ nodes: block.rescue, index: 0, block, part: 'rescue' })
        return 'rescued'
      }
      if (block?.always && part !== 'always') {
        stack.push({ nodes: block.always, index: 0, block, part: 'always', failed: true })
        return 'continues'
      }
    }
    return 'failed'
  }

  settle()
  return {
    *upcoming() {
      for (let depth = stack.length - 1; depth >= 0; depth--) {
        const frame = stack[depth]!
        yield* tasksIn(frame.nodes.slice(frame.index))
        if (frame.failed) return
        if (frame.block?.always && frame.part !== 'always') yield* tasksIn(frame.block.always)
      }
    },
    advance(then = []) {
      stack.at(-1)!.index++
      if (then.length > 0) stack.push({ nodes: then, index: 0 })
      settle()
    },
    fail() {
      const outcome = unwind()
      if (outcome !== 'failed') settle()
      return outcome
    },
  }
}

function* tasksIn(nodes: readonly Node[]): Iterable<TaskNode> {
  for (const node of nodes) {
    if (node.kind === 'task') yield node
    else {
      yield* tasksIn(node.nodes)
      yield* tasksIn(node.always ?? [])
    }
  }
}
