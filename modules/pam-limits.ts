// pamLimits: how much of something a user's sessions may take. One line of limits.conf, or of a file of its own.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { editLimit, limitItems, limitTypes } from './common/edit-limits.ts'
import {
  desiredEdit,
  type EditedState,
  type EditParams,
  type EditResult,
  editProbe,
  editResult,
  editRewrites,
  editScript,
  editTouches,
  predictEdit,
} from './common/edited-file.ts'
import { filePathParam, nameParam } from './common/names.ts'

/** Parameters of `pamLimits`. */
export interface PamLimitsParams {
  /** Whom it is for: a user, `@group`, `*` (everyone but root), `%group`, or a range of numbers `1000:2000`. */
  domain: string
  /** `soft` may be raised by the user up to `hard`; `-` sets both. */
  type: 'soft' | 'hard' | '-'
  /** `nofile` (open files), `nproc` (processes), `memlock` (KiB), `core` (KiB), … as limits.conf(5) lists them. */
  item: (typeof limitItems)[number]
  /** A whole number, `unlimited`, `infinity`, or -1 for the same. No default: needed unless absent. */
  value?: number | string
  /** Keep a value that is there and higher. Default false. */
  useMax?: boolean
  /** Keep a value that is there and lower. Default false. */
  useMin?: boolean
  /** The file; made where it is missing. Default `/etc/security/limits.d/90-tsplay.conf`. */
  dest?: string
  /** Behind the value, after a `#`. Default: none for a new line; else left as it is. */
  comment?: string
  /** Keep a copy of the file as it was, beside it. Default false. */
  backup?: boolean
  /** Default `present`. */
  state?: 'present' | 'absent'
}

const limitError = { error: "a limit is a whole number, 'unlimited' or 'infinity'" }

/**
 * A limit of PAM's is set, or is not. New sessions get it; running ones keep theirs.
 *
 * @example open files, for everyone
 * ```ts
 * ['soft', 'hard'].map((type) => task(`open files, ${type}`, pamLimits({ domain: '*', type: type as 'soft' | 'hard', item: 'nofile', value: 65536 })))
 * ```
 *
 * @example at least so many processes
 * ```ts
 * task('processes', pamLimits({ domain: '@build', type: '-', item: 'nproc', value: 8192, useMax: true }))
 * ```
 */
export const pamLimits = defineModule<PamLimitsParams, EditedState, EditResult>({
  name: 'pamLimits',
  params: z
    .strictObject({
      domain: nameParam(/^[^\s#]+$/, "a user, '@group', '*' or a range"),
      type: z.enum(limitTypes),
      item: z.enum(limitItems),
      value: z
        .union([z.int(limitError), z.string().regex(/^(unlimited|infinity|-?\d+)$/, limitError)], limitError)
        .optional(),
      useMax: z.boolean().optional(),
      useMin: z.boolean().optional(),
      dest: filePathParam.optional(),
      comment: nameParam(/^[^\r\n\0]*$/, 'a comment: one line').optional(),
      backup: z.boolean().optional(),
      state: z.enum(['present', 'absent']).optional(),
    })
    .refine(({ value, state }) => state === 'absent' || value !== undefined, { error: 'is needed', path: ['value'] })
    .refine(({ useMax, useMin }) => !(useMax && useMin), { error: 'give either useMax or useMin' }),
  subject: ({ domain, item }) => `${domain} ${item}`,
  probe: (params) => editProbe(editOf(params)),
  desired(params, actual) {
    if (params.state === 'absent' && actual.type === null) return {}
    return desiredEdit(editOf(params), actual, true, (text) => editLimit(text, params))
  },
  apply: (params, change) => editScript(editOf(params), change),
  result: (params, actual, output) => editResult(editOf(params), actual, output),
  touches: (params) => editTouches(editOf(params)),
  rewrites: (params) => editRewrites(editOf(params)),
  predict: (params, change) => predictEdit(editOf(params), change),
})

const editOf = ({ dest = '/etc/security/limits.d/90-tsplay.conf', backup }: PamLimitsParams): EditParams => ({
  path: dest,
  ...(backup && { backup }),
})
