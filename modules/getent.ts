// getent: what the host's databases say of users, groups, hosts, services and the like. Changes nothing.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { map, type Probe, script } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { nameParam } from './common/names.ts'

/** Parameters of `getent`. */
export interface GetentParams {
  /** `passwd`, `group`, `hosts`, `services`, `networks`, `protocols`, `shadow`, … */
  database: string
  /** The entry: a name or, in some databases, a number or an address. Default: all entries. */
  key?: string
  /** Ask this source only, such as `files` or `sss`, where the host's getent can. Default: those of /etc/nsswitch.conf. */
  service?: string
  /** What stands between the fields of a line. Default: a colon in passwd, group, shadow and gshadow, else blanks. */
  split?: string
  /** False: a key that is not there gives no entry, instead of a failure. Default true. */
  failKey?: boolean
}

/** What the database says. */
export interface GetentState {
  readonly found: boolean
  /** Nothing of it is ever wished for. */
  readonly entries: readonly GetentEntry[]
  readonly code: number
}

/** One line. A password's hash is shown as `***`. */
export interface GetentEntry {
  readonly key: string
  /** What stands behind the key. */
  readonly fields: readonly string[]
}

/** What `register` receives. */
export interface GetentResult {
  /** Whether there is an entry. */
  readonly found: boolean
  readonly entries: readonly GetentEntry[]
}

/**
 * Looks something up in the host's name databases, whatever they are kept in.
 *
 * @example the home folder of a user
 * ```ts
 * task('who is k8s', getent({ database: 'passwd', key: 'k8s' })).register(({ entries: [k8s] }) => [
 *   task('aliases', lineInFile({ path: `${k8s?.fields[4]}/.bashrc`, line: 'alias k=kubectl', create: true })),
 * ])
 * ```
 *
 * @example does the host resolve the API's name?
 * ```ts
 * task('api name', getent({ database: 'hosts', key: 'kubeapi.example.com' }))
 * ```
 */
export const getent = defineModule<GetentParams, GetentState, GetentResult>({
  name: 'getent',
  params: z.strictObject({
    database: nameParam(/^[a-z][a-z0-9_-]*$/, "a database such as 'passwd' or 'hosts'"),
    key: nameParam(/^[^-\r\n\0][^\r\n\0]*$/, 'a key: one line that does not begin with a dash').optional(),
    service: nameParam(/^[a-z][a-z0-9_-]*$/, "a source such as 'files'").optional(),
    split: z.string().min(1).optional(),
    failKey: z.boolean().optional(),
  }),
  subject: ({ database, key }) => (key === undefined ? database : `${database} ${key}`),
  probe,
  desired({ database, key, failKey = true }, { code, found }) {
    if (code === 127)
      throw new TaskFailure('the host has no getent', "read the file itself: command({ cmd: ['cat', '/etc/passwd'] })")
    if (code === 1) throw new TaskFailure(`getent does not know the database '${database}', or cannot read it`)
    if (code === 3) throw new TaskFailure(`the database '${database}' cannot be listed`, 'give a key')
    if (!found && key !== undefined && failKey)
      throw new TaskFailure(`'${key}' is not in the database '${database}'`, 'failKey: false goes on without it')
    return {}
  },
  apply: () => sh.empty,
  result: (_params, { found, entries }) => ({ found, entries }),
  touches: () => [],
  predict: () => [],
})

function probe(params: GetentParams): Probe<GetentState> {
  const { database, key, service } = params
  const asked = [service === undefined ? [] : ['-s', service], database, key === undefined ? [] : [key]].flat()
  return map(
    script(
      sh`command -v getent >/dev/null 2>&1 || exit 127
getent ${asked} 2>/dev/null`,
      { reads: resourcesOf(params) },
    ),
    ({ code, stdout }) => {
      const lines = code === 0 ? stdout.split('\n').filter((line) => line !== '') : []
      return { found: lines.length > 0, entries: lines.map((line) => entryOf(params, line)), code }
    },
  )
}

const byColon = ['passwd', 'group', 'shadow', 'gshadow']

function entryOf(
  { database, split = byColon.includes(database) ? ':' : undefined }: GetentParams,
  line: string,
): GetentEntry {
  const [key = '', ...fields] = split === undefined ? line.trim().split(/\s+/) : line.split(split)
  return { key, fields: /^g?shadow$/.test(database) ? masked(fields) : fields }
}

/** That there is a hash is told, and which it is not. */
const masked = ([hash = '', ...rest]: readonly string[]): string[] => [/^[!*]{0,2}$/.test(hash) ? hash : '***', ...rest]

/** A new answer is needed where these have changed; of other sources nobody knows. */
function resourcesOf({ database, key }: GetentParams): readonly string[] {
  const files = ['/etc/nsswitch.conf', ...(byColon.includes(database) ? [] : [`/etc/${database}`])].map(fileResource)
  if (database === 'hosts') return [...files, fileResource('/etc/resolv.conf'), fileResource('/etc/hostname')]
  const account = byColon.includes(database) && key !== undefined && /^[A-Za-z_]/.test(key)
  if (account) return [...files, `user:${key}`, `group:${key}`]
  return byColon.includes(database)
    ? [...files, ...['passwd', 'group', 'shadow', 'gshadow'].map((name) => fileResource(`/etc/${name}`))]
    : files
}
