// How an inventory and an ssh client log in to the hosts of a lab. Runs nothing and needs no lab to be up.
import { suggest, TsplayError } from '../error.ts'
import type { ConnectionSettings } from '../site.ts'
import { labPaths } from './paths.ts'
import type { LabSpec } from './spec.ts'

/** Connection settings of every host of the lab `name`, for an inventory. */
export function labConnection(name: string) {
  const { key, knownHosts } = labPaths(name)
  return { user: 'root', privateKeys: [key], knownHosts, hostKeys: 'accept-new' } as const satisfies ConnectionSettings
}

/**
 * Arguments for `ssh` to log in to a host of a lab, or to run a command there.
 * @throws TsplayError where the lab has no such host.
 */
export function labSsh(spec: LabSpec, host: string, command: readonly string[] = []): string[] {
  const found = spec.hosts.find(({ name }) => name === host)
  if (!found)
    throw new TsplayError(`the lab '${spec.name}' has no host '${host}'`, {
      hint: suggest(
        host,
        spec.hosts.map(({ name }) => name),
      ),
    })
  const { user, privateKeys, knownHosts } = labConnection(spec.name)
  const options = [
    'IdentitiesOnly=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'GlobalKnownHostsFile=none',
    'StrictHostKeyChecking=accept-new',
    'LogLevel=ERROR',
  ]
  // -F none: the user's own ssh configuration is about real hosts
  const args = ['-F', 'none', '-i', privateKeys[0], ...options.flatMap((option) => ['-o', option])]
  return [...args, `${user}@${found.address}`, ...(command.length > 0 ? ['--', ...command] : [])]
}
