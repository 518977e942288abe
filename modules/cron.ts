// cron: a job that is run at certain times, or a variable for such jobs. In a user's crontab or in a file of its own.
import { z } from 'zod'
import { type Content, contentOf, contentText } from '../engine/content.ts'
import { changeOf } from '../engine/difference.ts'
import { type Change, type Desired, defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { map, type Probe } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import { accountName } from './common/accounts.ts'
import { type CronEdit, editCrontab, NoSuchVariable } from './common/edit-crontab.ts'
import {
  desiredEdit,
  type EditedState,
  type EditParams,
  type EditResult,
  editProbe,
  editResult,
  editScript,
  editTouches,
  predictEdit,
} from './common/edited-file.ts'
import { nameParam } from './common/names.ts'
import {
  crontabAnswer,
  crontabResources,
  type UserCrontab,
  userCrontab,
  writeUserCrontab,
} from './common/user-crontab.ts'
import { willAnswer } from './common/will-answer.ts'

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

/** The crontab. */
export interface CronState {
  readonly content: Content | null
  /** What was looked up besides: never wished for. */
  readonly found: { readonly crontab?: UserCrontab; readonly file?: EditedState }
}

const fieldError = { error: "give a field of crontab(5), such as 5, '*/2' or '1-5'" }
const field = z
  .union(
    [z.int().min(0, fieldError).max(59, fieldError), z.string().regex(/^[0-9A-Za-z*,/~-]+$/, fieldError)],
    fieldError,
  )
  .optional()
const line = /^[^\r\n\0]*$/

/**
 * cron runs a job at certain times, or does not.
 *
 * @example a snapshot each night
 * ```ts
 * task('snapshot', cron({ name: 'etcd snapshot', hour: 3, minute: 15, job: '/opt/etcd/bin/snapshot.sh >/dev/null' }))
 * ```
 *
 * @example a file of its own, with a variable
 * ```ts
 * task('mail', cron({ cronFile: 'backup', env: true, name: 'MAILTO', job: 'ops@example.com' })),
 * task('backup', cron({ cronFile: 'backup', user: 'backup', name: 'backup', specialTime: 'daily', job: '/usr/local/bin/backup' }))
 * ```
 */
export const cron = defineModule<CronParams, CronState, EditResult>({
  name: 'cron',
  params: z
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
    }),
  subject: ({ name }) => name,
  probe,
  desired,
  apply(params, change) {
    const { from, to } = change
    if (from.found.file) {
      if (to?.content === null) return sh`rm -f -- ${fileOf(params)!.path}`
      return editScript(fileOf(params)!, fileChange(change))
    }
    return writeUserCrontab(params.user, to!.content!, from.found.crontab!, params.backup === true)
  },
  result: (params, { found }, output) => editResult({ path: '', ...fileOf(params) }, found.file as EditedState, output),
  touches(params) {
    const file = fileOf(params)
    return file ? editTouches(file) : crontabResources(params.user)
  },
  rewrites: (params) => (params.backup ? undefined : `cron ${fileOf(params)?.path ?? `of ${params.user ?? ''}`}`),
  predict(params, change) {
    const file = fileOf(params)
    if (!file)
      return [willAnswer(crontabAnswer(params.user), { code: 0, stdout: contentText(change.to!.content!) ?? '' })]
    return change.to?.content === null ? [will.beAbsent(file.path)] : predictEdit(file, fileChange(change))
  },
})

const fileOf = ({ cronFile, backup }: CronParams): EditParams | undefined =>
  cronFile === undefined
    ? undefined
    : { path: cronFile.startsWith('/') ? cronFile : `/etc/cron.d/${cronFile}`, ...(backup && { backup }) }

function probe(params: CronParams): Probe<CronState> {
  const file = fileOf(params)
  return file
    ? map(editProbe(file), (found) => ({ content: found.content, found: { file: found } }))
    : map(userCrontab(params.user), (crontab) => ({ content: contentOf(crontab.text), found: { crontab } }))
}

function desired(params: CronParams, actual: CronState): Desired<CronState> {
  const { crontab, file } = actual.found
  try {
    if (crontab) {
      if (crontab.problem !== '') throw new TaskFailure(crontab.problem)
      return { content: contentOf(editCrontab(crontab.text, editOf(params))) }
    }
    if (params.state === 'absent' && file!.type === null) return {}
    const { content } = desiredEdit(fileOf(params)!, file!, true, (text) => editCrontab(text, editOf(params))) ?? {}
    if (content === undefined) return {}
    const empty = (contentText(content!) ?? '').trim() === ''
    return { content: params.state === 'absent' && empty ? null : content }
  } catch (error) {
    if (!(error instanceof NoSuchVariable)) throw error
    throw new TaskFailure(`there is no variable '${error.message}' to put '${params.name}' beside`)
  }
}

/** The file's own change: its content, and what a new one needs. */
const fileChange = ({ from, to }: Change<CronState>): Change<EditedState> =>
  changeOf(from.found.file!, { type: 'file', ...(to?.content && { content: to.content }) } as Desired<EditedState>)

function editOf(params: CronParams): CronEdit {
  const { name, env = false, state, insertAfter, insertBefore, marker = '# tsplay: {name}' } = params
  return {
    name,
    env,
    insertAfter,
    insertBefore,
    marker,
    line: state === 'absent' ? undefined : env ? `${name}="${params.job}"` : jobLine(params),
  }
}

function jobLine(params: CronParams): string {
  const {
    minute = '*',
    hour = '*',
    day = '*',
    month = '*',
    weekday = '*',
    specialTime,
    disabled,
    cronFile,
    user,
    job,
  } = params
  const when = specialTime === undefined ? [minute, hour, day, month, weekday] : [`@${specialTime}`]
  return `${disabled ? '#' : ''}${[...when, ...(cronFile === undefined ? [] : [user]), job].join(' ')}`
}
