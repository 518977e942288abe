// Differences as lines for people.

import { diffLimit } from '../content.ts'
import type { Difference } from '../difference.ts'
import { harmless } from './harmless.ts'
import type { Colors } from './report-options.ts'

/** A text diff where there is one, else `property: before → after`. */
export function differenceLines(diff: readonly Difference[], colors: Colors): string[] {
  return diff.flatMap(({ property, before, after, patch, withheld }) => {
    if (patch !== undefined)
      return [
        ...patchLines(patch, colors),
        ...(withheld === 'unmade' ? ['(made in the run: the rest is not known before)'] : []),
      ]
    const name = property === '' ? '' : `${harmless(property)}: `
    const why = withheld ? ` (${reasons[withheld]})` : ''
    if (before === null) return [colors.green(`+ ${name}${shown(after, 'created')}${why}`)]
    if (after === null) return [colors.red(`- ${name}${shown(before, 'removed')}${why}`)]
    return [`${colors.yellow('~')} ${name}${colors.red(shown(before))} → ${colors.green(shown(after))}${why}`]
  })
}

/** Why a content is told by its digest. */
const reasons = {
  binary: 'binary, not shown',
  large: `above ${diffLimit.toLocaleString('en')} bytes, not shown`,
  unmade: 'not known before',
} as const

function patchLines(patch: string, colors: Colors): string[] {
  return harmless(patch)
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      if (line.startsWith('+')) return colors.green(line)
      if (line.startsWith('-')) return colors.red(line)
      return line.startsWith('@@') ? colors.cyan(line) : line
    })
}

/** A value on one line; `whole` stands for a thing of which nothing more is known. */
function shown(value: unknown, whole = '{}'): string {
  if (typeof value === 'string') return harmless(value === '' || /\s/.test(value) ? JSON.stringify(value) : value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Object.keys(value).length === 0 && !Array.isArray(value)) return whole
  const { sha256, size } = value as { sha256?: unknown; size?: unknown }
  if (typeof sha256 === 'string') {
    const bytes = typeof size === 'number' ? `, ${size} bytes` : ''
    return `sha256 ${sha256.slice(0, 12)}…${bytes}`
  }
  return harmless(JSON.stringify(value))
}
