// blockInFile's edit as a pure function of the text: lines between two markers.
import { TaskFailure } from '../../engine/module.ts'
import { type LineEdit, placeFor } from './edit-line.ts'
import { insertLines, linesOfText, type TextLine, textOfLines } from './text-lines.ts'

/** What the block is to be. */
export interface BlockEdit extends Pick<LineEdit, 'state' | 'insertAfter' | 'insertBefore'>, Markers {
  readonly block: string
  readonly prependNewline?: boolean
  readonly appendNewline?: boolean
}

/** How the lines around a block are written. */
export interface Markers {
  /** With `{mark}`, in whose place the other two are put. */
  readonly marker: string
  /** Default BEGIN. */
  readonly markerBegin?: string
  /** Default END. */
  readonly markerEnd?: string
}

/** The text with the block in it, or without it. An empty block is none. @throws TaskFailure where markers are damaged. */
export function editBlock(text: string, edit: BlockEdit): string {
  const lines = linesOfText(text)
  const markers = markersOf(edit)
  const wanted = edit.state === 'absent' ? [] : blockLines(edit.block, markers)
  const present = findBlock(lines, markers)
  // a block that is there stays where it is, with the endings that it has
  const others = present ? [...lines.slice(0, present.first), ...lines.slice(present.last + 1)] : lines
  if (wanted.length === 0) return textOfLines(others)
  const end = present && lines[present.first]!.end
  const at = present ? present.first : placeFor(lines, edit)
  return textOfLines(insertLines(others, at, withBlanks(wanted, others[at - 1], others[at], edit), end))
}

/** With blank lines around where they are asked for, and neither there nor at the file's edge. */
const withBlanks = (
  wanted: readonly string[],
  before: TextLine | undefined,
  after: TextLine | undefined,
  { prependNewline, appendNewline }: BlockEdit,
): string[] => [
  ...(prependNewline && before && before.text !== '' ? [''] : []),
  ...wanted,
  ...(appendNewline && after && after.text !== '' ? [''] : []),
]

/** The lines before and after a block. */
export const markersOf = ({ marker, markerBegin = 'BEGIN', markerEnd = 'END' }: Markers): readonly [string, string] => [
  marker.replaceAll('{mark}', () => markerBegin),
  marker.replaceAll('{mark}', () => markerEnd),
]

const blockLines = (block: string, [begin, end]: readonly [string, string]): string[] =>
  block === '' ? [] : [begin, ...block.replace(/\r?\n$/, '').split(/\r?\n/), end]

/** The last block. What lies between markers that do not belong together may be somebody else's, so it is left alone. */
function findBlock(
  lines: readonly TextLine[],
  [begin, end]: readonly [string, string],
): { first: number; last: number } | undefined {
  const first = lines.findLastIndex(({ text }) => text === begin)
  const last = lines.findLastIndex(({ text }) => text === end)
  if (first < 0 && last < 0) return undefined
  const hint = 'mend the markers by hand, or remove what is left of the block'
  if (first > last) throw new TaskFailure(`line ${first + 1} begins a block, and no line '${end}' follows`, hint)
  const nearest = lines.findIndex(({ text }, index) => index > first && text === end)
  if (first < 0 || nearest < last)
    throw new TaskFailure(`line ${last + 1} ends a block, and no line '${begin}' stands before it`, hint)
  return { first, last }
}
