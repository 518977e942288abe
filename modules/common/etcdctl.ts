// How etcdctl is called: endpoints, certificates and the two APIs, whose options differ.
import { z } from 'zod'
import { type Script, sh } from '../../engine/script.ts'
import { needs } from './asked.ts'
import { namesOf } from './names.ts'
import { pathParam } from './params.ts'

/** Parameters of whatever talks to etcd. */
export interface EtcdParams {
  /** URLs of the members, one or several: `https://10.0.0.1:2379`. */
  endpoints: string | string[]
  /** Path of the CA's certificate on the host. Default: none, for plain http. */
  ca?: string
  /** Path of the client's certificate on the host. Default: none. */
  cert?: string
  /** Path of its key on the host. Default: none. */
  key?: string
  /** The program, by name or path. Default `etcdctl`. */
  etcdctl?: string
}

const endpoint = z.string().regex(/^(https?|unixs?):\/\/[^\s,]+$/, {
  error: "an endpoint is a URL such as 'https://10.0.0.1:2379'",
})

/** The schema's share. */
export const etcdParams = {
  endpoints: z.union([endpoint, z.array(endpoint).min(1)], {
    error: "expected URLs such as 'https://10.0.0.1:2379'",
  }) as z.ZodType<string | string[]>,
  ca: pathParam.optional(),
  cert: pathParam.optional(),
  key: pathParam.optional(),
  etcdctl: z
    .string()
    .regex(/^(\/|(?!-)[^/\s]+$)/, { error: 'is a name or an absolute path' })
    .optional(),
}

/** A certificate and its key are given together. */
export const pairedKey = ({ cert, key }: Pick<EtcdParams, 'cert' | 'key'>): boolean =>
  (cert === undefined) === (key === undefined)

export const unpairedKey = { path: ['key'], error: 'a certificate and its key are given together' }

/** etcdctl with its options, to be followed by what it is asked. It gives up after some seconds. */
export function etcdctl({ endpoints, ca, cert, key, etcdctl: program = 'etcdctl' }: EtcdParams, api: 2 | 3): Script {
  const names =
    api === 3 ? { ca: 'cacert', cert: 'cert', key: 'key' } : { ca: 'ca-file', cert: 'cert-file', key: 'key-file' }
  const options = [
    `--endpoints=${namesOf(endpoints).join(',')}`,
    ...(ca === undefined ? [] : [`--${names.ca}=${ca}`]),
    ...(cert === undefined ? [] : [`--${names.cert}=${cert}`]),
    ...(key === undefined ? [] : [`--${names.key}=${key}`]),
    ...(api === 3 ? ['--dial-timeout=5s', '--command-timeout=5s'] : ['--timeout=5s', '--total-timeout=10s']),
  ]
  return sh`ETCDCTL_API=${api} ${program} ${options}`
}

export const needsEtcdctl = ({ etcdctl: program = 'etcdctl' }: EtcdParams): Script =>
  needs(program, "install it (Debian: etcd-client), or give its path with 'etcdctl'")
