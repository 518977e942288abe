// blockInFile's edit as a pure function of the text: lines between two markers.
import { type PatternParam, regExp } from './patterns.ts'

/** What the block is to be. */
export interface BlockEdit {
  readonly block: string
  /** With `{mark}`, which becomes BEGIN and END. */
  readonly marker: string
  readonly state?: 'present' | 'absent'
  readonly insertAfter?: PatternParam
  readonly insertBefore?: PatternParam
}

/** The text with the block in it, or without it. An empty block is none. */
export function editBlock(text: string, { block, marker, state, insertAfter, insertBefore }: BlockEdit): string {
  const ending = /\r\n/.test(text) ? '\r\n' : '\n'
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
  const [begin, end] = ['BEGIN', 'END'].map((mark) => marker.replaceAll('{mark}', mark)) as [string, string]
  const first = lines.indexOf(begin)
  const last = first < 0 ? -1 : lines.indexOf(end, first)
  const wanted = state === 'absent' || block === '' ? [] : [begin, ...block.replace(/\r?\n$/, '').split(/\r?\n/), end]
  const found = first >= 0 && last >= 0
  if (!found && wanted.length === 0) return text
  // a block that is there stays where it is
  const rest = found ? [...lines.slice(0, first), ...lines.slice(last + 1)] : lines
  const at = found ? first : position(rest, insertAfter, insertBefore)
  const changed = [...rest.slice(0, at), ...wanted, ...rest.slice(at)]
  const result = changed.map((line) => line + ending).join('')
  return found && changed.join('\n') === lines.join('\n') ? text : result
}

function position(
  lines: readonly string[],
  insertAfter: PatternParam | undefined,
  insertBefore: PatternParam | undefined,
): number {
  const anchor = insertBefore ?? insertAfter
  if (anchor === 'BOF' && insertBefore !== undefined) return 0
  if (anchor === undefined || anchor === 'EOF') return lines.length
  const at = lines.findLastIndex((line) => regExp(anchor, '').test(line))
  if (at < 0) return lines.length
  return insertBefore === undefined ? at + 1 : at
}
