// A finding about the value of a variable. Plain data.
import type { Finding } from 'tsplay'

/** One that ends a run. */
export const error = (rule: string, message: string, hint: string, variable: string): Finding => ({
  ...{ level: 'error', rule, message, hint, variable },
})

/** One that somebody may have meant. */
export const warning = (...finding: Parameters<typeof error>): Finding => ({ ...error(...finding), level: 'warning' })
