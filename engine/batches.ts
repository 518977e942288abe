// How hosts are cut into batches. Pure.
import { TsplayError } from './error.ts'
import type { Serial, Serials } from './play.ts'

/**
 * Batches of the sizes asked for, as a play's `serial` has them; the last size repeats. A share is rounded down, and at least
 * one host.
 * @throws TsplayError for what is no size
 */
export function batches<T>(hosts: readonly T[], serial: Serials | undefined): T[][] {
  const sizes =
    serial === undefined ? [hosts.length] : ([serial].flat() as Serial[]).map((size) => sizeOf(size, hosts.length))
  const result: T[][] = []
  for (let start = 0; start < hosts.length; ) {
    const size = sizes[Math.min(result.length, sizes.length - 1)] ?? hosts.length
    result.push(hosts.slice(start, start + size))
    start += size
  }
  return result
}

function sizeOf(serial: Serial, total: number): number {
  const share = typeof serial === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(serial)?.[1] : undefined
  const size = typeof serial === 'number' ? serial : Math.max(1, Math.floor((total * Number(share)) / 100))
  if (Number.isInteger(size) && size >= 1) return size
  throw new TsplayError(`serial: '${serial}' is neither a number of hosts nor a share such as '30%'`)
}
