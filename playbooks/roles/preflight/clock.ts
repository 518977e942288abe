// How far a host's clock is from this machine's, as an interval that holds the truth. Pure; sets no clock.

/** Milliseconds by which a host's clock is ahead of this machine's: at least, and at most. */
export interface ClockOffset {
  readonly least: number
  readonly most: number
}

/**
 * The host was asked after `asked` and has answered before `answered`, so its offset lies between the two differences however
 * long the way was: what is called a difference is one. A date without nanoseconds (busybox) is right to the second.
 */
export function offsetOf(stdout: string, asked: number, answered: number): ClockOffset {
  const digits = /^\d+/.exec(stdout.trim())?.[0] ?? ''
  const exact = digits.length > 12
  const host = exact ? Number(BigInt(digits) / 1_000_000n) : Number(digits) * 1000
  return { least: host - answered, most: host + (exact ? 1 : 1000) - asked }
}

/** The least milliseconds by which two clocks differ. */
export const apart = (one: ClockOffset, other: ClockOffset): number =>
  Math.max(0, one.least - other.most, other.least - one.most)
