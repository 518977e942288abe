// Versions compared by their numbers. Knows nothing of words in them, which kernels have.

/** By numbers, as far as `other` says: 1.9 is before 1.24, and 1.24.3 is not. */
export function isBefore(version: string, other: string): boolean {
  const [own, theirs] = [version, other].map((text) => text.split('.').map(Number))
  for (const [index, part] of theirs!.entries()) if ((own![index] ?? 0) !== part) return (own![index] ?? 0) < part
  return false
}
