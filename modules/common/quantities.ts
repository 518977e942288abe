// Times and sizes as users write them: 90, '30m', '7d', '64k', '10m'.
import { z } from 'zod'

const seconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const
const bytes = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 } as const

const quantity = (units: string, error: string) =>
  z.union([z.number().min(0, { error }), z.string().regex(new RegExp(`^\\d+(\\.\\d+)?[${units}]?$`, 'i'), { error })], {
    error,
  })

/** The schema of a time. */
export const secondsParam = quantity('smhdw', "a time is seconds, or a text such as '30m', '2h', '7d', '4w'")

/** The schema of a size. */
export const bytesParam = quantity('bkmgt', "a size is bytes, or a text such as '64k', '10m', '2g'")

export const secondsOf = (value: number | string): number => amount(value, seconds)

export const bytesOf = (value: number | string): number => amount(value, bytes)

function amount(value: number | string, units: Readonly<Record<string, number>>): number {
  if (typeof value === 'number') return value
  return Number.parseFloat(value) * (units[value.slice(-1).toLowerCase()] ?? 1)
}
