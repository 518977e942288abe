// How long something is valid, as cfssl and Go write it, and in days and years.
import { z } from 'zod'

const hour = 3_600_000
const units = { s: 1000, m: 60_000, h: hour, d: 24 * hour, w: 7 * 24 * hour, y: 365 * 24 * hour } as const

/** Milliseconds of `87600h`, `10y`, `1h30m`; a year has 365 days. Undefined where it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+[smhdwy])+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+)([smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units],
    0,
  )
}

/** `87600h`, `365d`, `10y`: at most 1000 years. */
export const durationParam = z.string().refine(
  (text) => {
    const length = parseDuration(text)
    return length !== undefined && length <= 1000 * units.y
  },
  { error: "expected a length of time such as '87600h', '365d' or '10y'" },
)

/** `3650 d`, `12 h`, `5 min`, for messages. */
export function formatDuration(milliseconds: number): string {
  const length = Math.abs(milliseconds)
  const [value, unit] =
    length >= 2 * units.d
      ? [length / units.d, 'd']
      : length >= units.h
        ? [length / hour, 'h']
        : [length / units.m, 'min']
  return `${milliseconds < 0 ? '-' : ''}${Math.floor(value)} ${unit}`
}
