// Starts a small API server of Kubernetes for the tests of a file, and talks to it.
import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll } from 'vitest'

/** An object as the server keeps it. */
export interface Kept {
  readonly metadata: { readonly name: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

/** The server, once the tests run. */
export interface KubeApi {
  readonly url: string
  /** Makes or replaces an object, past kubectl. `plural` as in a URL: `apis/apps/v1/namespaces/default/deployments`. */
  put(plural: string, object: Kept): Promise<void>
  get(resource: string): Promise<Kept>
  remove(resource: string): Promise<void>
  /** What it was asked to change, as `PATCH /api/v1/nodes/n1`, since the last call of this. */
  calls(): Promise<string[]>
  /** A kubeconfig for it. */
  kubeconfig(folder: string): string
}

/** Whether this machine has a kubectl, in words where not. */
export const kubectlLacks: string | undefined =
  spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'this machine has no kubectl'

/**
 * In a process of its own: tests wait for kubectl without giving way. It is on the loopback, or where else this machine's
 * `address` is; `lacks` says why it is not needed.
 */
export function kubeApi({
  address = '127.0.0.1',
  lacks,
}: {
  address?: string
  lacks?: string | undefined
} = {}): KubeApi {
  let url = ''
  let seen = 0
  const child: { process?: ReturnType<typeof spawn> } = {}
  beforeAll(async () => {
    if (lacks !== undefined) return
    const server = spawn(process.execPath, [path.join(import.meta.dirname, 'kube-api.mjs'), address], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.process = server
    const port = await new Promise<string>((resolve) =>
      server.stdout!.once('data', (text) => resolve(String(text).trim())),
    )
    url = `http://${address}:${port}`
  })
  afterAll(() => void child.process?.stdin?.end())

  const send = async (method: string, resource: string, body?: unknown): Promise<Response> =>
    fetch(`${url}/${resource}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
  return {
    get url() {
      return url
    },
    async put(plural, object) {
      const made = await send('POST', plural, object)
      const { ok, status } = made.status === 409 ? await send('PUT', `${plural}/${object.metadata.name}`, object) : made
      if (!ok) throw new Error(`${plural}: ${status}`)
    },
    get: async (resource) => (await send('GET', resource)).json() as Promise<Kept>,
    remove: async (resource) => void (await send('DELETE', resource)),
    async calls() {
      const all = (await (await send('GET', 'calls')).json()) as string[]
      const fresh = all.slice(seen)
      seen = all.length
      return fresh
    },
    kubeconfig(folder) {
      const file = path.join(folder, 'kubeconfig')
      const context = { name: 'test', context: { cluster: 'test', user: 'test' } }
      const clusters = [{ name: 'test', cluster: { server: url } }]
      const config = {
        apiVersion: 'v1',
        kind: 'Config',
        clusters,
        contexts: [context],
        users: [{ name: 'test', user: {} }],
      }
      writeFileSync(file, JSON.stringify({ ...config, 'current-context': 'test' }))
      return file
    },
  }
}
