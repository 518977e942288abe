// etcdKey: one key of an etcd, through etcdctl on the host.
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { map, type Probe } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { isSecret, reveal, type Secret, secret, type Text } from '../engine/secret.ts'
import { asked } from './common/asked.ts'
import { type EtcdParams, etcdctl, etcdParams, needsEtcdctl, pairedKey, unpairedKey } from './common/etcdctl.ts'
import { nameParam } from './common/names.ts'
import { textParam } from './common/params.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `etcdKey`. */
export interface EtcdKeyParams extends EtcdParams {
  /** The key: `/coreos.com/network/config`. */
  path: string
  /** Its value: a text, a secret, or data that is kept as JSON and compared as such. Default: none, for one that should be absent. */
  value?: Text | { readonly [key: string]: unknown } | readonly unknown[]
  /** Default `present`. */
  state?: 'present' | 'absent'
  /** Which of etcd's stores: they share no keys. flannel reads that of 2. Default 3. */
  api?: 2 | 3
}

/** What the key holds. */
export interface EtcdKeyState {
  /** False where etcd could not be asked: its key is then set all the same, and the failure is that of setting it. */
  readonly asked: boolean
  readonly value: Text | null
}

/**
 * A key of an etcd has a value, or is absent. It is read first and set only where it differs; JSON that is written
 * otherwise is no difference.
 *
 * @example the network that flannel reads
 * ```ts
 * task('network', etcdKey({
 *   endpoints: ['https://10.0.0.1:2379', 'https://10.0.0.2:2379'],
 *   ca: '/opt/etcd/ssl/ca.pem',
 *   cert: '/opt/etcd/ssl/server.pem',
 *   key: '/opt/etcd/ssl/server-key.pem',
 *   api: 2,
 *   path: '/coreos.com/network/config',
 *   value: { Network: '172.30.0.0/16', Backend: { Type: 'vxlan' } },
 * }))
 * ```
 *
 * @example a key that must go
 * ```ts
 * task('old network', etcdKey({ endpoints: 'http://127.0.0.1:2379', path: '/kubernetes/network/config', state: 'absent' }))
 * ```
 */
export const etcdKey = defineModule<EtcdKeyParams, EtcdKeyState>({
  name: 'etcdKey',
  params: z
    .strictObject({
      ...etcdParams,
      path: nameParam(/^[^\0\n]+$/, 'a key: it is empty or holds a newline'),
      value: z.union([textParam, z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
      state: z.enum(['present', 'absent']).optional(),
      api: z.union([z.literal(2), z.literal(3)], { error: 'the API is 2 or 3' }).optional(),
    })
    .refine(pairedKey, unpairedKey)
    .refine(({ value, state }) => (value === undefined) === (state === 'absent'), {
      path: ['value'],
      error: 'a key that should be present needs a value, one that should be absent has none',
    })
    .refine(({ path, api }) => api !== 2 || path.startsWith('/'), {
      path: ['path'],
      error: "with API 2 a key begins with '/'",
    })
    .refine(({ value, api }) => api !== 2 || value !== '', {
      path: ['value'],
      error: 'etcdctl cannot set an empty value with API 2',
    }) as z.ZodType<EtcdKeyParams>,
  subject: ({ path }) => path,
  probe: (params) => look(params),
  desired(params, { value }) {
    if (params.state === 'absent') return { asked: true, value: null }
    const wish = params.value!
    if (typeof wish === 'string' || isSecret(wish)) return { asked: true, value: wish }
    return { asked: true, value: sameData(value, wish) ? value : JSON.stringify(wish) }
  },
  apply: (params, { to }) => sh`${needsEtcdctl(params)}
${set(params, to?.value ?? null)}`,
  // no `touches`: etcd may be what other tasks start and stop
  predict: (params, { to }) => [willAnswer(look(params), answerFor(params, to?.value ?? null))],
})

function look(params: EtcdKeyParams): Probe<EtcdKeyState> {
  const { path, api = 3, value } = params
  const tool = etcdctl(params, api)
  const wrap = (found: string): Text => (isSecret(value) ? secret(found) : found)
  return map(
    asked(api === 3 ? sh`${tool} get --print-value-only -- ${path}` : sh`${tool} get -- ${path}`),
    ({ code, stdout, error }) => {
      // API 2 says that there is no key, API 3 says nothing; a value, and be it empty, ends with a newline
      if (api === 2 && /^Error:\s+100: /m.test(error)) return { asked: true, value: null }
      if (code !== 0) return { asked: false, value: null }
      return { asked: true, value: stdout === '' ? null : wrap(stdout.replace(/\n$/, '')) }
    },
  )
}

/** Through standard input: what is an argument can be seen by everybody on the host. Nothing there is no value to etcdctl. */
function set(params: EtcdKeyParams, value: string | Secret | null): Script {
  const { path, api = 3 } = params
  const tool = etcdctl(params, api)
  if (value === null) return api === 3 ? sh`${tool} del -- ${path} > /dev/null` : sh`${tool} rm -- ${path} > /dev/null`
  if (value === '') return sh`${tool} put -- ${path} '' > /dev/null`
  return sh`printf '%s' ${value} | ${tool} ${api === 3 ? 'put' : 'set'} -- ${path} > /dev/null`
}

/** What etcdctl will say of it. */
function answerFor({ api = 3 }: EtcdKeyParams, value: Text | null): { code: number; stdout: string } {
  if (value !== null) return { code: 0, stdout: `${reveal(value)}\n` }
  return api === 3 ? { code: 0, stdout: '' } : { code: 4, stdout: '\x1eError:  100: Key not found' }
}

function sameData(text: Text | null, data: unknown): boolean {
  if (typeof text !== 'string') return false
  try {
    return isDeepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify(data)))
  } catch {
    return false
  }
}
