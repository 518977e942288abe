import { describe, expect, it } from 'vitest'
import { bitsOf, der, encodeDer, parseDer } from '../../engine/x509/der.ts'
import { decodeExtensions, encodeExtensions } from '../../engine/x509/extension.ts'
import {
  decodeExtendedUsage,
  decodeKeyUsage,
  encodeExtendedUsage,
  encodeKeyUsage,
  normalUsages,
  usageWords,
} from '../../engine/x509/usage.ts'

describe('usages', () => {
  it('are each read back as what they were written for', () => {
    for (const word of usageWords) {
      const [key, extended] = [encodeKeyUsage([word]), encodeExtendedUsage([word])]
      expect([key, extended].filter(Boolean), word).toHaveLength(1)
      expect(key ? decodeKeyUsage(key) : decodeExtendedUsage(extended!)).toEqual(normalUsages([word]))
    }
    expect(usageWords.length).toBeGreaterThan(20)
  })

  it('of a key are bits without needless ones behind them', () => {
    const bits = (usages: readonly string[]) => encodeDer(encodeKeyUsage(usages)!).toString('hex')
    expect(bits(['signing', 'key encipherment'])).toBe('030205a0')
    expect(bits(['cert sign', 'crl sign'])).toBe('03020106')
    expect(bits(['digital signature'])).toBe('03020780')
    expect(bits(['decipher only'])).toBe('0303070080')
    expect(bitsOf(encodeKeyUsage(['encipher only', 'signing']))).toEqual(Buffer.from([0x81]))
  })

  it('have one order and one spelling, and those without a word here come last', () => {
    const words = ['s/mime', 'client auth', '1.2.3', 'server auth', 'signing', 'digital signature', 'cert sign']
    expect(normalUsages(words)).toEqual([
      ...['digital signature', 'cert sign', 'server auth', 'client auth', 'email protection', '1.2.3'],
    ])
    expect(normalUsages([])).toEqual([])
  })

  it('that are missing leave their extension out', () => {
    expect(encodeKeyUsage(['server auth'])).toBeUndefined()
    expect(encodeExtendedUsage(['signing'])).toBeUndefined()
  })

  it('of others are told by their number', () => {
    expect(decodeExtendedUsage(der.sequence(der.oid('1.3.6.1.5.5.7.3.1'), der.oid('1.2.3.4')))).toEqual([
      'server auth',
      '1.2.3.4',
    ])
  })
})

describe('extensions', () => {
  const all = {
    names: ['DNS:a', 'IP:10.0.0.1'],
    usages: ['digital signature', 'cert sign', 'server auth'],
    authority: true,
    pathLength: 0,
    keyId: Buffer.from('0102', 'hex'),
    authorityKeyId: Buffer.from('0304', 'hex'),
  }
  const read = (node: ReturnType<typeof encodeExtensions>) => decodeExtensions(parseDer(encodeDer(node)))

  it('are read back as they were written', () => {
    expect(read(encodeExtensions(all))).toEqual(all)
    for (const pathLength of [0, 1, 127, 128, 255, 256, 70_000])
      expect(read(encodeExtensions({ ...all, pathLength })).pathLength).toBe(pathLength)
  })

  it('say nothing of what they do not hold', () => {
    expect(read(encodeExtensions({ names: [], usages: [] }))).toEqual({ names: [], usages: [] })
    expect(read(encodeExtensions({ names: [], usages: [], authority: false }))).toEqual({
      names: [],
      usages: [],
      authority: false,
    })
    expect(decodeExtensions(undefined)).toEqual({ names: [], usages: [] })
  })

  it('are no limit to a leaf', () => {
    expect(
      read(encodeExtensions({ names: [], usages: [], authority: false, pathLength: 3 })).pathLength,
    ).toBeUndefined()
  })

  it('of others that are not known are passed over, those that are broken are not', () => {
    const unknown = der.sequence(der.oid('1.2.3'), der.octets(encodeDer(der.null())))
    expect(decodeExtensions(der.sequence(unknown))).toEqual({ names: [], usages: [] })
    for (const broken of [
      der.sequence(der.sequence(der.oid('2.5.29.17'), der.octets(Uint8Array.of(0x30, 5)))),
      der.sequence(der.sequence(der.oid('2.5.29.17'))),
      der.sequence(der.sequence(der.oid('2.5.29.37'), der.octets(encodeDer(der.null())))),
      der.sequence(der.null()),
      der.null(),
    ])
      expect(() => decodeExtensions(broken)).toThrow(Error)
  })
})
