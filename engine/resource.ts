// Names of what a task reads and writes, and when two of them are in each other's way.

/** `file:/etc/hosts`, `unit:etcd.service`, `sysctl:vm.swappiness`, `user:k8s`, `group:k8s`, `module:br_netfilter`. */
export type Resource = string

export const fileResource = (path: string): Resource => `file:${normalise(path)}`

/** Whether an answer about (or a task on) one may change when the other is written. Paths conflict with their ancestors. */
export function conflict(a: Resource, b: Resource): boolean {
  if (a === b) return true
  if (!a.startsWith('file:') || !b.startsWith('file:')) return false
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return long.startsWith(short.endsWith('/') ? short : `${short}/`)
}

/** The same for sets; undefined stands for everything. */
export function conflicts(a: readonly Resource[] | undefined, b: readonly Resource[] | undefined): boolean {
  if (a === undefined) return b === undefined || b.length > 0
  if (b === undefined) return a.length > 0
  return a.some((one) => b.some((other) => conflict(one, other)))
}

function normalise(path: string): string {
  const collapsed = path.replace(/\/+/g, '/')
  return collapsed.length > 1 ? collapsed.replace(/\/$/, '') : collapsed
}
