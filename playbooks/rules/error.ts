// A finding that ends a run, about the value of a variable. Plain data.
import type { Finding } from 'tsplay'

export const error = (rule: string, message: string, hint: string, variable: string): Finding => ({
  ...{ level: 'error', rule, message, hint, variable },
})
