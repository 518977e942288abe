// sudoers: what a user or a group may run as somebody else. A file of its own in /etc/sudoers.d, checked before sudo sees it.
import path from 'node:path'
import { z } from 'zod'
import { contentOf } from '../engine/content.ts'
import { type Desired, defineModule } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { nameOrNames, nameParam, namesOf } from './common/names.ts'
import { pathParam } from './common/params.ts'
import {
  desiredWritten,
  predictWritten,
  type Writing,
  type WrittenState,
  writeScript,
  writtenProbe,
} from './common/written-file.ts'

/** Parameters of `sudoers`. */
export interface SudoersParams {
  /** The file's name. sudo reads no file whose name holds a dot or ends with `~`. */
  name: string
  /** Who may. Default: the members of `group`. */
  user?: string
  /** Whose members may. Default: `user` alone. */
  group?: string
  /** Commands with absolute paths, or `ALL`. In arguments, `,`, `:`, `=` and `\` are written with a backslash. No default: needed unless absent. */
  commands?: string | string[]
  /** No password is asked for. Default true. */
  noPassword?: boolean
  /** As whom: `user`, `user:group`, `ALL`, `ALL:ALL`. Default: root only. */
  runas?: string
  /** On which hosts, for a file that many share. Default `ALL`. */
  host?: string
  /** The caller may keep environment variables with `-E`. Default false. */
  setenv?: boolean
  /** What is run can run nothing else. Default false. */
  noexec?: boolean
  /** The folder. Default `/etc/sudoers.d`. */
  sudoersPath?: string
  /** False: put in place without `visudo` having read it. Default true; a host without visudo is a failure. */
  validate?: boolean
  /** Default `present`. */
  state?: 'present' | 'absent'
}

const word = (what: string) => nameParam(/^[^\s,:=()\\#!"]+$/, what)

/**
 * Somebody may run commands with sudo, or may not. A file that visudo refuses is never put in place.
 *
 * @example a service's user may do anything
 * ```ts
 * task('sudo', sudoers({ name: '90-k8s', user: 'k8s', commands: 'ALL', runas: 'ALL' }))
 * ```
 *
 * @example one command, with a password
 * ```ts
 * task('restart', sudoers({
 *   name: 'web-restart',
 *   group: 'web',
 *   commands: ['/usr/bin/systemctl restart nginx', '/usr/bin/systemctl status nginx'],
 *   noPassword: false,
 * }))
 * ```
 */
export const sudoers = defineModule<SudoersParams, WrittenState>({
  name: 'sudoers',
  params: z
    .strictObject({
      name: nameParam(/^[A-Za-z0-9_][A-Za-z0-9_-]*$/, 'a name that sudo reads: letters, digits, _ and -, no dot'),
      user: word('a user').optional(),
      group: word('a group').optional(),
      commands: nameOrNames(
        /^(ALL|!?\/[^\r\n\0]*|[A-Z][A-Z0-9_]*|sudoedit [^\r\n\0]+)$/,
        "a command with an absolute path, or 'ALL'",
      ).optional(),
      noPassword: z.boolean().optional(),
      runas: nameParam(/^[^\s()\\#!"]+$/, "a user, 'user:group' or 'ALL'").optional(),
      host: word('a host').optional(),
      setenv: z.boolean().optional(),
      noexec: z.boolean().optional(),
      sudoersPath: pathParam.optional(),
      validate: z.boolean().optional(),
      state: z.enum(['present', 'absent']).optional(),
    })
    .refine(({ state, user, group }) => state === 'absent' || (user === undefined) !== (group === undefined), {
      error: 'give either user or group',
    })
    .refine(({ state, commands }) => state === 'absent' || (commands !== undefined && namesOf(commands).length > 0), {
      error: 'is needed',
      path: ['commands'],
    }),
  subject: ({ name }) => name,
  probe: (params) => writtenProbe(writingOf(params)),
  desired(params, actual): Desired<WrittenState> {
    if (params.state === 'absent')
      return actual.type === null ? {} : { type: null, content: null, mode: null, owner: null, group: null }
    return desiredWritten(writingOf(params), actual)
  },
  apply: (params, change) =>
    change.to?.type === null ? sh`rm -f -- ${fileOf(params)}` : writeScript(writingOf(params), change),
  touches: (params) => [fileResource(fileOf(params))],
  predict: (params, change) =>
    change.to?.type === null ? [will.beAbsent(fileOf(params))] : predictWritten(writingOf(params), change),
})

const fileOf = ({ sudoersPath = '/etc/sudoers.d', name }: SudoersParams): string => path.posix.join(sudoersPath, name)

const writingOf = (params: SudoersParams): Writing => ({
  dest: fileOf(params),
  content: contentOf(textOf(params)),
  inside: undefined,
  params: {
    mode: '0440',
    owner: 'root',
    group: 'root',
    follow: false,
    ...(params.validate !== false && { validate: visudo }),
  },
})

const visudo =
  'PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; command -v visudo >/dev/null 2>&1 || { echo "the host has no visudo: install sudo first, or set validate: false"; exit 1; }; visudo -cf %s'

function textOf({
  user,
  group,
  commands = [],
  noPassword = true,
  runas,
  host = 'ALL',
  setenv,
  noexec,
}: SudoersParams): string {
  const tags = [noPassword && 'NOPASSWD:', setenv && 'SETENV:', noexec && 'NOEXEC:'].filter(Boolean).join(' ')
  const what = [runas === undefined ? '' : `(${runas})`, tags, namesOf(commands).join(', ')]
    .filter((part) => part !== '')
    .join(' ')
  return `# Managed by tsplay: changes made here are lost.\n${user ?? `%${group}`} ${host}=${what}\n`
}
