// The modules for Kubernetes with this machine's kubectl and a small API server on the loopback.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Action, Control } from '../../engine/module.ts'
import { secret } from '../../engine/secret.ts'
import {
  kubeApproveCsr,
  kubeCordon,
  kubectl,
  kubeDrain,
  kubeGet,
  kubeLabel,
  kubePatch,
  kubeScale,
  kubeTaint,
  kubeWait,
} from '../../modules/index.ts'
import { type KubeApi, kubeApi, kubectlLacks } from '../support/kube-api.ts'
import { askLocally, type LocalPass, runLocally } from '../support/local-host.ts'
import { controlIn, expectSettled, folderHere, settleHere } from '../support/settle-here.ts'

const api: KubeApi = kubeApi()
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] },
    },
  },
}

let folder: string
let with_: { kubeconfig: string }
let control: Control
beforeEach(() => {
  folder = folderHere()
  with_ = { kubeconfig: api.kubeconfig(folder) }
  control = controlIn(folder)
})
beforeAll(async () => {
  for (const name of ['default', 'kube-system']) await api.put('api/v1/namespaces', { metadata: { name } })
})

const settle = (action: Action): Promise<LocalPass> => settleHere(action, { control })
const properties = ({ differences }: LocalPass) => differences.map(({ property }) => property)

