// blockInFile: lines between two markers of a text file.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { editBlock, markersOf } from './common/edit-block.ts'
import {
  desiredEdit,
  type EditedState,
  type EditParams,
  type EditResult,
  editParams,
  editProbe,
  editResult,
  editRewrites,
  editScript,
  editTouches,
  predictEdit,
} from './common/edited-file.ts'
import { type PatternParam, patternParam } from './common/patterns.ts'

/** Parameters of `blockInFile`. */
export interface BlockInFileParams extends EditParams {
  /** The lines; an empty text removes the block. */
  block: string
  /** The lines around it; `{mark}` becomes BEGIN and END. Default `# {mark} TSPLAY MANAGED BLOCK`. Two blocks in one file need two markers. */
  marker?: string
  /** Default `present`. */
  state?: 'present' | 'absent'
  /** Where there is no block yet: insert it after the last line that matches this, at the end (`'EOF'`, the default) or the beginning (`'BOF'`). */
  insertAfter?: PatternParam
  /** The same, before the last line that matches; `'BOF'` is the beginning of the file. */
  insertBefore?: PatternParam
  /** Make the file where it is missing. Default false: that is a failure. */
  create?: boolean
}

const defaultMarker = '# {mark} TSPLAY MANAGED BLOCK'

/** A block of lines is in the file between its markers, or is not. */
export const blockInFile = defineModule<BlockInFileParams, EditedState, EditResult>({
  name: 'blockInFile',
  params: z
    .strictObject({
      ...editParams,
      block: z.string(),
      marker: z
        .string()
        .regex(/^[^\r\n]*\{mark\}[^\r\n]*$/, { error: 'is one line that holds {mark}' })
        .optional(),
      state: z.enum(['present', 'absent']).optional(),
      insertAfter: patternParam.optional(),
      insertBefore: patternParam.optional(),
      create: z.boolean().optional(),
    })
    .refine(({ insertAfter, insertBefore }) => insertAfter === undefined || insertBefore === undefined, {
      error: 'give either insertAfter or insertBefore',
    })
    .refine(
      ({ block, marker = defaultMarker }) => !block.split(/\r?\n/).some((line) => markersOf(marker).includes(line)),
      {
        error: 'holds one of its own markers',
        path: ['block'],
      },
    ),
  subject: ({ path }) => path,
  probe: editProbe,
  desired(params, actual) {
    const edit = { ...params, marker: params.marker ?? defaultMarker }
    const removes = params.state === 'absent' || params.block === ''
    if (removes && actual.type === null) return {}
    return desiredEdit(params, actual, params.create === true, (text) => editBlock(text, edit))
  },
  apply: editScript,
  result: editResult,
  touches: editTouches,
  rewrites: editRewrites,
  predict: predictEdit,
})
