// Data that a user gives with secrets among it, opened. For a module's `prepare` only.
import { isSecret, reveal } from '../../engine/secret.ts'

/** Data with its secrets opened, and whether there were any. */
export function opened(data: unknown): { data: unknown; hidden: boolean } {
  let hidden = false
  const open = (value: unknown): unknown => {
    if (isSecret(value)) {
      hidden = true
      return reveal(value)
    }
    if (Array.isArray(value)) return value.map(open)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, open(each)]))
  }
  return { data: open(data), hidden }
}
