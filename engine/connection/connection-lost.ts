// The way to a host broke, or did not come about, for a reason that may be over soon. Knows nothing of further tries.
import { TsplayError } from '../error.ts'
import type { StepOutput } from './connection.ts'

/**
 * A failure of the network, and not of what was said over it: another try may do. A refused login or a wrong host key is
 * none, since asking again would only lock the account.
 */
export class ConnectionLost extends TsplayError {
  /** The bundle that was under way; undefined where there was none, or nothing of it was sent. */
  readonly bundle: CutBundle | undefined

  constructor(message: string, details: { hint?: string | undefined; cause?: unknown; bundle?: CutBundle } = {}) {
    const { hint, cause, bundle } = details
    super(message, { kind: 'unreachable', ...(hint !== undefined && { hint }), cause })
    this.bundle = bundle
  }
}

/** How far a bundle came before its connection broke. */
export interface CutBundle {
  /** By place, how steps have ended. The others may have ended as well: the word of it may be what was lost. */
  readonly outputs: readonly (StepOutput | undefined)[]
  /** As many steps were sent, at least in part. Those behind them have not begun. */
  readonly sent: number
}

/** The same error, as the end of a connection that stood: whatever it was, another connection may do. */
export const asLost = ({ message, hint, cause }: TsplayError): ConnectionLost =>
  new ConnectionLost(message, { hint, cause })
