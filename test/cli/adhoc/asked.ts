// What the ad-hoc command makes of a module's name and arguments: the module with its params, or the error as a user reads it.
import { actionOf } from '../../../engine/cli/adhoc/action.ts'
import { formatError, TsplayError } from '../../../engine/error.ts'

export const asked = (module: string, args: string): unknown => {
  try {
    const { module: found, params } = actionOf({ module, args, words: [] })
    return [found.name, params]
  } catch (error) {
    if (error instanceof TsplayError) return formatError(error)
    throw error
  }
}
