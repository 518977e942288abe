// make: targets of a Makefile are built, where make itself finds that they are out of date.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, map, type Probe, script, stat, target as targetOf } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { namesOf } from './common/names.ts'
import { pathParam } from './common/params.ts'
import { type RunningResult, runningResult } from './common/running.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `make`. */
export interface MakeParams {
  /** The folder with the Makefile, an absolute path on the host. */
  chdir: string
  /** One target or several. Default: the Makefile's first. */
  target?: string | string[]
  /** Variables by name: `{ PREFIX: '/opt/haproxy', USE_OPENSSL: 1 }`. A `$` in a value is a `$`, and no reference. Default: none. */
  params?: Readonly<Record<string, string | number>>
  /** How many recipes run at a time. Default: one. */
  jobs?: number
  /** The Makefile, relative to `chdir`. Default: what make looks for. */
  file?: string
  /**
   * Do nothing where this path exists. Targets that are no files (`install`) are never up to date, so by default they are
   * made each time.
   */
  creates?: string
  /** The program. Default `make`. */
  executable?: string
}

/** Whether the targets are up to date. */
export interface MakeState {
  readonly made: boolean
}

type State = MakeState & { readonly failure: string | undefined; readonly hint: string | undefined }

/**
 * Targets are up to date. Asks `make -q`, which runs no recipe but those that make runs in any case (with `$(MAKE)` or `+`).
 *
 * @example a build in two steps, the second done once
 * ```ts
 * task('build', make({ chdir: '/usr/local/src/haproxy-2.6.6', jobs: 4, params: { TARGET: 'linux-glibc', USE_OPENSSL: 1 } })),
 * task('install', make({ chdir: '/usr/local/src/haproxy-2.6.6', target: 'install', params: { PREFIX: '/opt/haproxy' }, creates: '/opt/haproxy/sbin/haproxy' }))
 * ```
 * @example another Makefile
 * ```ts
 * task('docs', make({ chdir: '/srv/site', file: 'docs.mk', target: ['html', 'pdf'] }))
 * ```
 */
export const make = defineModule<MakeParams, State, RunningResult>({
  name: 'make',
  params: z.strictObject({
    chdir: pathParam,
    target: z.union([targetName(), z.array(targetName())]).optional(),
    params: z
      .record(
        z.string().regex(/^[^\s:#=\0+?!-][^\s:#=\0]*$/, { error: 'is not the name of a variable' }),
        z.union([z.string().regex(/^[^\0]*$/), z.number()], { error: 'expected a text or a number' }),
      )
      .optional(),
    jobs: z.int().min(1).optional(),
    file: z
      .string()
      .regex(/^[^-\0][^\0]*$/, { error: 'is the path of a Makefile' })
      .optional(),
    creates: pathParam.optional(),
    executable: z
      .string()
      .regex(/^[^-\0][^\0]*$/, { error: 'is the name or the path of a program' })
      .optional(),
  }),
  subject: ({ chdir, target = [] }) => [chdir, ...namesOf(target)].join(' '),
  probe: (params) =>
    params.creates === undefined
      ? upToDate(params)
      : map(stat(params.creates), (found) => ({ made: found !== null, failure: undefined, hint: undefined })),
  desired(_params, { failure, hint }) {
    if (failure !== undefined) throw new TaskFailure(failure, hint)
    return { made: true }
  },
  apply: (params) => sh`cd -- ${params.chdir} || exit 1
(${command(params, [])}) 3<&-`,
  result: (_params, _actual, output) => runningResult(output),
  // a recipe may write anything
  predict: (params) => [
    params.creates === undefined
      ? willAnswer(question(params), { code: 0, stdout: 'code 0\n' })
      : will.be(params.creates, { type: 'file' }),
    will.changeAnything,
  ],
})

/** What makes the targets; `flags` before all others. */
const command = ({ executable = 'make', jobs, file, target = [], params = {} }: MakeParams, flags: string[]): Script =>
  sh`${executable} ${flags} ${jobs === undefined ? [] : [`-j${jobs}`]} ${file === undefined ? [] : ['-f', file]} -- ${[
    ...Object.entries(params).map(([name, value]) => `${name}=${String(value).replaceAll('$', '$$$$')}`),
    ...namesOf(target),
  ]}`

const question = (params: MakeParams): Probe<{ stdout: string }> =>
  script(sh`command -v ${params.executable ?? 'make'} >/dev/null 2>&1 || { echo 'no make'; exit 0; }
cd -- ${params.chdir} 2>/dev/null || { echo 'no folder'; exit 0; }
_e=$(${command(params, ['-q'])} 2>&1 >/dev/null </dev/null)
printf 'code %s\n%s\n' $? "$_e"`)

function upToDate(params: MakeParams): Probe<State> {
  const { chdir, executable = 'make' } = params
  return map(all({ answer: question(params), folder: targetOf(chdir) }), ({ answer, folder }) => {
    const [first = '', ...rest] = answer.stdout.trim().split('\n')
    const said = { made: first === 'code 0', failure: undefined, hint: undefined }
    if (first === 'no make')
      return { ...said, failure: `the host has no ${executable}`, hint: `install it first: package({ name: 'make' })` }
    // one that another task will bring is not there yet in a check
    if (first === 'no folder' && folder?.type !== 'directory')
      return { ...said, failure: `${chdir} is not a folder on the host`, hint: 'unpack or clone the sources first' }
    return /^code [2-9]/.test(first) ? { ...said, failure: rest.join('\n') || `make: ${first}`, hint: undefined } : said
  })
}

function targetName() {
  return z
    .string()
    .regex(/^[^-\s=\0][^\s=\0]*$/, { error: (issue) => `${JSON.stringify(issue.input)} is not a target` })
}
