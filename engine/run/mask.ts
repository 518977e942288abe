// Takes the values of secrets out of whatever is about to be shown.

import { contentText, isContent } from '../content.ts'
import type { Difference } from '../difference.ts'
import { type Script, secretsOf } from '../script.ts'
import { reveal } from '../secret.ts'

/** Knows the secrets of a run and hides them in texts. */
export interface Mask {
  /** Remembers every secret that stands in a script: of a secret file what is secret in it, else each of its lines. */
  learn(script: Script): void
  add(value: string): void
  hide(text: string): string
}

/** Shorter values would mask harmless text everywhere. */
const shortest = 4

export function mask(): Mask {
  const values = new Set<string>()
  let pattern: RegExp | undefined
  const add = (value: string): void => {
    if (value.length < shortest || values.has(value)) return
    values.add(value)
    pattern = undefined
  }
  return {
    add,
    learn(script) {
      for (const secret of secretsOf(script)) add(reveal(secret))
      for (const part of script.parts) {
        if (!isContent(part) || !part.secret) continue
        if (part.secrets) {
          part.secrets.forEach(add)
          continue
        }
        const text = contentText(part)?.trim() ?? ''
        for (const line of text.split('\n')) if (line.length >= 12 || !text.includes('\n')) add(line)
      }
    },
    hide(text) {
      if (values.size === 0) return text
      // longest first, so that a secret which contains another is hidden whole
      pattern ??= new RegExp(
        [...values]
          .sort((a, b) => b.length - a.length)
          .map(literally)
          .join('|'),
        'g',
      )
      return text.replace(pattern, '***')
    },
  }
}

/** A diff without the values of secrets. */
export const hidden = (diff: readonly Difference[], hide: Mask['hide']): readonly Difference[] =>
  JSON.parse(JSON.stringify(diff), (_key, value) => (typeof value === 'string' ? hide(value) : value))

const literally = (value: string): string => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
