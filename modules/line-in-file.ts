// lineInFile: one line of a text file.
import { z } from 'zod'
import { TsplayError } from '../engine/error.ts'
import { defineModule } from '../engine/module.ts'
import { isSecret, reveal, type Text } from '../engine/secret.ts'
import { editLine, type LineEdit, unknownGroup } from './common/edit-line.ts'
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

/** Parameters of `lineInFile`. */
export interface LineInFileParams extends EditParams, Omit<LineEdit, 'line'> {
  /** The line, without a newline. May be left out where lines are removed by `regexp` or `search`. With a secret one no diff of the file is shown. */
  line?: Text
  /**
   * Which line is replaced (the last that matches), or which are removed. JavaScript's syntax. It should match `line` too:
   * where a second run would find another line to replace, the task fails. Default: only `line` itself is looked for.
   */
  regexp?: PatternParam
  /** The same by a text that the line contains. Default: none. */
  search?: string
  /** Default `present`. */
  state?: 'present' | 'absent'
  /** Where nothing matches: insert after the last line that matches this, at the end (`'EOF'`, the default) or the beginning (`'BOF'`). */
  insertAfter?: PatternParam
  /** The same, before the last line that matches; `'BOF'` is the beginning of the file. Default: `insertAfter` says where. */
  insertBefore?: PatternParam
  /** `\1` in `line` stands for the first group of `regexp`; where that matches nothing, nothing is done. Default false. */
  backrefs?: boolean
  /** Take the first line that matches instead of the last. Default false. */
  firstMatch?: boolean
  /** Make the file where it is missing. Default false: that is a failure. */
  create?: boolean
}

interface Input extends EditParams, LineEdit {
  readonly create?: boolean
  readonly secret?: boolean
}

const isOneLine = (text: string): boolean => /^[^\r\n]*$/.test(text)

/**
 * A line is in the file, or is not.
 *
 * @example one setting, replaced where it is, else added
 * ```ts
 * task('permissive', lineInFile({ path: '/etc/selinux/config', regexp: '^SELINUX=', line: 'SELINUX=permissive' }))
 * ```
 *
 * @example every line that matches is removed
 * ```ts
 * task('no swap', lineInFile({ path: '/etc/fstab', regexp: '^[^#].*\\sswap\\s', state: 'absent', backup: true }))
 * ```
 *
 * @example part of a line is kept: how it is indented
 * ```ts
 * task('more connections', lineInFile({
 *   path: '/etc/nginx/nginx.conf',
 *   regexp: '^(\\s*)worker_connections\\s',
 *   line: '\\1worker_connections 4096;',
 *   backrefs: true,
 *   validate: 'nginx -t -c %s',
 * }))
 * ```
 */
export const lineInFile = defineModule<LineInFileParams, EditedState, EditResult, Input>({
  name: 'lineInFile',
  params: z
    .strictObject({
      ...editParams,
      line: textParam
        .refine((line) => isSecret(line) || isOneLine(line), {
          error: 'a line holds no newline: blockInFile writes several',
        })
        .optional(),
      regexp: patternParam.optional(),
      search: z.string().min(1).optional(),
      state: z.enum(['present', 'absent']).optional(),
      insertAfter: patternParam.optional(),
      insertBefore: patternParam.optional(),
      backrefs: z.boolean().optional(),
      firstMatch: z.boolean().optional(),
      create: z.boolean().optional(),
    })
    .refine(({ state, line }) => state === 'absent' || line !== undefined, { error: 'is needed', path: ['line'] })
    .refine(({ line, regexp, search }) => (line ?? regexp ?? search) !== undefined, {
      error: 'give line, regexp or search: what should be removed?',
    })
    .refine(({ regexp, search }) => regexp === undefined || search === undefined, {
      error: 'give either regexp or search',
    })
    .refine(({ insertAfter, insertBefore }) => insertAfter === undefined || insertBefore === undefined, {
      error: 'give either insertAfter or insertBefore',
    })
    .refine(({ backrefs, regexp }) => !backrefs || regexp !== undefined, { error: 'needs regexp', path: ['backrefs'] })
    .superRefine(({ backrefs, regexp, line }, context) => {
      const unknown = backrefs && regexp !== undefined && typeof line === 'string' && unknownGroup(line, regexp)
      if (unknown)
        context.addIssue({
          code: 'custom',
          path: ['line'],
          message: `${unknown} names a group that regexp does not have`,
        })
    }),
  subject: ({ path }) => path,
  async prepare({ line, ...params }) {
    if (line === undefined) return params
    const text = reveal(line)
    if (isSecret(line) && !isOneLine(text))
      throw new TsplayError(`lineInFile: the secret '${line.label}' is more than one line`)
    return { ...params, line: text, secret: isSecret(line) }
  },
  probe: editProbe,
  desired(input, actual) {
    // nothing can be removed from a file that is not there
    if (input.state === 'absent' && actual.type === null) return {}
    const { secret = false } = input
    return desiredEdit(input, actual, input.create === true, (text) => editLine(text, input), { secret })
  },
  apply: editScript,
  result: editResult,
  touches: editTouches,
  rewrites: editRewrites,
  predict: predictEdit,
})
