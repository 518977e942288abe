// selinux: whether SELinux enforces, only reports or is off, now and at the next boot. Knows nothing of labels and booleans.
import { z } from 'zod'
import { type Content, contentText } from '../engine/content.ts'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, map, script } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { configFile, contentOfLines, linesOf, writeConfigFile } from './common/config-file.ts'
import { filePathParam, nameParam } from './common/names.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `selinux`. */
export interface SelinuxParams {
  /** `disabled` takes a reboot; until then it is permissive. To turn it on where it is off takes one as well. */
  state: 'enforcing' | 'permissive' | 'disabled'
  /** The policy, such as `targeted`. Default: the one in the file. */
  policy?: string
  /** What is read at boot. A link is followed, and stays. Default `/etc/selinux/config`. */
  configFile?: string
}

/** SELinux on the host. */
export interface SelinuxState {
  readonly file: Content | null
  readonly live: 'enforcing' | 'permissive' | 'disabled'
}

/** What `register` receives. */
export interface SelinuxResult {
  /** What it is now is not what it is to be: `reboot` makes it so. */
  readonly rebootRequired: boolean
}

const live = script(
  sh`_m=; [ ! -r /sys/fs/selinux/enforce ] || read -r _m < /sys/fs/selinux/enforce || [ -n "$_m" ]; printf '%s' "$_m"`,
  { reads: ['selinux'] },
)

/**
 * SELinux is enforcing, permissive or disabled, now as far as that can be and after each boot. A host that does not have
 * it is disabled already.
 *
 * @example off, and a reboot where that takes one
 * ```ts
 * task('no SELinux', selinux({ state: 'disabled' })).register(({ rebootRequired }) => [
 *   rebootRequired && task('reboot', reboot({})),
 * ])
 * ```
 *
 * @example enforcing, by the policy for services
 * ```ts
 * task('SELinux', selinux({ state: 'enforcing', policy: 'targeted' }))
 * ```
 */
export const selinux = defineModule<SelinuxParams, SelinuxState, SelinuxResult>({
  name: 'selinux',
  params: z.strictObject({
    state: z.enum(['enforcing', 'permissive', 'disabled']),
    policy: nameParam(/^[a-z][a-z0-9_-]*$/, "the name of a policy, such as 'targeted'").optional(),
    configFile: filePathParam.optional(),
  }),
  subject: ({ state }) => state,
  probe: (params) =>
    map(all({ file: configFile(fileOf(params)), enforce: live }), ({ file, enforce }) => ({
      file,
      live: modes[enforce.stdout.trim()] ?? 'disabled',
    })),
  desired(params, actual) {
    if (actual.file === null) {
      // Debian and its like: there is nothing to be turned off, and nothing to turn on
      if (params.state === 'disabled' && actual.live === 'disabled') return {}
      throw new TaskFailure(
        `the host has no ${fileOf(params)}`,
        actual.live === 'disabled'
          ? "install SELinux's policy first (selinux-policy-targeted)"
          : 'is the file another?',
      )
    }
    const edited = edit(actual.file, params)
    return { ...(edited && { file: edited }), ...(actual.live !== 'disabled' && { live: nextLive(params) }) }
  },
  apply: (params, change) =>
    sh.join([
      change.to?.file && change.has('file') && writeConfigFile(fileOf(params), change.to.file),
      change.has('live') && sh`printf %s ${nextLive(params) === 'enforcing' ? '1' : '0'} > /sys/fs/selinux/enforce`,
    ]),
  result: ({ state }, actual) => ({
    rebootRequired: (state === 'disabled') !== (actual.live === 'disabled'),
  }),
  touches: (params) => [fileResource(fileOf(params)), 'selinux', 'facts'],
  predict: (params, { to }) => [
    ...(to?.file ? [will.be(fileOf(params), { type: 'file', content: to.file, follows: true })] : []),
    ...(to?.live ? [willAnswer(live, { code: 0, stdout: to.live === 'enforcing' ? '1' : '0' })] : []),
  ],
})

const modes: Readonly<Record<string, SelinuxState['live']>> = { '0': 'permissive', '1': 'enforcing' }

/** A running kernel cannot let go of it. */
const nextLive = ({ state }: SelinuxParams): 'enforcing' | 'permissive' =>
  state === 'enforcing' ? 'enforcing' : 'permissive'

const fileOf = ({ configFile: file = '/etc/selinux/config' }: SelinuxParams): string => file

/** The file with these settings; undefined where it has them. Of several lines the last counts, and is the one that is changed. */
function edit(file: Content, { state, policy }: SelinuxParams): Content | undefined {
  if (contentText(file) === undefined) throw new TaskFailure('the file is no text')
  const before = linesOf(file)
  const after =
    policy === undefined ? set(before, 'SELINUX', state) : set(set(before, 'SELINUX', state), 'SELINUXTYPE', policy)
  return after.join('\n') === before.join('\n') ? undefined : contentOfLines(after)
}

function set(lines: readonly string[], key: string, value: string): readonly string[] {
  const at = lines.findLastIndex((line) => new RegExp(`^\\s*${key}\\s*=`).test(line))
  if (at < 0) return [...lines, `${key}=${value}`]
  return lines[at]!.slice(lines[at]!.indexOf('=') + 1).trim() === value ? lines : lines.with(at, `${key}=${value}`)
}
