import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bitsOf,
  bytesOf,
  type Der,
  der,
  encodeDer,
  isTagged,
  items,
  oidOf,
  parseDer,
  pem,
  pemBytes,
  rawItems,
  textOf,
} from '../../engine/x509/der.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const encoded = (node: Der): string => hex(encodeDer(node))
const from = (digits: string): Buffer => Buffer.from(digits, 'hex')

describe('DER', () => {
  it.each<[string, Der, string]>([
    ['nothing', der.null(), '0500'],
    ['true', der.boolean(true), '0101ff'],
    ['false', der.boolean(false), '010100'],
    ['a small number', der.small(5), '020105'],
    ['a number whose first bit would make it negative', der.integer(from('80')), '02020080'],
    ['a number with needless zeros', der.integer(from('000000017f')), '0202017f'],
    ['zero', der.integer(from('0000')), '020100'],
    ['an identifier', der.oid('1.2.840.113549.1.1.11'), '06092a864886f70d01010b'],
    ['bits with some unused', der.bits(from('a0'), 5), '030205a0'],
    ['a text of letters', der.printable('CN'), '1302434e'],
    ['a text of any characters', der.utf8('ü'), '0c02c3bc'],
    ['[0] around a number', der.explicit(0, der.small(2)), 'a003020102'],
    ['[2] in place of a type', der.implicit(2, from('61')), '820161'],
    ['a set in a sequence', der.sequence(der.set(der.null())), '300431020500'],
    [
      'the last second that has two digits for a year',
      der.time(new Date('2049-12-31T23:59:59Z')),
      '170d3439313233313233353935395a',
    ],
    ['the first that has four', der.time(new Date('2050-01-01T00:00:00Z')), '180f32303530303130313030303030305a'],
  ])('writes %s', (_, node, bytes) => {
    expect(encoded(node)).toBe(bytes)
    expect(encoded(parseDer(from(bytes)))).toBe(bytes)
  })

  it('reads back whatever it has written', () => {
    const { node } = fc.letrec<{ node: Der }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.uint8Array().map(der.octets),
        fc.uint8Array().map((bytes) => der.bits(bytes)),
        fc.uint8Array({ minLength: 1 }).map(der.integer),
        fc.string({ unit: 'grapheme' }).map(der.utf8),
        fc.boolean().map(der.boolean),
        fc.array(tie('node')).map((nodes) => der.sequence(...nodes)),
        fc.array(tie('node')).map((nodes) => der.set(...nodes)),
        fc.tuple(fc.nat(30), tie('node')).map(([tag, inner]) => der.explicit(tag, inner)),
      ),
    }))
    fc.assert(
      fc.property(node, (each) => {
        const bytes = encodeDer(each)
        expect(encodeDer(parseDer(bytes)).equals(bytes)).toBe(true)
        if (Array.isArray(each.value))
          expect(Buffer.concat(rawItems(bytes)).equals(Buffer.concat(items(each).map((one) => encodeDer(one))))).toBe(
            true,
          )
      }),
      { numRuns: 300 },
    )
  })

  it('has lengths of one to three bytes', () => {
    for (const [length, start] of [
      [127, '047f'],
      [128, '048180'],
      [256, '04820100'],
      [65_536, '0483010000'],
    ] as const) {
      const bytes = encodeDer(der.octets(new Uint8Array(length)))
      expect(hex(bytes).startsWith(start)).toBe(true)
      expect(bytesOf(parseDer(bytes))).toHaveLength(length)
      expect(rawItems(encodeDer(der.sequence(der.encoded(bytes))))[0]).toHaveLength(bytes.length)
    }
  })

  it('refuses what ends too early, wherever it ends', () => {
    const whole = encodeDer(
      der.sequence(
        der.oid('2.5.4.3'),
        der.set(der.utf8('kubernetes')),
        der.explicit(3, der.octets(new Uint8Array(200))),
      ),
    )
    for (let length = 0; length < whole.length; length++) {
      expect(() => parseDer(whole.subarray(0, length)), `${length} bytes`).toThrow()
      expect(() => rawItems(whole.subarray(0, length)), `${length} bytes`).toThrow()
    }
    expect(rawItems(whole)).toHaveLength(3)
  })

  it.each([
    ['nothing at all', ''],
    ['something behind it', '050000'],
    ['an item that is longer than what it is in', '30030402aabb'],
    ['a length of four gigabytes', '3084ffffffff00'],
    ['a length of more bytes than are read', '308800000000000000ff00'],
    ['a length that is left open', '30800000'],
    ['a length without its bytes', '3082'],
  ])('refuses %s', (_, bytes) => {
    // forge reads open lengths, which are BER, as well; what is signed is taken apart by rawItems
    if (bytes !== '30800000') expect(() => parseDer(from(bytes))).toThrow()
    if (bytes !== '050000') expect(() => rawItems(from(bytes))).toThrow()
  })

  it('gives up on what is nested without end, and on numbers that are longer than it can tell', () => {
    const deep = Array.from({ length: 20_000 }).reduce<Buffer>(
      (inner) => {
        const { length } = inner
        const head = length < 128 ? [length] : [0x83, length >> 16, (length >> 8) & 255, length & 255]
        return Buffer.concat([Buffer.from([0x30, ...head]), inner])
      },
      Buffer.from([0x05, 0x00]),
    )
    expect(() => parseDer(deep)).toThrow()
    // 2.5.29.(2^32 + 17) must not pass for 2.5.29.17, the names of a certificate
    expect(oidOf(parseDer(from('0607551d9080808011')))).toBe('2.5.29.4294967313')
    expect(() => oidOf(parseDer(from('060b551dffffffffffffffff7f')))).toThrow('too large')
    expect(oidOf(parseDer(from('0603551d11')))).toBe('2.5.29.17')
  })

  it('takes any bytes for what they are, or throws an error', () => {
    const starts = fc.constantFrom('', '30', '3082', '0603', '3080', 'a003', '0309', '170d')
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: 400 }), (start, rest) => {
        for (const read of [parseDer, rawItems]) {
          try {
            read(Buffer.concat([from(start), rest]))
          } catch (error) {
            expect(error).toBeInstanceOf(Error)
          }
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('tells what a node is not', () => {
    expect(() => items(der.null())).toThrow('something is missing')
    expect(() => items(undefined)).toThrow('something is missing')
    expect(() => bytesOf(der.sequence())).toThrow('something is missing')
    expect(isTagged(der.explicit(3), 3)).toBe(true)
    expect(isTagged(der.explicit(3), 0)).toBe(false)
    expect(isTagged(der.boolean(true), 1)).toBe(false)
    expect(bitsOf(der.bits(from('ff'), 1))).toEqual(from('ff'))
  })

  it.each([
    ['0c02c3bc', 'ü'],
    ['1302434e', 'CN'],
    ['1401fc', 'ü'],
    ['1e0400fc4e2d', 'ü中'],
  ])('reads the text of %s', (bytes, text) => expect(textOf(parseDer(from(bytes)))).toBe(text))
})

describe('PEM', () => {
  it('has lines of 64 characters and is read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = pem('X', bytes)
        expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(64)
        expect(hex(pemBytes('X', text)!)).toBe(hex(bytes))
      }),
    )
  })

  it('is found among other text, with any line ends, by its label only', () => {
    const text = `comment\r\n${pem('A', from('01')).replaceAll('\n', '\r\n')}between${pem('B', from('02'))}`
    expect(pemBytes('A', text)).toEqual(from('01'))
    expect(pemBytes('B', text)).toEqual(from('02'))
    expect(pemBytes('C', text)).toBeUndefined()
    expect(pemBytes('A', '-----BEGIN A-----\nAQ==')).toBeUndefined()
  })
})
