// replace: everything in a text file that a pattern matches.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
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
import { type PatternParam, patternParam, regExp } from './common/patterns.ts'

/** Parameters of `replace`. */
export interface ReplaceParams extends EditParams {
  /** What is replaced, wherever it matches: JavaScript's syntax, `^` and `$` match at every line. Where it matches what it is replaced by, the task fails. */
  regexp: PatternParam
  /** What takes its place; `$1` and `$<name>` stand for the groups of the pattern, `$$` for a dollar sign before one. Default: nothing. */
  replace?: string
  /** Only what follows the first match of this. Default: from the beginning. */
  after?: PatternParam
  /** Only what comes before the first match of this (behind `after`, where both are given). Default: up to the end. */
  before?: PatternParam
}

/**
 * No part of the file matches the pattern any more, as each has been replaced.
 *
 * @example lines that are commented out, once
 * ```ts
 * task('no swap', replace({ path: '/etc/fstab', regexp: '^([^#\\s].*\\sswap\\s.*)$', replace: '# $1' }))
 * ```
 *
 * @example only in one part of the file
 * ```ts
 * task('port', replace({ path: '/etc/app.conf', after: '^\\[web\\]', before: '^\\[', regexp: '^port=\\d+$', replace: 'port=8080' }))
 * ```
 */
export const replace = defineModule<ReplaceParams, EditedState, EditResult>({
  name: 'replace',
  params: z.strictObject({
    ...editParams,
    regexp: patternParam,
    replace: z.string().optional(),
    after: patternParam.optional(),
    before: patternParam.optional(),
  }),
  subject: ({ path }) => path,
  probe: editProbe,
  desired: (params, actual) => desiredEdit(params, actual, false, (text) => replaceAll(text, params)),
  apply: editScript,
  result: editResult,
  touches: editTouches,
  rewrites: editRewrites,
  predict: predictEdit,
})

/** The text with every match replaced, within the bounds. */
export function replaceAll(
  text: string,
  { regexp, replace: by = '', after, before }: Pick<ReplaceParams, 'regexp' | 'replace' | 'after' | 'before'>,
): string {
  let [start, end] = [0, text.length]
  if (after !== undefined) {
    const match = regExp(after, 'm').exec(text)
    if (!match) return text
    start = match.index + match[0].length
  }
  if (before !== undefined) {
    const match = regExp(before, 'm').exec(text.slice(start))
    if (!match) return text
    end = start + match.index
  }
  return text.slice(0, start) + text.slice(start, end).replace(regExp(regexp, 'gm'), by) + text.slice(end)
}
