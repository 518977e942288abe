// Modules that only look: what they find is their result, and there is never anything to apply.
import type { Desired } from '../../engine/module.ts'
import type { Script } from '../../engine/script.ts'

/** The share of a module that changes nothing and whose state is what it has found. */
export const looking = {
  desired: (): Desired<object> => ({}),
  apply: (): Script => {
    throw new Error('to look leaves nothing to apply')
  },
  touches: (): readonly string[] => [],
}
