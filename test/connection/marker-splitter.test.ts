// Taking outputs apart at marks, however the chunks fall.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { markerSplitter, type Piece } from '../../engine/connection/marker-splitter.ts'

const mark = '0123456789abcdef'

const cut = (bytes: Buffer, at: number[]): Buffer[] => {
  const points = [...new Set(at.map((point) => point % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...points].map((from, index) => bytes.subarray(from, points[index] ?? bytes.length))
}

const steps = (pieces: Piece[]) => {
  const outputs: { data: string; id: number; code: number; word: string }[] = []
  let data: Uint8Array[] = []
  for (const piece of pieces) {
    if (piece.kind === 'data') data.push(piece.bytes)
    else {
      outputs.push({ data: Buffer.concat(data).toString('hex'), id: piece.id, code: piece.code, word: piece.word })
      data = []
    }
  }
  return { outputs, rest: Buffer.concat(data).toString('hex') }
}

describe('the splitter', () => {
  test('gives back any outputs, whatever they contain and wherever the chunks are cut', () => {
    // Beginnings of the mark are what could be held back for ever or passed on too early.
    const nasty = fc.constantFrom(...Array.from(mark, (_, length) => Buffer.from(mark.slice(0, length))))
    const output = fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), nasty)).map((parts) => Buffer.concat(parts))
    fc.assert(
      fc.property(fc.array(output, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 20 }), (outputs, points) => {
        const wire = Buffer.concat(
          outputs.flatMap((bytes, index) => [bytes, Buffer.from(`${mark} ${index + 1} ${index * 7} done\n`)]),
        )
        const split = markerSplitter(mark)
        const { outputs: found, rest } = steps(cut(wire, points).flatMap((chunk) => split(chunk)))
        expect(found).toEqual(
          outputs.map((bytes, index) => ({
            data: bytes.toString('hex'),
            id: index + 1,
            code: index * 7,
            word: 'done',
          })),
        )
        expect(rest).toBe('')
      }),
    )
  })

  test('leaves out the beats of the shell, wherever they fall', () => {
    const split = markerSplitter(mark)
    const { outputs } = steps(split(Buffer.from(`ab${mark} beat\ncd${mark} 1 0 done\n${mark} beat\n`)))
    expect(outputs).toEqual([{ data: Buffer.from('abcd').toString('hex'), id: 1, code: 0, word: 'done' }])
  })

  test('passes on at once what cannot be the beginning of a mark', () => {
    const split = markerSplitter(mark)
    expect(steps(split(Buffer.from('progress 10%'))).rest).toBe(Buffer.from('progress 10%').toString('hex'))
    expect(steps(split(Buffer.from('a0123'))).rest).toBe(Buffer.from('a').toString('hex'))
    expect(steps(split(Buffer.from('4x'))).rest).toBe(Buffer.from('01234x').toString('hex'))
  })
})
