// Words to the run, carried out where a host comes to them.
import type { Company } from './company.ts'
import type { HostContext } from './host-context.ts'
import { clearFacts } from './host-facts.ts'
import type { MetaNode } from './nodes.ts'
import type { Walk } from './walk.ts'

interface Surroundings {
  readonly cursor: Walk
  readonly company: Company
  /** Waits for others. */
  readonly away: <T>(wait: () => Promise<T>) => Promise<T>
  /** It stands in a handler. */
  readonly handler: boolean
}

/** Does what stands next in the list. */
export async function carryOut(context: HostContext, node: MetaNode, surroundings: Surroundings): Promise<void> {
  const { cursor, company, away, handler } = surroundings
  const name = context.host.name
  const role = node.scope.calls.at(-1)
  const advance = (): void => cursor.advance()
  if (node.scope.options.when === false) return advance()
  switch (node.does) {
    case 'flush handlers':
      // handlers that a handler notifies run in the same flush anyhow
      if (!handler) await company.flush()
      return context.state === 'ready' ? advance() : undefined
    case 'sync':
      context.doing = `waiting for the other hosts at '${node.name}'`
      if (!handler) await away(() => company.members.sync(name, node.key))
      return advance()
    case 'end host':
      return cursor.end()
    case 'end role':
      if (role) cursor.endRole(role)
      return role ? undefined : advance()
    case 'end batch':
    case 'end play':
      company.end({
        what: node.does === 'end play' ? 'play' : 'batch',
        because: `${node.does.slice(4)} ended by ${name}`,
      })
      return cursor.end()
    case 'clear host errors':
      company.clearErrors()
      return advance()
    case 'clear facts':
      await clearFacts(context)
      return advance()
    case 'reset connection':
      await context.disconnect()
      return advance()
  }
}
