import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { durationParam, formatDuration, parseDuration } from '../../engine/x509/duration.ts'

const hour = 3_600_000

describe('a length of time', () => {
  it.each([
    ['87600h', 87_600 * hour],
    ['43800h', 5 * 365 * 24 * hour],
    ['10y', 87_600 * hour],
    ['365d', 8760 * hour],
    ['2w', 14 * 24 * hour],
    ['1h30m', 1.5 * hour],
    ['8760h0m0s', 8760 * hour],
    ['90s', 90_000],
    ['0s', 0],
  ])('%s is understood', (text, length) => expect(parseDuration(text)).toBe(length))

  it.each(['', '10', 'h', '10 years', '-1h', '+1h', '1.5h', '1h ', ' 1h', '1H', '1ms', '1e3h', '٣h', '10y!', '0x1h'])(
    '%j is not understood',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
      expect(durationParam.safeParse(text).error!.issues[0]!.message).toMatch(/expected a length of time such as/)
    },
  )

  it('is at most a thousand years, which a certificate’s dates can hold', () => {
    expect(durationParam.safeParse('1000y').success).toBe(true)
    expect(durationParam.safeParse('1000y1s').success).toBe(false)
    expect(durationParam.safeParse(`${'9'.repeat(400)}h`).success).toBe(false)
  })

  it('is the sum of its parts', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(1000), fc.nat(1000), (hours, minutes, seconds) => {
        expect(parseDuration(`${hours}h${minutes}m${seconds}s`)).toBe(hours * hour + minutes * 60_000 + seconds * 1000)
      }),
    )
  })

  it.each([
    [87_600 * hour, '3650 d'],
    [47 * hour, '47 h'],
    [59 * 60_000, '59 min'],
    [0, '0 min'],
    [-3 * 24 * hour, '-3 d'],
    [-90 * 60_000, '-1 h'],
  ])('%d is told as %s', (length, text) => expect(formatDuration(length)).toBe(text))
})
