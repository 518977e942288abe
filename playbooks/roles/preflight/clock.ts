// clock: how far a host's clock is from this machine's, as an interval that holds the truth. Sets no clock.
import { defineModule, probe, sh, z } from 'tsplay'
import { hostFact } from 'tsplay/modules'

/** Milliseconds by which a host's clock is ahead of this machine's: at least, and at most. */
export interface ClockOffset {
  readonly least: number
  readonly most: number
}

/** What each host's clock said. */
export const clockOffset = hostFact<ClockOffset>('clock of the host')

/**
 * Reads the clock. The host is asked after `asked` and has answered before the answer is read, so its offset lies between
 * the two differences however long the way was: what is called a difference is one.
 */
export const clock = defineModule<
  Record<string, never>,
  { readonly offset: ClockOffset },
  { offset: ClockOffset },
  { asked: number }
>({
  name: 'clock',
  params: z.strictObject({}),
  late: true,
  subject: () => 'date',
  prepare: async () => ({ asked: Date.now() }),
  probe: ({ asked }) =>
    probe.map(probe.script(sh`date +%s%N`, { reads: ['clock'] }), ({ stdout }) => ({
      offset: offsetOf(stdout, asked, Date.now()),
    })),
  desired: () => ({}),
  apply: () => sh.empty,
  result: (_input, { offset }) => ({ offset }),
  touches: () => [],
})

/** A date without nanoseconds (busybox) is right to the second. */
export function offsetOf(stdout: string, asked: number, answered: number): ClockOffset {
  const digits = /^\d+/.exec(stdout.trim())?.[0] ?? ''
  const exact = digits.length > 12
  const host = exact ? Number(BigInt(digits) / 1_000_000n) : Number(digits) * 1000
  return { least: host - answered, most: host + (exact ? 1 : 1000) - asked }
}

/** The least milliseconds by which two clocks differ. */
export const apart = (one: ClockOffset, other: ClockOffset): number =>
  Math.max(0, one.least - other.most, other.least - one.most)
