// A kubeconfig as text: what is in it, and an entry set in it. Knows nothing of files and hosts.
import { isDeepStrictEqual } from 'node:util'
import { parse, stringify } from 'yaml'

/** A cluster, a user and the context that binds them, by name. */
export interface KubeconfigEntry {
  readonly cluster: { readonly name: string; readonly value: Readonly<Record<string, unknown>> }
  readonly user: { readonly name: string; readonly value: Readonly<Record<string, unknown>> }
  readonly context: { readonly name: string; readonly namespace: string | undefined }
  /** Whether its context becomes the current one. */
  readonly current: boolean
}

type Kubeconfig = Readonly<Record<string, unknown>>

/**
 * `text` with the entry set in it, other entries as they are, or none of them without `merge`; undefined where it says
 * that already. Comments of a text that changes are lost.
 * @throws Error where `text` is to be merged into and is no kubeconfig.
 */
export function setInKubeconfig(
  text: string,
  entry: KubeconfigEntry,
  { merge }: { merge: boolean },
): string | undefined {
  const present = readOr(text, merge)
  const before = merge ? present : {}
  const after: Kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    ...before,
    clusters: named(before.clusters, entry.cluster.name, { cluster: entry.cluster.value }),
    users: named(before.users, entry.user.name, { user: entry.user.value }),
    contexts: named(before.contexts, entry.context.name, {
      context: {
        cluster: entry.cluster.name,
        user: entry.user.name,
        ...(entry.context.namespace !== undefined && { namespace: entry.context.namespace }),
      },
    }),
    ...((entry.current || before['current-context'] === undefined) && { 'current-context': entry.context.name }),
  }
  return isDeepStrictEqual(present, after) ? undefined : stringify(after, { lineWidth: 0 })
}

/** What nobody else may see of it: what is said of its users, but for short words such as the name of a program. */
export function secretsIn(text: string): string[] {
  const leaves = (value: unknown, key = ''): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, each]) => leaves(each, name))
      : typeof value === 'string' && (value.length >= 12 || ['token', 'password'].includes(key))
        ? [value]
        : []
  const { users } = readOr(text, false)
  return ((users ?? []) as readonly { readonly user?: unknown }[]).flatMap((each) => leaves(each?.user))
}

function readOr(text: string, merge: boolean): Kubeconfig {
  try {
    return text.trim() === '' ? {} : readKubeconfig(text)
  } catch (error) {
    if (merge) throw error
    return {}
  }
}

/** @throws Error where it is none. */
export function readKubeconfig(text: string): Kubeconfig {
  const found: unknown = parse(text)
  if (typeof found !== 'object' || found === null || Array.isArray(found)) throw new Error('it is not a map')
  const { kind = 'Config', clusters, users, contexts } = found as Kubeconfig
  if (kind !== 'Config') throw new Error(`its kind is ${String(kind)}, not Config`)
  for (const list of [clusters, users, contexts]) {
    if (list != null && !Array.isArray(list)) throw new Error('clusters, users and contexts are lists')
  }
  return found as Kubeconfig
}

/** The list with this entry where one of its name was, or at its end. */
function named(list: unknown, name: string, value: object): unknown[] {
  const entries = (list ?? []) as readonly { readonly name?: unknown }[]
  const entry = { name, ...value }
  const at = entries.findIndex((each) => each?.name === name)
  return at === -1 ? [...entries, entry] : entries.with(at, entry)
}
