// Plays that need all their hosts: why a batch is not begun.
import type { Play } from '../play.ts'
import type { HostContext } from './host-context.ts'

/** Which hosts of the play are lost, and who is left alone because of it; undefined where the batch may begin. */
export function missingHosts(
  { spec }: Play,
  { all, batch }: { readonly all: readonly HostContext[]; readonly batch: readonly HostContext[] },
): string | undefined {
  if (!spec.requireAllHosts) return undefined
  const lost = all.flatMap(({ host, state }) =>
    state === 'ready' ? [] : [`${host.name} ${state === 'failed' ? 'has failed' : 'is unreachable'}`],
  )
  if (lost.length === 0) return undefined
  const left = batch.map(({ host }) => host.name).join(', ')
  return `play '${spec.name}' needs all its hosts, and does not begin with ${left}: ${lost.join(', ')}`
}
