// What a job or a variable of cron's can be asked to be: parameters of `cron` and their schema.
import { z } from 'zod'
import { accountName } from './accounts.ts'
import { nameParam } from './names.ts'

/** Parameters of `cron`. */
export interface CronParams {
  /** What the job is called; with `env`, the variable's name. A job is found again by this. */
  name: string
  /** The command, one line; cron reads `%` as a newline unless it is written `\%`. With `env`, the variable's value. No default: needed unless absent. */
  job?: string
  /** 0 to 59, `*`, lists, ranges and steps as crontab(5) has them. Default every one. */
  minute?: string | number
  /** 0 to 23. Default every one. */
  hour?: string | number
  /** Day of the month, 1 to 31. Default every one. */
  day?: string | number
  /** 1 to 12, or `jan`. Default every one. */
  month?: string | number
  /** 0 (Sunday) to 6, or `sun`. Default every one. */
  weekday?: string | number
  /** Instead of the five: `@daily` and so on. Default: the five say when. */
  specialTime?: 'reboot' | 'yearly' | 'annually' | 'monthly' | 'weekly' | 'daily' | 'hourly'
  /** The job stands there as a comment. Default false. */
  disabled?: boolean
  /** It is a variable, and no job. Default false. */
  env?: boolean
  /** Where a new variable goes: behind this one. Default: to the top. */
  insertAfter?: string
  /** The same, before this one. Default: to the top. */
  insertBefore?: string
  /** Whose crontab; with `cronFile`, as whom the job runs. Default: the user who runs the task; needed for a job in `cronFile`. */
  user?: string
  /** A file in /etc/cron.d, by name or path, instead of a crontab. One that holds nothing any more is removed. Default: the crontab of `user`. */
  cronFile?: string
  /**
   * The line before a job that names it; `{name}` is the name. Default `# tsplay: {name}`. A job that Ansible has made
   * (`#Ansible: {name}`) is taken over, and keeps its line.
   */
  marker?: string
  /** Keep a copy as it was. Default false. */
  backup?: boolean
  /** Default `present`. */
  state?: 'present' | 'absent'
}

const fieldError = { error: "give a field of crontab(5), such as 5, '*/2' or '1-5'" }
const field = z
  .union(
    [z.int().min(0, fieldError).max(59, fieldError), z.string().regex(/^[0-9A-Za-z*,/~-]+$/, fieldError)],
    fieldError,
  )
  .optional()
const line = /^[^\r\n\0]*$/

export const cronParams = z
  .strictObject({
    name: nameParam(/^[^\r\n\0]*\S[^\r\n\0]*$/, 'a name: one line'),
    job: nameParam(line, 'one line').optional(),
    minute: field,
    hour: field,
    day: field,
    month: field,
    weekday: field,
    specialTime: z.enum(['reboot', 'yearly', 'annually', 'monthly', 'weekly', 'daily', 'hourly']).optional(),
    disabled: z.boolean().optional(),
    env: z.boolean().optional(),
    insertAfter: z.string().min(1).optional(),
    insertBefore: z.string().min(1).optional(),
    user: accountName.optional(),
    cronFile: nameParam(
      /^(\/(?!etc\/crontab$)[^\r\n\0]*[^\r\n\0/]|[^\r\n\0/]+)$/,
      'a file in /etc/cron.d, by name, or an absolute path other than /etc/crontab',
    )
      .refine(
        (file) =>
          file.startsWith('/') ? !/^\/etc\/cron\.d\/.*[^A-Za-z0-9_-]/.test(file) : /^[A-Za-z0-9_-]+$/.test(file),
        {
          error: 'cron reads no file in /etc/cron.d whose name holds other than letters, digits, _ and -',
        },
      )
      .optional(),
    marker: nameParam(/^#[^\r\n\0]*\{name\}[^\r\n\0]*$/, 'a comment that holds {name}').optional(),
    backup: z.boolean().optional(),
    state: z.enum(['present', 'absent']).optional(),
  })
  .refine(({ job, state }) => state === 'absent' || (job !== undefined && job !== ''), {
    error: 'is needed',
    path: ['job'],
  })
  .refine(({ env, name }) => !env || /^[^\s=#"']+$/.test(name), { error: 'is no name of a variable', path: ['name'] })
  .refine(
    ({ cronFile, user, env, state }) => cronFile === undefined || user !== undefined || env || state === 'absent',
    {
      error: 'is needed with cronFile: as whom should the job run?',
      path: ['user'],
    },
  )
  .refine(
    ({ specialTime, minute, hour, day, month, weekday }) =>
      specialTime === undefined || [minute, hour, day, month, weekday].every((each) => each === undefined),
    { error: 'goes without minute, hour, day, month and weekday', path: ['specialTime'] },
  )
  .refine(({ insertAfter, insertBefore }) => insertAfter === undefined || insertBefore === undefined, {
    error: 'give either insertAfter or insertBefore',
  })
  .refine(({ insertAfter, insertBefore, env }) => env || (insertAfter ?? insertBefore) === undefined, {
    error: 'insertAfter and insertBefore go with env: true',
  })
