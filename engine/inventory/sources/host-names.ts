// The hosts that a name in an inventory stands for.
import { TsplayError } from '../../error.ts'
import type { Placed } from '../variables.ts'
import { expandRanges, HostNameError, splitPort } from './host-range.ts'

/** The names, and the port that they share. @throws TsplayError for a range that is none and for a name that none can be */
export function namesOf(text: string, place: Placed): { readonly names: readonly string[]; readonly port?: number } {
  const { name, port } = splitPort(text)
  const wrong = nameProblem(name)
  if (wrong !== undefined) throw new TsplayError(`'${text}' is no name for a host: ${wrong}`, { place: place() })
  if (port !== undefined && (port < 1 || port > 65535))
    throw new TsplayError(`'${text}': a port is a number from 1 to 65535`, { place: place() })
  try {
    return { names: expandRanges(name), ...(port !== undefined && { port }) }
  } catch (error) {
    if (error instanceof HostNameError) throw new TsplayError(error.message, { place: place() })
    throw error
  }
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name.endsWith(':')) return 'it ends in a colon, behind which a port is missing'
  if (/[\s\u0000-\u001f\u007f]/.test(name)) return 'it has blanks or control characters'
  return undefined
}
