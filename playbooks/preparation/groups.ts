// Groups of hosts that the preparation tells apart. Knows no host.

export type Group = 'masters' | 'nodes' | 'lb' | 'harbor' | 'volume'

/** Whose hosts make up the cluster. */
export const cluster = ['masters', 'nodes'] as const satisfies readonly Group[]

/** Whether a host is in one of these groups. */
export const isInAny = (groups: readonly string[], host: { readonly groups: readonly string[] }): boolean =>
  groups.some((group) => host.groups.includes(group))