describe.skipIf(kubectlLacks)(`kubectl${kubectlLacks ? ` (skipped: ${kubectlLacks})` : ''}`, () => {
  it('applies what differs, with the change as a diff, and finds nothing more to do', async () => {
    expect(properties(await settle(kubectl({ ...with_, definition: web })))).toEqual(['objects.Deployment web'])
    const scaled = { ...web, spec: { ...web.spec, replicas: 3 } }
    const { differences } = await settle(kubectl({ ...with_, definition: [scaled] }))
    expect(differences).toHaveLength(1)
    expect(differences[0]!.patch).toContain('-  replicas: 1\n+  replicas: 3\n')
    expect(await api.get('apis/apps/v1/namespaces/default/deployments/web')).toMatchObject({ spec: { replicas: 3 } })
    await expectSettled(kubectl({ ...with_, definition: scaled }), { control })
  })

  it('leaves alone what others have set, and puts back what they have changed', async () => {
    const definition = { ...web, metadata: { name: 'shared' } }
    await settle(kubectl({ ...with_, definition }))
    const at = 'apis/apps/v1/namespaces/default/deployments'
    const found = await api.get(`${at}/shared`)
    const spec = found.spec as { template: { spec: object } } & object
    const changed = {
      ...spec,
      paused: true,
      template: { ...spec.template, spec: { containers: [{ name: 'web', image: 'nginx:evil' }] } },
    }
    await api.put(at, { ...found, spec: changed })
    const { differences } = await settle(kubectl({ ...with_, definition }))
    expect(differences[0]!.patch).toContain('-        - image: nginx:evil\n+        - image: nginx:1.27\n')
    expect(await api.get(`${at}/shared`)).toMatchObject({ spec: { paused: true } })
  })

  it('makes a namespace with what is in it, in one manifest, and removes both', async () => {
    const manifest = `# all of it
apiVersion: v1
kind: Namespace
metadata: {name: apps}
---
---
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: apps}, data: {mode: fast}}
`
    writeFileSync(path.join(folder, 'apps.yaml'), manifest)
    const present = await settle(kubectl({ ...with_, src: 'apps.yaml' }))
    expect(properties(present)).toEqual(['objects.Namespace apps', 'objects.ConfigMap apps/settings'])
    const absent = await settle(kubectl({ ...with_, src: 'apps.yaml', state: 'absent' }))
    expect(properties(absent)).toEqual(['objects.Namespace apps', 'objects.ConfigMap apps/settings'])
    await expectSettled(kubectl({ ...with_, src: 'apps.yaml', state: 'absent' }), { control })
  })

  it('reads a manifest that is on the host, and one that is rendered', async () => {
    const file = path.join(folder, 'map.yaml')
    writeFileSync(
      file,
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { a: 'b' } }),
    )
    await settle(kubectl({ ...with_, path: file, namespace: 'kube-system' }))
    expect(await api.get('api/v1/namespaces/kube-system/configmaps/one')).toMatchObject({ data: { a: 'b' } })
    writeFileSync(
      path.join(folder, 'map.ejs'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\ndata: {a: <%= value %>}\n',
    )
    await settle(kubectl({ ...with_, template: 'map.ejs', vars: { value: 'c' }, namespace: 'kube-system' }))
    expect(await api.get('api/v1/namespaces/kube-system/configmaps/two')).toMatchObject({ data: { a: 'c' } })
    await settle(kubectl({ ...with_, path: file, namespace: 'kube-system', state: 'absent' }))
  })

  it('waits behind a change until it is ready or gone, and fails where it never is', async () => {
    const at = 'apis/apps/v1/namespaces/default/deployments'
    const ready = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 }
    const definition = { ...web, metadata: { name: 'waited' } }
    await api.put(at, { ...definition, status: ready })
    const paused = { ...definition, spec: { ...web.spec, paused: true } }
    const { output } = await runLocally(kubectl({ ...with_, definition: paused, wait: 5 }), { control })
    expect(output).toMatchObject({ code: 0, stdout: expect.stringContaining('successfully rolled out') })
    await api.put(at, { ...definition, status: { ...ready, availableReplicas: 0 } })
    const never = await runLocally(kubectl({ ...with_, definition: paused, wait: 1 }), { control })
    expect(never.output).toMatchObject({ code: 1, stderr: expect.stringContaining('timed out') })
    const gone = await runLocally(kubectl({ ...with_, definition, state: 'absent', wait: 5 }), { control })
    expect(gone.output).toMatchObject({ code: 0 })
  })

  it('lets the server merge, where asked to', async () => {
    const definition = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'merged' }, data: { a: 'b' } }
    await settle(kubectl({ ...with_, definition, serverSide: true, forceConflicts: true, validate: false }))
    expect(await api.calls()).toContain('PATCH /api/v1/namespaces/default/configmaps/merged')
  })

  it('never shows a Secret, nor whatever holds one of ours', async () => {
    const one = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'pw' }, stringData: { password: 'hush' } }
    const two = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'pw' }, data: { password: secret('hush') } }
    const later = [
      { ...one, stringData: { password: 'more' } },
      { ...two, data: { password: secret('more') } },
    ]
    for (const [index, definition] of [one, two].entries()) {
      const pass = await settle(kubectl({ ...with_, definition }))
      expect(pass.differences).toMatchObject([{ before: null, after: '***' }])
      const check = await runLocally(kubectl({ ...with_, definition: later[index]! }), { control, check: true })
      expect(JSON.stringify(check.differences)).not.toMatch(/hush|aHVzaA|more/)
    }
    expect(await api.get('api/v1/namespaces/default/configmaps/pw')).toMatchObject({ data: { password: 'hush' } })
  })

  it('tells what kubectl says against it', async () => {
    const orphan = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'none' } }
    const { output } = await runLocally(kubectl({ ...with_, definition: orphan }), { control })
    expect(output).toMatchObject({ code: 1, stderr: expect.stringContaining('namespaces "none" not found') })
    const unknown = await runLocally(kubectl({ ...with_, definition: { ...orphan, kind: 'Nothing' } }), { control })
    expect(unknown.output!.stderr).toContain('no matches for kind "Nothing"')
    const down = { definition: web, kubeconfig: path.join(folder, 'none') }
    const dead = await runLocally(kubectl(down), { control })
    expect(properties(dead)).toEqual(['asked', 'objects.Deployment web'])
    expect(dead.output!.code).not.toBe(0)
    const none = await runLocally(kubectl({ ...with_, definition: web, kubectl: '/none/kubectl' }), { control })
    expect(none.output!.stderr).toBe(
      "there is no /none/kubectl on the host: install it, or give its path with 'kubectl'\n",
    )
  })

  it('goes by what was applied last where kubectl knows no dry run of the server', async () => {
    const old = path.join(folder, 'old-kubectl')
    writeFileSync(
      old,
      `#!/bin/sh
case "$*" in *--dry-run=server*) echo 'error: invalid argument "server" for "--dry-run" flag: strconv.ParseBool' >&2; exit 1 ;; esac
exec kubectl "$@"
`,
      { mode: 0o755 },
    )
    const definition = { ...web, metadata: { name: 'old', annotations: { by: 'us' } } }
    await settle(kubectl({ ...with_, definition, kubectl: old }))
    const scaled = { ...definition, spec: { ...definition.spec, replicas: 2 } }
    const check = await runLocally(kubectl({ ...with_, definition: scaled, kubectl: old }), { control, check: true })
    expect(properties(check)).toEqual(['objects.Deployment old'])
  })

  it('says what is wrong with a manifest', async () => {
    const refused = async (text: string, message: string) => {
      writeFileSync(path.join(folder, 'bad.yaml'), text)
      await expect(runLocally(kubectl({ ...with_, src: 'bad.yaml' }), { control: controlIn(folder) })).rejects.toThrow(
        message,
      )
    }
    await refused('a: [\n', 'is no manifest: ')
    await refused('# nothing\n', 'is no manifest: there is nothing in it')
    await refused('kind: Pod\n', 'a document has no kind or apiVersion')
    await refused('apiVersion: v1\nkind: Pod\nmetadata: {generateName: x-}\n', 'a Pod has no name')
    expect(() => kubectl({})).toThrow('give one of src, template, definition, path, url')
    expect(() => kubectl({ src: 'a', url: 'http://b' })).toThrow('give one of')
    expect(() => kubectl({ src: 'a', vars: {} })).toThrow("'vars': variables are those of a template")
    expect(() => kubectl({ src: 'a', forceConflicts: true })).toThrow("'forceConflicts'")
  })
})

