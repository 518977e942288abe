// iniFile: one option of an INI file, or a section.
import { z } from 'zod'
import { TsplayError } from '../engine/error.ts'
import { defineModule } from '../engine/module.ts'
import { isSecret, reveal, type Secret, type Text } from '../engine/secret.ts'
import { editIni, type IniEdit } from './common/edit-ini.ts'
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

/** Parameters of `iniFile`. */
export interface IniFileParams extends EditParams {
  /** The section's name, without brackets; the first of that name. Default: what stands before the first section. */
  section?: string
  /** The option's name. Left out, the section itself is there or is removed with all that is in it. */
  option?: string
  /** Its value, one line of text. With a secret one no diff of the file is shown. Default: none, as with `allowNoValue`. */
  value?: Text | number
  /** Several lines with the same option, one for each value, in this order where they are new. Instead of `value`. Default: `value` alone. */
  values?: readonly (Text | number)[]
  /**
   * True: these are the option's only values, and `absent` removes it whatever its value. False: they are added to the
   * others, and `absent` removes only them. Default true.
   */
  exclusive?: boolean
  /** The option stands alone, without `=` and a value. Default false. */
  allowNoValue?: boolean
  /** Write `option=value` without blanks around the `=`. Default false. */
  noExtraSpaces?: boolean
  /** Leave a line as it is where it would only get other blanks around its `=`. Default false. */
  ignoreSpaces?: boolean
  /** An option that is commented out is replaced where it stands; false: the new line goes to the end of the section. Default true. */
  modifyInactiveOption?: boolean
  /** Default `present`. */
  state?: 'present' | 'absent'
  /** Make the file where it is missing. Default true; false: that is a failure. */
  create?: boolean
}

interface Input extends EditParams, IniEdit {
  readonly create?: boolean
  readonly secret: boolean
}

/**
 * An option of an INI file has a value, or is not there. Comments and the order of everything else stay.
 *
 * @example an option of a section, which is made where it is missing
 * ```ts
 * task('cache', iniFile({ path: '/etc/app.ini', section: 'cache', option: 'size', value: 512 }))
 * ```
 *
 * @example several values of one option, without blanks around the equals sign, as systemd's files have them
 * ```ts
 * task('servers', iniFile({ path: '/etc/systemd/timesyncd.conf', section: 'Time', option: 'NTP', values: ['10.0.0.1', '10.0.0.2'], noExtraSpaces: true }))
 * ```
 */
export const iniFile = defineModule<IniFileParams, EditedState, EditResult, Input>({
  name: 'iniFile',
  params: z
    .strictObject({
      ...editParams,
      section: z
        .string()
        .regex(/^[^\r\n[\]]*[^\s[\]][^\r\n[\]]*$/, { error: 'is a name without brackets and newlines' })
        .optional(),
      option: z
        .string()
        .regex(/^[^\s=[#;]([^\r\n=]*[^\s=])?$/, {
          error: "is a name: no blanks around it, no '=' in it, and no '[', '#' or ';' before it",
        })
        .optional(),
      value: valueParam().optional(),
      values: z.array(valueParam()).min(1).readonly().optional(),
      exclusive: z.boolean().optional(),
      allowNoValue: z.boolean().optional(),
      noExtraSpaces: z.boolean().optional(),
      ignoreSpaces: z.boolean().optional(),
      modifyInactiveOption: z.boolean().optional(),
      state: z.enum(['present', 'absent']).optional(),
      create: z.boolean().optional(),
    })
    .refine(({ value, values }) => value === undefined || values === undefined, {
      error: 'give either value or values',
    })
    .refine(({ section, option }) => section !== undefined || option !== undefined, {
      error: 'give option, or section where a whole section is meant',
    })
    .refine(({ option, value, values }) => option !== undefined || (value ?? values) === undefined, {
      error: 'a value needs an option',
      path: ['option'],
    })
    .refine(
      ({ state, option, value, values, allowNoValue }) =>
        state === 'absent' || option === undefined || (value ?? values) !== undefined || allowNoValue,
      { error: 'is needed; allowNoValue: true writes the option alone', path: ['value'] },
    )
    .refine(({ allowNoValue, value, values }) => !allowNoValue || (value ?? values) === undefined, {
      error: 'writes the option alone: leave out value and values',
      path: ['allowNoValue'],
    })
    .refine(
      ({ values = [] }) => new Set(values.map((each) => (isSecret(each) ? each : String(each)))).size === values.length,
      {
        error: 'holds a value twice',
        path: ['values'],
      },
    ),
  subject: ({ path }) => path,
  async prepare({ value, values = value === undefined ? [] : [value], allowNoValue, ...params }) {
    const texts = values.map((each) => (typeof each === 'number' ? String(each) : reveal(each)).trim())
    const broken = values.findIndex((each, index) => isSecret(each) && /[\r\n\0]/.test(texts[index]!))
    if (broken >= 0)
      throw new TsplayError(`iniFile: the secret '${(values[broken] as Secret).label}' is more than one line of text`)
    return { ...params, values: allowNoValue ? [null] : texts, secret: values.some(isSecret) }
  },
  probe: editProbe,
  desired(input, actual) {
    // nothing can be removed from a file that is not there
    if (input.state === 'absent' && actual.type === null) return {}
    return desiredEdit(input, actual, input.create !== false, (text) => editIni(text, input), { secret: input.secret })
  },
  apply: editScript,
  result: editResult,
  touches: editTouches,
  rewrites: editRewrites,
  predict: predictEdit,
})

function valueParam() {
  return z.union(
    [
      z.string().regex(/^[^\r\n\0]*$/, { error: 'a value is one line of text' }),
      z.number(),
      z.custom<Secret>((value) => isSecret(value)),
    ],
    {
      error: (issue) =>
        typeof issue.input === 'boolean'
          ? `write '${issue.input}' as a text`
          : 'a value is one line of text, a number or a secret',
    },
  )
}
