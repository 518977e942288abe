// Files whose whole content a module makes, several in one task. What one of them takes is the business of written-file.
import { changeOf } from '../../engine/difference.ts'
import type { Change } from '../../engine/module.ts'
import type { Prediction } from '../../engine/prediction.ts'
import { all, map, type Probe } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'
import {
  desiredWritten,
  predictWritten,
  type Writing,
  type WrittenState,
  writeScript,
  writtenProbe,
} from './written-file.ts'

/** What is at each destination. */
export interface PlacedState {
  readonly files: Readonly<Record<string, WrittenState>>
}

/** A file's content, and its mode and owner where they matter. */
export const placedFile = (dest: string, content: Writing['content'], params: Writing['params']): Writing => ({
  dest,
  content,
  params,
  inside: undefined,
})

export const probePlaced = (files: readonly Writing[]): Probe<PlacedState> =>
  map(all(Object.fromEntries(files.map((each) => [each.dest, writtenProbe(each)]))), (found) => ({ files: found }))

/** @throws TaskFailure where something else than a file is in the way, or there is no folder for it. */
export const desiredPlaced = (files: readonly Writing[], actual: PlacedState): PlacedState => ({
  files: Object.fromEntries(
    files.map((each) => [each.dest, desiredWritten(each, actual.files[each.dest]!)]),
  ) as PlacedState['files'],
})

/** Replaces what differs, in order. Each file changes at once or not at all. */
export const applyPlaced = (files: readonly Writing[], change: Change<PlacedState>): Script =>
  sh.join(
    changes(files, change).map(
      ([each, own]) => sh`(
${writeScript(each, own)}
) || exit 1`,
    ),
  )

export const predictPlaced = (files: readonly Writing[], change: Change<PlacedState>): Prediction[] =>
  changes(files, change).flatMap(([each, own]) => predictWritten(each, own))

const changes = (files: readonly Writing[], { from, to }: Change<PlacedState>) =>
  files.flatMap((each) => {
    const own = changeOf<WrittenState>(from.files[each.dest]!, to?.files?.[each.dest] ?? {})
    return Object.keys(own.to ?? {}).some((key) => own.has(key as keyof WrittenState)) ? [[each, own] as const] : []
  })
