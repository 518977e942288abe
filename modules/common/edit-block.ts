// blockInFile's edit as a pure function of the text: lines between two markers.
import { TaskFailure } from '../../engine/module.ts'
import { type LineEdit, placeFor } from './edit-line.ts'
import { insertLines, linesOfText, type TextLine, textOfLines } from './text-lines.ts'

/** What the block is to be. */
export interface BlockEdit extends Pick<LineEdit, 'state' | 'insertAfter' | 'insertBefore'> {
  readonly block: string
  /** With `{mark}`, which becomes BEGIN and END. */
  readonly marker: string
}

/** The text with the block in it, or without it. An empty block is none. @throws TaskFailure where markers are damaged. */
export function editBlock(text: string, edit: BlockEdit): string {
  const lines = linesOfText(text)
  const markers = markersOf(edit.marker)
  const wanted = edit.state === 'absent' ? [] : blockLines(edit.block, markers)
  const present = findBlock(lines, markers)
  if (!present) return wanted.length === 0 ? text : textOfLines(insertLines(lines, placeFor(lines, edit), wanted))
  // a block that is there stays where it is
  const { end } = lines[present.first]!
  return textOfLines([
    ...lines.slice(0, present.first),
    ...wanted.map((line) => ({ text: line, end })),
    ...lines.slice(present.last + 1),
  ])
}

/** The lines before and after a block. */
export const markersOf = (marker: string): readonly [begin: string, end: string] => [
  marker.replaceAll('{mark}', 'BEGIN'),
  marker.replaceAll('{mark}', 'END'),
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