describe.skipIf(kubectlLacks)(`nodes of Kubernetes${kubectlLacks ? ` (skipped: ${kubectlLacks})` : ''}`, () => {
  beforeEach(async () => {
    await api.put('api/v1/nodes', {
      metadata: { name: 'n1', labels: { old: 'yes', kept: 'yes' } },
      spec: { taints: [{ key: 'kept', effect: 'NoExecute' }] },
    })
  })

  it('kubeLabel sets and takes away labels, and leaves others (V55)', async () => {
    const labels = { 'node-role.kubernetes.io/master': '', zone: 'a', old: null, never: null }
    const pass = await settle(kubeLabel({ ...with_, kind: 'node', name: 'n1', labels }))
    expect(properties(pass)).toEqual(['labels.node-role.kubernetes.io/master', 'labels.zone', 'labels.old'])
    expect(await api.get('api/v1/nodes/n1')).toMatchObject({
      metadata: { labels: { kept: 'yes', zone: 'a', 'node-role.kubernetes.io/master': '' } },
    })
    await settle(kubeLabel({ ...with_, kind: 'no', name: 'n1', labels: { zone: 'b' } }))
    const missing = await runLocally(kubeLabel({ ...with_, kind: 'node', name: 'n2', labels: { zone: 'b' } }))
    expect(missing.output!.stderr).toContain('nodes "n2" not found')
    const unlabelled = await runLocally(kubeLabel({ ...with_, kind: 'node', name: 'n2', labels: { zone: null } }))
    expect(unlabelled.output!.stderr).toContain('nodes "n2" not found')
    expect(() => kubeLabel({ kind: 'node', name: 'n1', labels: { 'a b': 'c' } })).toThrow("'labels")
    expect(() => kubeLabel({ kind: 'node', name: 'n1', labels: { a: '-b' } })).toThrow('a value is at most 63')
    expect(() => kubeLabel({ kind: 'node', name: 'n1', labels: {} })).toThrow('there is no label')
  })

  it('kubeTaint sets and takes away taints, with and without an effect, and leaves others', async () => {
    const taints = ['node-role.kubernetes.io/master:NoSchedule', 'dedicated=db:NoExecute']
    const pass = await settle(kubeTaint({ ...with_, node: 'n1', taints }))
    expect(properties(pass)).toEqual(['taints.node-role.kubernetes.io/master:NoSchedule', 'taints.dedicated:NoExecute'])
    await expectSettled(kubeTaint({ ...with_, node: 'n1', taints: ['kept:NoExecute'] }))
    await settle(kubeTaint({ ...with_, node: 'n1', taints: ['dedicated=web:NoExecute'] }))
    await settle(kubeTaint({ ...with_, node: 'n1', taints: ['dedicated', 'none'], state: 'absent' }))
    expect(await api.get('api/v1/nodes/n1')).toMatchObject({
      spec: {
        taints: expect.arrayContaining([
          { key: 'kept', effect: 'NoExecute' },
          { key: 'node-role.kubernetes.io/master', effect: 'NoSchedule' },
        ]),
      },
    })
    expect(() => kubeTaint({ node: 'n1', taints: ['a'] })).toThrow("'taints': a taint needs its effect")
    expect(() => kubeTaint({ node: 'n1', taints: ['a:Never'] })).toThrow('a taint is written')
  })

  it('kubeCordon and kubeDrain: no new pods, and the old ones leave', async () => {
    await settle(kubeCordon({ ...with_, node: 'n1' }))
    await settle(kubeCordon({ ...with_, node: 'n1', state: 'uncordoned' }))
    const pod = (name: string, kind: string, more: object = {}) =>
      api.put('api/v1/namespaces/default/pods', {
        metadata: {
          name,
          ownerReferences: [{ kind, name: 'o', uid: 'u', apiVersion: 'apps/v1', controller: true }],
          ...more,
        } as {
          name: string
        },
        spec: { nodeName: 'n1', containers: [] },
      })
    await api.put('apis/apps/v1/namespaces/default/daemonsets', { metadata: { name: 'o' }, spec: {} })
    await pod('agent', 'DaemonSet')
    await pod('static', 'Node', { annotations: { 'kubernetes.io/config.mirror': 'x' } })
    await pod('web', 'ReplicaSet')
    const drain = kubeDrain({ ...with_, node: 'n1', timeout: 20, deleteEmptydirData: true })
    const check = await runLocally(drain, { check: true })
    expect(check.differences).toEqual([
      { property: 'cordoned', before: false, after: true },
      { property: 'pods', before: ['default/web'], after: [] },
    ])
    await settle(drain)
    expect(await api.calls()).toContain('POST /api/v1/namespaces/default/pods/web/eviction')
    await settle(kubeCordon({ ...with_, node: 'n1', state: 'uncordoned' }))
  })
})

