// Names of hosts as inventories write them: with a port, and with ranges that stand for many.
import { isIPv6 } from 'node:net'

/** A name that cannot be read; the message says why. */
export class HostNameError extends Error {}

/** How many hosts one range may stand for. */
export const mostHosts = 100_000

/** `web1:2222`, `[fe80::1]:22`, `fe80::1`: the name without the port. */
export function splitPort(text: string): { readonly name: string; readonly port?: number } {
  if (isIPv6(text)) return { name: text }
  const [, bracketed, bracketedPort] = /^\[([^\]]*)\](?::(\d+))?$/.exec(text) ?? []
  if (bracketed !== undefined && isIPv6(bracketed))
    return { name: bracketed, ...(bracketedPort !== undefined && { port: Number(bracketedPort) }) }
  const [, name, port] = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(text) ?? []
  return name === undefined ? { name: text } : { name, port: Number(port) }
}

const range = /\[([^[\]]*:[^[\]]*)\]/

export const hasRange = (text: string): boolean => range.test(text)

/**
 * All names of `web[01:10:3]-[a:c]`, in order. Both ends belong to it, a leading zero pads, letters go through the alphabet.
 * @throws HostNameError for a range that is none, or that is too large
 */
export function expandRanges(text: string): string[] {
  const found = range.exec(text)
  if (!found) return [text]
  const [head, tail] = [text.slice(0, found.index), text.slice(found.index + found[0].length)]
  const [items, rest] = [members(found[1]!), expandRanges(tail)]
  refuseMany(items.length * rest.length, text)
  return items.flatMap((item) => rest.map((end) => `${head}${item}${end}`))
}

function members(text: string): string[] {
  const [first = '', last = '', stepText, ...more] = text.split(':')
  const step = stepText === undefined ? 1 : Number(stepText)
  if (more.length > 0 || last === '') throw new HostNameError(`[${text}] is no range; write [1:9] or [1:9:2]`)
  if (!Number.isInteger(step) || step < 1) throw new HostNameError(`[${text}]: the step is a whole number above 0`)
  const [from, to] = [first === '' ? '0' : first, last]
  if (/^\d+$/.test(from) && /^\d+$/.test(to)) return numbers(from, to, step, text)
  const [start, end] = [letters.indexOf(from), letters.indexOf(to)]
  if (from.length !== 1 || to.length !== 1 || start < 0 || end < 0)
    throw new HostNameError(`[${text}] goes neither from number to number nor from letter to letter`)
  if (start > end) throw new HostNameError(`[${text}] ends before it begins`)
  return [...letters.slice(start, end + 1)].filter((_, index) => index % step === 0)
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

function numbers(from: string, to: string, step: number, text: string): string[] {
  const padded = from.length > 1 && from.startsWith('0')
  if (padded && from.length !== to.length)
    throw new HostNameError(`[${text}]: both ends of a range with leading zeros have as many digits`)
  const [start, end] = [Number(from), Number(to)]
  if (start > end) throw new HostNameError(`[${text}] ends before it begins`)
  const count = Math.floor((end - start) / step) + 1
  refuseMany(count, `[${text}]`)
  return Array.from({ length: count }, (_, index) =>
    padded ? String(start + index * step).padStart(from.length, '0') : String(start + index * step),
  )
}

function refuseMany(count: number, text: string): void {
  if (count > mostHosts)
    throw new HostNameError(`${text} stands for ${count} hosts; ${mostHosts} is the most that a range may`)
}
