// The names under which a lab's parts stand in the kernel. Pure: the same spec gives the same names in every process,
// which is how a later run finds what an earlier one left.
import { createHash } from 'node:crypto'

/** Name of the bridge that joins a lab's hosts and this machine. */
export const bridgeName = (lab: string): string => interfaceName('tsb', lab)

/** Name of this machine's end of a host's cable. */
export const cableName = (lab: string, host: string): string => interfaceName('tsv', lab, host)

/** Name of a host's network namespace, as `ip netns` lists it. */
export const namespaceName = (lab: string, host: string): string => `tsplay.${lab}.${host}`

/** Folder of a lab, below the root of the cgroup tree. */
export const cgroupName = (lab: string): string => `tsplay.${lab}`

/** Linux cuts interface names at 15 characters: a longer one keeps its beginning and gets a digest of the whole. */
function interfaceName(...parts: readonly string[]): string {
  const plain = parts.join('-')
  // a dash of its own would let lab 'a', host 'b-c' and lab 'a-b', host 'c' meet in one name
  const ambiguous = parts.length > 2 && parts.some((part) => part.includes('-'))
  if (plain.length <= 15 && !ambiguous) return plain
  return `${plain.slice(0, 8)}-${createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 6)}`
}
