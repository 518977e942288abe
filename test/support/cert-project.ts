// A project whose inventory `home` has a store with certificates, for the commands of `tsplay cert`.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { type FileStore, fileStore } from '../../engine/secrets/store.ts'
import { type Finished, type Project, project } from './cli.ts'
import { type Made, madeAuthority, madeLeaf } from './made-certificates.ts'

/** The quickest to make. */
export const key = { algo: 'ecdsa', size: 256 } as const

export const days = (count: number): number => count * 86_400_000

export interface CertProject extends Project {
  readonly store: FileStore
  /** The store's folder. */
  readonly storeDir: string
  /** Puts a value into the store. */
  put(name: string, value: Readonly<Record<string, string>>): Promise<void>
  /** `tsplay cert …` */
  cert(...args: string[]): Promise<Finished & { readonly lines: readonly Record<string, unknown>[] }>
  /** Every file of the store, and its text. */
  files(): Record<string, string>
}

/** The store has the authority `kubernetes`, and two certificates that it signed; and the authority `front`. */
export async function certProject(
  files: Readonly<Record<string, string>> = {},
): Promise<CertProject & { readonly authority: Made }> {
  const site = project({ 'package.json': '{}', ...files })
  const storeDir = path.join(site.dir, '.tsplay/home')
  const store = fileStore(storeDir, { check: false })
  const put = async (name: string, value: Readonly<Record<string, string>>): Promise<void> => {
    await store.update(name, async () => value)
  }
  const authority = await madeAuthority({ subject: { cn: 'kubernetes', o: 'k8s' }, expiry: '100y', key })
  const server = { subject: { cn: 'etcd' }, hosts: ['etcd.test', '127.0.0.1'], key }
  const client = { subject: { cn: 'admin', o: 'system:masters' }, usages: ['signing', 'client auth'], key }
  await put('pki/kubernetes/ca', authority)
  await put('pki/kubernetes/etcd-m1', await madeLeaf(authority, server))
  await put('pki/kubernetes/admin', await madeLeaf(authority, client))
  await put('pki/front/ca', await madeAuthority({ subject: { cn: 'front' }, expiry: '100y', key }))
  return {
    ...site,
    authority,
    store,
    storeDir,
    put,
    async cert(...args) {
      const done = await site.tsplay(['cert', ...args])
      const isJson = done.code !== 1 && done.stdout.startsWith('{')
      const lines = isJson
        ? done.stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : []
      return { ...done, lines }
    },
    files: () =>
      Object.fromEntries(
        readdirSync(storeDir, { recursive: true, encoding: 'utf8' })
          .sort()
          .filter((file) => statSync(path.join(storeDir, file)).isFile())
          .map((file) => [file, readFileSync(path.join(storeDir, file), 'utf8')]),
      ),
  }
}
