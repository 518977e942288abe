// blockInFile: lines between two markers of a text file.
import { z } from 'zod'
import { TsplayError } from '../engine/error.ts'
import { defineModule } from '../engine/module.ts'
import { isSecret, reveal, type Text } from '../engine/secret.ts'
import { type BlockEdit, editBlock, type Markers, markersOf } from './common/edit-block.ts'
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
import { textParam } from './common/params.ts'
import { type PatternParam, patternParam } from './common/patterns.ts'

/** Parameters of `blockInFile`. */
export interface BlockInFileParams extends EditParams {
  /** The lines; an empty text removes the block. May be left out where `state` is absent. With a secret one no diff of the file is shown. */
  block?: Text
  /** The lines around it; `{mark}` becomes BEGIN and END. Default `# {mark} TSPLAY MANAGED BLOCK`. Two blocks in one file need two markers. */
  marker?: string
  /** What `{mark}` becomes in the line before the block. Default `BEGIN`. */
  markerBegin?: string
  /** What `{mark}` becomes in the line behind it. Default `END`. */
  markerEnd?: string
  /** A blank line stands before the block, unless that is where the file begins. It stays when the block is removed. Default false. */
  prependNewline?: boolean
  /** A blank line follows the block, unless that is where the file ends. It stays when the block is removed. Default false. */
  appendNewline?: boolean
  /** Default `present`. */
  state?: 'present' | 'absent'
  /** Where there is no block yet: insert it after the last line that matches this, at the end (`'EOF'`, the default) or the beginning (`'BOF'`). */
  insertAfter?: PatternParam
  /** The same, before the last line that matches; `'BOF'` is the beginning of the file. Default: `insertAfter` says where. */
  insertBefore?: PatternParam
  /** Make the file where it is missing. Default false: that is a failure. */
  create?: boolean
}

const markParam = z.string().regex(/^[^\r\n]+$/, { error: 'is a word or more, on one line' })

interface Input extends EditParams, BlockEdit {
  readonly create?: boolean
  readonly secret: boolean
}

const defaultMarker = '# {mark} TSPLAY MANAGED BLOCK'

/**
 * A block of lines is in the file between its markers, or is not.
 *
 * @example names of hosts, in a block of their own
 * ```ts
 * task('names', blockInFile({ path: '/etc/hosts', block: '10.0.0.1 db1\n10.0.0.2 db2', marker: '# {mark} databases' }))
 * ```
 *
 * @example before the first rule of a file, checked before it is replaced
 * ```ts
 * task('trust', blockInFile({
 *   path: '/etc/sudoers',
 *   block: 'Defaults:deploy !requiretty',
 *   insertBefore: '^root\\b',
 *   validate: 'visudo -cf %s',
 * }))
 * ```
 */
export const blockInFile = defineModule<BlockInFileParams, EditedState, EditResult, Input>({
  name: 'blockInFile',
  params: z
    .strictObject({
      ...editParams,
      block: textParam.optional(),
      marker: z
        .string()
        .regex(/^[^\r\n]*\{mark\}[^\r\n]*$/, { error: 'is one line that holds {mark}' })
        .optional(),
      markerBegin: markParam.optional(),
      markerEnd: markParam.optional(),
      prependNewline: z.boolean().optional(),
      appendNewline: z.boolean().optional(),
      state: z.enum(['present', 'absent']).optional(),
      insertAfter: patternParam.optional(),
      insertBefore: patternParam.optional(),
      create: z.boolean().optional(),
    })
    .refine(({ state, block }) => state === 'absent' || block !== undefined, { error: 'is needed', path: ['block'] })
    .refine(({ insertAfter, insertBefore }) => insertAfter === undefined || insertBefore === undefined, {
      error: 'give either insertAfter or insertBefore',
    })
    .refine(({ markerBegin = 'BEGIN', markerEnd = 'END' }) => markerBegin !== markerEnd, {
      error: 'is the same as markerBegin: the block would have no end',
      path: ['markerEnd'],
    })
    .refine(({ block, ...markers }) => typeof block !== 'string' || !holdsMarker(block, markers), {
      error: 'holds one of its own markers',
      path: ['block'],
    }),
  subject: ({ path }) => path,
  async prepare({ block = '', marker = defaultMarker, ...params }) {
    const text = reveal(block)
    if (isSecret(block) && holdsMarker(text, { marker, ...params }))
      throw new TsplayError(`blockInFile: the secret '${block.label}' holds one of the block's own markers`)
    return { ...params, marker, block: text, secret: isSecret(block) }
  },
  probe: editProbe,
  desired(input, actual) {
    const removes = input.state === 'absent' || input.block === ''
    if (removes && actual.type === null) return {}
    const { secret } = input
    return desiredEdit(input, actual, input.create === true, (text) => editBlock(text, input), { secret })
  },
  apply: editScript,
  result: editResult,
  touches: editTouches,
  rewrites: editRewrites,
  predict: predictEdit,
})

type Unset<T> = { readonly [Key in keyof T]?: T[Key] | undefined }

function holdsMarker(block: string, { marker = defaultMarker, markerBegin, markerEnd }: Unset<Markers>): boolean {
  const markers = markersOf({ marker, ...(markerBegin && { markerBegin }), ...(markerEnd && { markerEnd }) })
  return block.split(/\r?\n/).some((line) => markers.includes(line))
}
