// Certificates, keys and tokens that go into a kubeconfig: from files of the host, or from the control side's store.
import { z } from 'zod'
import { TsplayError } from '../../engine/error.ts'
import { type Store, TaskFailure } from '../../engine/module.ts'
import { findAuthority, intermediates, pemOf, trustBundle } from '../../engine/pki/authority.ts'
import { authorityPath, storeName } from '../../engine/pki/paths.ts'
import { type FileAnswer, file, type Probe } from '../../engine/probe.ts'
import { isSecret, reveal, type Text } from '../../engine/secret.ts'
import { pathParam, textParam } from './params.ts'

/** Where a certificate or key comes from: a path on the host, or the control side's store. */
export type KubeconfigSource = string | { readonly store: string }

/** The parameters that name them. */
export interface SourceParams {
  readonly ca: KubeconfigSource
  readonly clientCert?: KubeconfigSource
  readonly clientKey?: KubeconfigSource
  readonly embed?: boolean
  readonly token?: Text | { readonly store: string }
}

const kinds = ['ca', 'clientCert', 'clientKey'] as const

const stored = z.strictObject({ store: z.string() })

/** The schema of one of them. */
export function sourceParam(inStore: RegExp, example: string): z.ZodType<KubeconfigSource> {
  return z.union([pathParam, stored.refine(({ store }) => inStore.test(store))], {
    error: `expected an absolute path on the host, or ${example}`,
  })
}

/** The schema of a token: itself, or its name in the store. */
export const tokenParam: z.ZodType<Text | { readonly store: string }> = z.union(
  [textParam, z.strictObject({ store: storeName })],
  { error: "expected a token, or { store: 'bootstrap-token' }" },
)

/** The token, where one is given. @throws TsplayError where it is not in the store */
export async function tokenOf(
  { token }: SourceParams,
  store: Store,
): Promise<{ readonly text: string | undefined; readonly provisional: boolean }> {
  if (token === undefined || typeof token === 'string' || isSecret(token))
    return { text: token && reveal(token), provisional: false }
  const name = `secrets/${token.store}`
  const text = (await store.read(name))?.['.txt']
  if (text === undefined)
    throw new TsplayError(`there is no secret '${token.store}' in the store`, {
      hint: `make it first: randomSecret({ name: '${token.store}', … })`,
    })
  return { text: text.replace(/\r?\n$/, ''), provisional: store.isProvisional?.(name) ?? false }
}

/** What has been found of them: PEM by parameter. */
export interface FoundSources {
  readonly stored: Readonly<Record<string, string>>
  /** Whether a check has made up some of it. */
  readonly provisional: boolean
}

/** Reads what the store has. @throws TsplayError where something is not in it. */
export async function storedSources(params: SourceParams, store: Store): Promise<FoundSources> {
  const stored: Record<string, string> = {}
  let provisional = false
  for (const [kind, name] of Object.entries(inStore(params))) {
    stored[kind] = await fromStore(store, kind as (typeof kinds)[number], name)
    provisional ||= store.isProvisional?.(kind === 'ca' ? authorityPath(name) : `pki/${name}`) ?? false
  }
  return { stored, provisional }
}

/** What the host is asked for: nothing where the file only names paths. */
export function hostSources(params: SourceParams): Record<string, Probe<FileAnswer | null>> {
  return Object.fromEntries(hostPaths(params).map(([kind, at]) => [kind, file(at)]))
}

/** The files of the host that are read. */
export const hostPaths = (params: SourceParams): readonly (readonly [kind: string, path: string])[] =>
  kinds.flatMap((kind) => {
    const source = params[kind]
    return typeof source === 'string' && params.embed !== false ? [[kind, source] as const] : []
  })

/**
 * The field of a kubeconfig that holds one of them: its data, or its path. None where it is not given.
 * @throws TaskFailure where the host has no such file
 */
export function sourceField(
  kind: (typeof kinds)[number],
  field: string,
  params: SourceParams,
  found: { readonly stored: FoundSources['stored']; readonly host: Readonly<Record<string, FileAnswer | null>> },
): Record<string, string> {
  const data = (bytes: string | Uint8Array) => ({ [`${field}-data`]: Buffer.from(bytes as string).toString('base64') })
  if (found.stored[kind] !== undefined) return data(found.stored[kind])
  const at = params[kind]
  if (typeof at !== 'string') return {}
  if (params.embed === false) return { [field]: at }
  const answer = found.host[kind]
  if (answer?.content) return data(answer.content)
  throw new TaskFailure(`${kind}: there is no ${answer ? 'certificate or key in' : 'file'} ${at} on the host`)
}

/** What each is called in the store: `kubernetes`, `kubernetes/admin`. */
function inStore({ ca, clientCert, clientKey }: SourceParams): Partial<Record<(typeof kinds)[number], string>> {
  const certificate = typeof clientCert === 'object' ? clientCert.store : undefined
  const key = typeof clientKey === 'object' ? clientKey.store : clientKey === undefined ? certificate : undefined
  return {
    ...(typeof ca === 'object' && { ca: ca.store }),
    ...(certificate !== undefined && { clientCert: certificate }),
    ...(key !== undefined && { clientKey: key }),
  }
}

async function fromStore(store: Store, kind: (typeof kinds)[number], name: string): Promise<string> {
  const now = new Date()
  if (kind === 'ca') return trustBundle(store, await findAuthority(store, name, now))
  const ending = kind === 'clientKey' ? '-key.pem' : '.pem'
  const text = (await store.read(`pki/${name}`))?.[ending]
  if (text === undefined)
    throw new TsplayError(`there is no pki/${name}${ending} in the store`, {
      hint: 'it is made by a ca or cert task that comes before this one',
    })
  if (kind === 'clientKey') return text
  // whoever trusts the root only needs those between as well
  return text + pemOf(intermediates(await findAuthority(store, name.split('/')[0]!, now)))
}
