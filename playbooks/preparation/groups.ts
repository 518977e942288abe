// Groups of hosts that the preparation tells apart. Knows no host.

export type Group = 'masters' | 'nodes' | 'lb' | 'harbor' | 'volume'

/** Whose hosts make up the cluster. */
export const cluster = ['masters', 'nodes'] as const satisfies readonly Group[]
