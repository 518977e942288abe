// The order of rpm's versions. Knows no package and no manager.

/** Negative where `a` is older than `b`, 0 where they are the same; `[epoch:]version[-release]`, releases only where both have one. */
export function compareRpmVersions(a: string, b: string): number {
  const [one, other] = [parts(a), parts(b)]
  return (
    one.epoch - other.epoch ||
    compareSegments(one.version, other.version) ||
    (one.release === undefined || other.release === undefined ? 0 : compareSegments(one.release, other.release))
  )
}

function parts(evr: string): { epoch: number; version: string; release: string | undefined } {
  const [, epoch = '0', version = '', release] = /^(?:(\d+):)?([^-]*)(?:-(.*))?$/.exec(evr) ?? []
  return { epoch: Number(epoch), version, release }
}

/** Digits against digits as numbers, letters against letters; what ends first is older, but for `~`, which is before anything. */
function compareSegments(a: string, b: string): number {
  const [one, other] = [segments(a), segments(b)]
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const order = compareSegment(one[index], other[index])
    if (order !== 0) return order
  }
  return 0
}

const segments = (text: string): string[] => text.match(/\d+|[A-Za-z]+|~|\^/g) ?? []

function compareSegment(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  const rank = (segment: string | undefined): number =>
    segment === '~' ? 0 : segment === undefined ? 1 : segment === '^' ? 2 : /^\d/.test(segment) ? 4 : 3
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  if (rank(a) === 4) return Number(BigInt(a!) - BigInt(b!) > 0n) - Number(BigInt(a!) - BigInt(b!) < 0n)
  return a! < b! ? -1 : 1
}