describe.skipIf(kubectlLacks)(`objects of Kubernetes${kubectlLacks ? ` (skipped: ${kubectlLacks})` : ''}`, () => {
  const deployment = { kind: 'deployment', name: 'patched' }
  const at = 'apis/apps/v1/namespaces/default/deployments'
  beforeEach(async () => {
    await api.remove(`${at}/patched`)
    await api.put(at, { ...web, metadata: { name: 'patched' } })
  })

  it('kubePatch sends a patch that changes something, of each type', async () => {
    const strategic = { spec: { template: { spec: { containers: [{ name: 'web', image: 'nginx:1.28' }] } } } }
    const { differences } = await settle(kubePatch({ ...with_, ...deployment, patch: strategic }))
    expect(differences[0]!.patch).toContain('+        - image: nginx:1.28')
    await settle(kubePatch({ ...with_, ...deployment, type: 'merge', patch: { spec: { paused: true } } }))
    await settle(kubePatch({ ...with_, ...deployment, type: 'merge', patch: { spec: { paused: null } } }))
    const operation = { op: 'replace', path: '/spec/replicas', value: 4 }
    await settle(kubePatch({ ...with_, ...deployment, type: 'json', patch: [operation] }))
    expect(await api.get(`${at}/patched`)).toMatchObject({ spec: { replicas: 4 } })
    const bad = { ...operation, path: '/none/x' }
    const { output } = await runLocally(kubePatch({ ...with_, ...deployment, type: 'json', patch: [bad] }))
    expect(output!.stderr).toContain('no such path: /none/x')
    expect(() => kubePatch({ ...deployment, patch: [] })).toThrow("'patch': a list of operations is for type 'json'")
  })

  it('kubeScale sets the number of replicas', async () => {
    const { differences } = await settle(kubeScale({ ...with_, ...deployment, replicas: 2 }))
    expect(differences).toEqual([{ property: 'replicas', before: 1, after: 2 }])
    await settle(kubeScale({ ...with_, ...deployment, replicas: 0 }))
    const none = await runLocally(kubeScale({ ...with_, kind: 'deployment', name: 'none', replicas: 0 }))
    expect(none.output!.stderr).toMatch(/no objects passed to scale|"none" not found/)
  })

  it('kubeGet gives objects or a text, and that there is none is no failure', async () => {
    const get = async (params: Parameters<typeof kubeGet>[0]) => {
      const action = kubeGet({ ...with_, ...params })
      return askLocally(action.module.probe(action.params))
    }
    expect(await get({ kind: 'deployment', name: 'patched' })).toMatchObject({
      objects: [{ metadata: { name: 'patched' } }],
    })
    expect(await get({ kind: 'deployment', name: 'none' })).toEqual({ objects: [], text: '' })
    expect(await get({ kind: 'deployments', selector: 'a=b', allNamespaces: true })).toMatchObject({ objects: [] })
    expect(await get({ kind: 'deploy', name: 'patched', jsonpath: '{.metadata.name} {.spec.replicas}' })).toEqual({
      objects: [],
      text: 'patched 1',
    })
    expect(await get({ path: '/healthz' })).toEqual({ objects: [], text: 'ok' })
    await expect(get({ kind: 'nothings' })).rejects.toThrow(/resource type "nothings"/)
    await expect(get({ kind: 'nodes', kubectl: '/none' })).rejects.toThrow('there is no /none on the host')
    expect(() => kubeGet({})).toThrow('give either a kind or a path of the API')
    expect(() => kubeGet({ path: '/x', name: 'a' })).toThrow("'path'")
    expect(() => kubeGet({ kind: 'pod', name: 'a', selector: 'b' })).toThrow("'name'")
  })

  it('kubeWait waits for a condition, a deletion and the server itself', async () => {
    const look = async (params: Parameters<typeof kubeWait>[0]) => {
      const { differences, output } = await runLocally(kubeWait({ ...with_, timeout: 0, interval: 0.1, ...params }))
      return differences.length === 0 ? 'holds' : `${output!.code} ${output!.stderr}`
    }
    expect(await look({ for: 'healthy' })).toBe('holds')
    expect(await look({ for: 'delete', kind: 'deployment', name: 'none' })).toBe('holds')
    expect(await look({ for: 'delete', ...deployment })).toMatch(
      /^1 deployment patched: not delete after 0 s: deployment.apps\/patched/,
    )
    expect(await look({ for: 'condition=Available', ...deployment })).toMatch(
      /^1 deployment patched: not condition=Available/,
    )
    expect(await look({ for: 'condition=Ready', kind: 'pods', selector: 'app=none' })).toMatch(
      /no matching resources found/,
    )
    const found = await api.get(`${at}/patched`)
    await api.put(at, {
      ...found,
      status: {
        conditions: [{ type: 'Available', status: 'True' }],
        replicas: 1,
        updatedReplicas: 1,
        availableReplicas: 1,
      },
    })
    expect(await look({ for: 'condition=Available', ...deployment })).toBe('holds')
    expect(await look({ for: 'rollout', ...deployment })).toBe('holds')
    expect(await look({ for: 'healthy', kubeconfig: path.join(folder, 'none') })).toMatch(
      /^1 API server: not healthy after 0 s/,
    )
    expect(() => kubeWait({ for: 'Ready', kind: 'pod' })).toThrow("'for': expected 'condition=…'")
    expect(() => kubeWait({ for: 'delete' })).toThrow("'kind'")
    expect(() => kubeWait({ for: 'rollout', kind: 'deployment' })).toThrow("'name': 'rollout' is of one object")
  })

  it('kubeApproveCsr grants what waits and was asked for by whom it should (V41)', async () => {
    const csrs = 'apis/certificates.k8s.io/v1/certificatesigningrequests'
    const request = (name: string, username: string, status: object = {}) =>
      api.put(csrs, {
        metadata: { name },
        spec: {
          username,
          groups: ['system:bootstrappers', 'system:authenticated'],
          signerName: 'kubernetes.io/kubelet-serving',
        },
        status,
      })
    await request('one', 'system:bootstrap:abcdef')
    await request('two', 'system:node:n1')
    await request('three', 'mallory')
    await request('denied', 'system:node:n2', { conditions: [{ type: 'Denied' }] })
    const users = ['system:bootstrap:*', 'system:node:n1']
    const approve = kubeApproveCsr({
      ...with_,
      users,
      groups: ['system:bootstrappers'],
      signer: 'kubernetes.io/kubelet-serving',
    })
    const { differences } = await runLocally(approve)
    expect(differences).toEqual([{ property: 'pending', before: ['one', 'two'], after: [] }])
    expect((await api.calls()).filter((call) => call.startsWith('PUT') && call.endsWith('/approval'))).toEqual([
      `PUT /${csrs}/one/approval`,
      `PUT /${csrs}/two/approval`,
    ])
    await expectSettled(approve)
    await expectSettled(kubeApproveCsr({ ...with_, names: ['none', 'denied'] }))
    const { module } = kubeApproveCsr
    const state = { asked: true, pending: ['one'] }
    expect(module.result!({}, state, { code: 0, stdout: '', stderr: '' })).toEqual({ approved: ['one'] })
    expect(module.result!({}, state)).toEqual({ approved: [] })
    expect(() => kubeApproveCsr({})).toThrow('say whose requests may be granted')
  })
})
