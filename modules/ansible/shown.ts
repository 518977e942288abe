// A module that looks, as an ad-hoc command: what it has found is what the user wants to see.
import type { AnyModule } from '../../engine/module.ts'

/** The same module; what `show` makes of its result is printed. */
export const shown = (module: AnyModule, show: (result: never) => string | undefined): AnyModule => ({
  ...module,
  result(input, actual, output) {
    const result = module.result?.(input, actual, output) ?? {}
    const message = show(result as never)
    return { ...result, ...(message !== undefined && { message }) }
  },
})

/** As JSON that a person can read. */
export const asJson = (result: object): string => JSON.stringify(result, null, 2)
