// knownHosts: the keys by which ssh knows other hosts.
import path from 'node:path'
import { z } from 'zod'
import { contentOf } from '../engine/content.ts'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { accountName } from './common/accounts.ts'
import {
  editKnownHosts,
  type HostKey,
  type HostsEdit,
  hostKeyOf,
  hostName,
  isNamed,
} from './common/edit-known-hosts.ts'
import { filePathParam, nameParam, namesOf } from './common/names.ts'
import {
  probeUserFile,
  textOfUserFile,
  type UserFile,
  type UserFileState,
  userFileResources,
  userFileRewrites,
  writeUserFile,
} from './common/user-file.ts'
import { predictUserFile } from './common/user-file-prediction.ts'

/** Parameters of `knownHosts`. */
export interface KnownHostsParams {
  /** The host: a name, an address, or `[host]:port` where the port is not 22. */
  name: string
  /**
   * Its keys, as `ssh-keyscan` prints them (names before the key, of which `name` must be one) or without names. One of
   * each type; one of the same type that is there is replaced. With `absent`: only these; default all.
   */
  key?: string | string[]
  /** The file. Default `.ssh/known_hosts` in the home folder of `user`. A folder that is missing is made for the default only. */
  path?: string
  /** Whose file. Default: the user who runs the task. */
  user?: string
  /** True: the name is written as a hash. False: as it is. Default: as it is, and a hashed one that is there stays. */
  hashHost?: boolean
  /** Default `present`. */
  state?: 'present' | 'absent'
}

/** What was edited. */
export interface KnownHostsResult {
  readonly path: string
}

/**
 * ssh on the host knows another host by these keys, or does not know it.
 *
 * @example for everyone on the host
 * ```ts
 * task('git server', knownHosts({
 *   name: '[git.example.com]:2222',
 *   key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILhQkVxbTcQdDoGSdMnHFrmfvHCMA+QpFlQHMT2uPyEq',
 *   path: '/etc/ssh/ssh_known_hosts',
 * }))
 * ```
 *
 * @example a machine that was set up anew
 * ```ts
 * task('forget', knownHosts({ name: '192.168.0.91', user: 'k8s', state: 'absent' }))
 * ```
 */
export const knownHosts = defineModule<KnownHostsParams, UserFileState, KnownHostsResult>({
  name: 'knownHosts',
  params: z
    .strictObject({
      name: nameParam(
        /^(\[[^\s,*?!|@[\]]+\]:\d{1,5}|[^\s,*?!|@[\]]+)$/,
        "one host's name or address, or '[host]:port'; several are several tasks",
      ),
      key: z.union([z.string().min(1), z.array(z.string().min(1))], { error: 'expected a text or a list' }).optional(),
      path: filePathParam.optional(),
      user: accountName.optional(),
      hashHost: z.boolean().optional(),
      state: z.enum(['present', 'absent']).optional(),
    })
    .refine(({ key, state }) => key !== undefined || state === 'absent', { error: 'is needed', path: ['key'] })
    .superRefine((params, context) => {
      const message = problemOf(params)
      if (message) context.addIssue({ code: 'custom', path: ['key'], message })
    }),
  subject: ({ name }) => name,
  probe: (params) => probeUserFile(fileOf(params)),
  desired(params, actual) {
    const text = textOfUserFile(actual, followsLinks(params), 'give the path of the file itself')
    const edited = editKnownHosts(text, editOf(params))
    if (edited === text) return {}
    const { user, path: at } = params
    if (!actual.folder && at !== undefined)
      throw new TaskFailure(
        `${path.posix.dirname(at)} is not a directory on the host`,
        `make it first: directory({ path: '${path.posix.dirname(at)}' })`,
      )
    const owner = user !== undefined && { owner: user }
    return {
      ...(!actual.folder && { folder: true, folderMode: '0700', ...(user !== undefined && { folderOwner: user }) }),
      content: contentOf(edited),
      ...(actual.content === null && { mode: '0644', ...owner }),
    }
  },
  apply: (params, change) => writeUserFile(change, { user: params.user, follow: followsLinks(params) }),
  result: (_params, { found }) => ({ path: found.path }),
  touches: (params) => userFileResources(fileOf(params)),
  rewrites: (params) => userFileRewrites('knownHosts', fileOf(params)),
  predict: (params, change) => predictUserFile(fileOf(params), change),
})

const fileOf = ({ user, path }: KnownHostsParams): UserFile => ({ user, path, inHome: '.ssh/known_hosts' })

/** Not on behalf of somebody else, who could let root write anywhere. */
const followsLinks = ({ user, path }: KnownHostsParams): boolean => user === undefined || path !== undefined

const editOf = ({ name, key = [], state = 'present', hashHost }: KnownHostsParams): HostsEdit => ({
  name: hostName(name),
  keys: namesOf(key)
    .flatMap(keyLines)
    .flatMap((line) => hostKeyOf(line) ?? []),
  state,
  hashHost,
})

/** ssh-keyscan puts comments between keys. */
const keyLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !/^(#|$)/.test(line))

function problemOf(params: KnownHostsParams): string | undefined {
  if (params.key === undefined) return undefined
  const wrong = namesOf(params.key)
    .flatMap(keyLines)
    .find((line) => !hostKeyOf(line))
  if (wrong !== undefined) return `${JSON.stringify(wrong.slice(0, 40))} is no host key such as 'ssh-ed25519 AAAA…'`
  const { keys, name } = editOf(params)
  if (keys.length === 0) return 'there is no key in it'
  const twice = keys.find((key, index) => keys.findIndex((other) => sameKind(key, other)) !== index)
  if (twice) return `there are two keys of type ${twice.type}`
  const other = keys.find(({ names }) => names.length > 0 && !names.some((each) => isNamed(each, name)))
  return other && `stands for ${other.names.join(',')}, not for ${params.name}`
}

const sameKind = (a: HostKey, b: HostKey): boolean => a.type === b.type && a.marker === b.marker
