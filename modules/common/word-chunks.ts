// Argument lists that fit into one process's arguments everywhere.

/** The words in order, in as few lists as may be. */
export function wordChunks(words: readonly string[]): string[][] {
  const result: string[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const word of words) {
    if (bytes + word.length > 96 * 1024) {
      result.push([])
      bytes = 0
    }
    result.at(-1)!.push(word)
    bytes += word.length + 3
  }
  return result
}
