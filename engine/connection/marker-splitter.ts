// Takes a stream of output apart at the end marks of a resident shell. Binary safe; knows neither steps nor streams.

/** A piece of output, or the end of a step: its number, exit code and the shell's word on it. */
export type Piece =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly id: number; readonly code: number; readonly word: string }

/**
 * A function that takes chunks and gives the pieces that are certain so far. Data is passed on at once, but for a tail
 * that may turn out to be the beginning of a mark. The beats of the shell are left out.
 */
export function markerSplitter(mark: string): (chunk: Uint8Array) => Piece[] {
  const needle = Buffer.from(`${mark} `, 'latin1')
  let held: Buffer = Buffer.alloc(0)

  return (chunk) => {
    const pieces: Piece[] = []
    let rest = held.length > 0 ? Buffer.concat([held, chunk]) : asBuffer(chunk)
    for (;;) {
      const at = rest.indexOf(needle)
      const lineEnd = at < 0 ? -1 : rest.indexOf(10, at)
      const certain = at < 0 ? rest.length - partialLength(rest, needle) : at
      if (certain > 0) pieces.push({ kind: 'data', bytes: rest.subarray(0, certain) })
      if (lineEnd < 0) {
        // A copy: a few held bytes must not keep a large chunk alive.
        held = Buffer.from(rest.subarray(certain))
        return pieces
      }
      const text = rest.toString('latin1', at + needle.length, lineEnd)
      if (text !== 'beat') pieces.push(readMark(text))
      rest = rest.subarray(lineEnd + 1)
    }
  }
}

function readMark(text: string): Piece {
  const [id, code, word = ''] = text.split(' ')
  return { kind: 'end', id: Number(id), code: Number(code), word }
}

/** How many bytes at the end of `data` are a proper beginning of `needle`. */
function partialLength(data: Buffer, needle: Buffer): number {
  const longest = Math.min(data.length, needle.length - 1)
  for (let length = longest; length > 0; length--) {
    if (data.compare(needle, 0, length, data.length - length) === 0) return length
  }
  return 0
}

const asBuffer = (chunk: Uint8Array): Buffer =>
  Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
