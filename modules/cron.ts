// cron: a job that is run at certain times, or a variable for such jobs. In a user's crontab or in a file of its own.
import { type Content, contentOf, contentText } from '../engine/content.ts'
import { changeOf } from '../engine/difference.ts'
import { type Change, type Desired, defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { map, type Probe } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import { type CronParams, cronParams } from './common/cron-params.ts'
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
import {
  crontabAnswer,
  crontabResources,
  type UserCrontab,
  userCrontab,
  writeUserCrontab,
} from './common/user-crontab.ts'
import { willAnswer } from './common/will-answer.ts'

export type { CronParams } from './common/cron-params.ts'

/** The crontab. */
export interface CronState {
  readonly content: Content | null
  /** What was looked up besides: never wished for. */
  readonly found: { readonly crontab?: UserCrontab; readonly file?: EditedState }
}

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
  params: cronParams,
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
