// The options of a repository of dnf's or yum's: as parameters, and as its file has them.
import { z } from 'zod'
import { reveal, type Text } from '../../engine/secret.ts'
import { textParam } from './params.ts'
import type { RepoOptions } from './repo-section.ts'

/** What a repository may have. */
export interface RepositoryOptions {
  /** What it is called in lists. Default: its id. */
  description?: string
  /** Where the folder of `repodata` is, or several places of the same. `$releasever` and `$basearch` are dnf's to fill in and stay as they are. Default: none, where there is `mirrorlist` or `metalink`. */
  baseurl?: string | string[]
  /** Address of a list of mirrors. Default: none. */
  mirrorlist?: string
  /** Address of a list of mirrors with digests. Default: none. */
  metalink?: string
  /** Default: what the host is set to (with dnf and yum of RHEL: yes). */
  gpgcheck?: boolean
  /** Whether the metadata have to be signed as well. Default: what the host is set to (no). */
  repoGpgcheck?: boolean
  /** Where the keys are that packages may be signed with: addresses, or `file:///etc/pki/rpm-gpg/…`. Default: none, so that rpm has to know the key (`rpmKey`). */
  gpgkey?: string | string[]
  /** Whether it is used when nobody asks for it. Default: yes, as dnf has it. */
  enabled?: boolean
  /** Packages not to be taken from it; `*` for any rest. Default: none. */
  exclude?: string | string[]
  /** The only packages to be taken from it. Default: all. */
  includepkgs?: string | string[]
  /** The lower, the more it is preferred: 1 to 99. Default: 99. */
  priority?: number
  /** Cost of its mirrors against those of others. Default: 1000. */
  cost?: number
  /** Whether the server's certificate is checked. Default: yes. */
  sslverify?: boolean
  /** Take its packages also where a module of the distribution has others. Default: no. */
  moduleHotfixes?: boolean
  /** Go on without it where it cannot be reached. Default: what the host is set to. */
  skipIfUnavailable?: boolean
  /** How long metadata are good: seconds, or `6h`. Default: what the host is set to (two days). */
  metadataExpire?: number | string
  /** Address of a proxy, or `_none_`. Default: what the host is set to. */
  proxy?: string
  /** Default: none. */
  username?: string
  /** With it, the file is readable by root only, unless `mode` says otherwise. Default: none. */
  password?: Text
  /** Any other option of dnf.conf(5), by its name there. Default: none. */
  options?: Record<string, string | number | boolean>
}

/** By the names of dnf.conf(5). */
export function repositoryOptions(id: string, params: RepositoryOptions): RepoOptions {
  const list = (value: string | readonly string[]) => [value].flat()
  const text = (value: string | number | boolean) => [
    typeof value === 'boolean' ? String(Number(value)) : String(value),
  ]
  const lines = (value: string | readonly string[] | undefined) => value && list(value)
  const blanks = (value: string | readonly string[] | undefined) => value && [list(value).join(' ')]
  const all: Record<string, readonly string[] | undefined | ''> = {
    name: [params.description ?? id],
    baseurl: lines(params.baseurl),
    gpgkey: lines(params.gpgkey),
    exclude: blanks(params.exclude),
    includepkgs: blanks(params.includepkgs),
    ...(params.password !== undefined && { password: [reveal(params.password)] }),
  }
  const plain = {
    ...{ mirrorlist: params.mirrorlist, metalink: params.metalink, gpgcheck: params.gpgcheck },
    ...{ repo_gpgcheck: params.repoGpgcheck, enabled: params.enabled, priority: params.priority, cost: params.cost },
    ...{ sslverify: params.sslverify, module_hotfixes: params.moduleHotfixes, proxy: params.proxy },
    ...{
      skip_if_unavailable: params.skipIfUnavailable,
      metadata_expire: params.metadataExpire,
      username: params.username,
    },
    ...params.options,
  }
  for (const [key, value] of Object.entries(plain)) if (value !== undefined) all[key] = text(value)
  return new Map(Object.entries(all).filter((entry): entry is [string, readonly string[]] => Boolean(entry[1])))
}

const oneLine = z.string().regex(/^[^\r\n]*$/, { error: 'is one line' })
const words = z.union([oneLine, z.array(oneLine)], { error: 'expected a text or a list of texts' })

/** The schema's share. */
export const repositoryOptionParams = {
  description: oneLine.optional(),
  baseurl: words.optional(),
  mirrorlist: oneLine.optional(),
  metalink: oneLine.optional(),
  gpgcheck: z.boolean().optional(),
  repoGpgcheck: z.boolean().optional(),
  gpgkey: words.optional(),
  enabled: z.boolean().optional(),
  exclude: words.optional(),
  includepkgs: words.optional(),
  priority: z.int().min(1).max(99).optional(),
  cost: z.int().min(0).optional(),
  sslverify: z.boolean().optional(),
  moduleHotfixes: z.boolean().optional(),
  skipIfUnavailable: z.boolean().optional(),
  metadataExpire: z.union([z.int().min(-1), z.string().regex(/^(\d+[smhd]?|never)$/)]).optional(),
  proxy: oneLine.optional(),
  username: oneLine.optional(),
  password: textParam.refine((text) => !/[\r\n]/.test(reveal(text)), { error: 'is one line' }).optional(),
  options: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.union([oneLine, z.number(), z.boolean()])).optional(),
}
