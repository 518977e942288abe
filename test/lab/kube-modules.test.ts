// The modules for secrets, etcd and Kubernetes on a real host: Debian's etcd and kubectl. The API server is the tests' own,
// as Debian has none.
import { describe, expect, it } from 'vitest'
import { type LabSpec, machineLacks } from '../../engine/lab/lab.ts'
import type { Action } from '../../engine/module.ts'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import {
  ca,
  cert,
  copy,
  etcdHealth,
  etcdKey,
  kubeApproveCsr,
  kubeCordon,
  kubeconfig,
  kubectl,
  kubeDrain,
  kubeLabel,
  kubePatch,
  kubeScale,
  kubeTaint,
  kubeWait,
  randomSecret,
  rsaKeypair,
} from '../../modules/index.ts'
import { kubeApi } from '../support/kube-api.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec: LabSpec = { name: 'mkube', subnet: '10.98.0.0/24', hosts: [{ name: 'one', address: '10.98.0.11' }] }
const { run, converge } = oneHost(spec, lacks)
const api = kubeApi({ address: '10.98.0.1', lacks })

const ok = { output: { code: 0 } }
const nothing = { changed: [] }

/** Does it; converge itself makes sure that nothing more is to do. */
async function settles(action: Action): Promise<readonly string[]> {
  const { changed, output } = await converge(action)
  expect(output).toMatchObject({ code: 0 })
  return changed
}

describe(
  lacks ? `the modules for Kubernetes on a real host (skipped: ${lacks})` : 'the modules for Kubernetes on a real host',
  () => {
    here('randomSecret and rsaKeypair: files of what the control side keeps', async () => {
      const token = randomSecret({ name: 'token', encoding: 'kubeadm', dest: '/root/token', owner: 'root' })
      expect(await settles(token)).toContain('files./root/token.content')
      expect((await run(sh`stat -c %a%U /root/token; cat /root/token`)).stdout).toMatch(
        /^600root\n[a-z0-9]{6}\.[a-z0-9]{16}$/,
      )
      await settles(rsaKeypair({ name: 'sa', private: '/root/sa.key', public: '/root/sa.pub' }))
      const { stdout } = await run(
        sh`openssl rsa -in /root/sa.key -pubout 2>/dev/null | cmp - /root/sa.pub && head -n1 /root/sa.key`,
      )
      expect(stdout).toBe('-----BEGIN RSA PRIVATE KEY-----')
      await run(sh`rm /root/token /root/sa.key /root/sa.pub`)
    })

    here('etcdHealth and etcdKey with both APIs of a real etcd (V16, V18, V19)', async () => {
      await run(sh`apt-get -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io install etcd-server etcd-client kubernetes-client openssl >/dev/null 2>&1
systemctl stop etcd`)
      const endpoints = ['http://127.0.0.1:2379']
      const early = await converge(etcdKey({ endpoints, api: 2, path: '/early', value: 'x' }))
      expect(early.changed).toEqual(['asked', 'value'])
      expect(early.output!.code).not.toBe(0)
      await converge(copy({ content: 'ETCD_ENABLE_V2=true\n', dest: '/etc/default/etcd' }))
      await run(sh`systemctl restart --no-block etcd`)
      const up = await converge(etcdHealth({ endpoints, timeout: 30, interval: 0.2 }))
      expect(up.result).toEqual({ healthy: endpoints })
      expect(await converge(etcdHealth({ endpoints }))).toMatchObject(nothing)
      for (const api of [2, 3] as const) {
        const key = { endpoints, api, path: '/kubernetes/network/config' }
        const value = { Network: '172.30.0.0/16', SubnetLen: 24, Backend: { Type: 'vxlan' } }
        expect(await settles(etcdKey({ ...key, value }))).toEqual(['value'])
        expect(await converge(etcdKey({ ...key, value: JSON.stringify(value) }))).toMatchObject(nothing)
        expect(await settles(etcdKey({ ...key, value: secret("it's\n -n $HOME") }))).toEqual(['value'])
        expect(await settles(etcdKey({ ...key, state: 'absent' }))).toEqual(['value'])
      }
      await settles(etcdKey({ endpoints, path: '/empty', value: '' }))
      await settles(etcdKey({ endpoints, path: '/empty', state: 'absent' }))
    })

    here('etcdHealth and etcdKey with certificates of ours', async () => {
      const pki = '/etc/etcd-pki'
      const files = { ca: `${pki}/ca.pem`, cert: `${pki}/etcd.pem`, key: `${pki}/etcd-key.pem` }
      await run(sh`mkdir -p ${pki}`)
      await settles(ca({ name: 'etcd', subject: { cn: 'etcd' }, dest: files.ca }))
      const member = { name: 'member', ca: 'etcd', subject: { cn: 'etcd' }, hosts: ['127.0.0.1'] }
      await settles(cert({ ...member, dest: files.cert, keyDest: files.key, owner: 'etcd' }))
      const settings = `ETCD_LISTEN_CLIENT_URLS=https://127.0.0.1:2379
ETCD_ADVERTISE_CLIENT_URLS=https://127.0.0.1:2379
ETCD_TRUSTED_CA_FILE=${files.ca}
ETCD_CERT_FILE=${files.cert}
ETCD_KEY_FILE=${files.key}
ETCD_CLIENT_CERT_AUTH=true
ETCD_ENABLE_V2=true
`
      await converge(copy({ content: settings, dest: '/etc/default/etcd' }))
      await run(sh`systemctl restart --no-block etcd`)
      const secure = { endpoints: 'https://127.0.0.1:2379', ...files }
      await converge(etcdHealth({ ...secure, timeout: 30, interval: 0.2 }))
      expect(await converge(etcdHealth(secure))).toMatchObject(nothing)
      await settles(etcdKey({ ...secure, path: '/a', value: 'b' }))
      await settles(etcdKey({ ...secure, api: 2, path: '/a', value: 'b' }))
      const { output } = await converge(
        etcdKey({ endpoints: secure.endpoints, ca: files.ca, api: 2, path: '/a', value: 'c' }),
      )
      expect(output!.stderr).toMatch(/certificate/)
      await run(sh`systemctl stop etcd; rm -r ${pki}`)
    })

    here('kubeconfig is what kubectl reads, and kubectl applies with it', async () => {
      const admin = { name: 'admin', ca: 'kubernetes', subject: { cn: 'admin', o: 'system:masters' } }
      await settles(ca({ name: 'kubernetes', subject: { cn: 'kubernetes' }, dest: '/root/ca.pem' }))
      await settles(cert({ ...admin, dest: '/root/admin.pem', keyDest: '/root/admin-key.pem' }))
      await run(sh`mkdir -m 700 -p /root/.kube`)
      const base = {
        dest: '/root/.kube/config',
        ca: { store: 'kubernetes' },
        clientCert: { store: 'kubernetes/admin' },
      }
      await settles(kubeconfig({ ...base, server: 'https://10.0.0.100:6443', user: 'admin', context: 'secure' }))
      const { stdout } = await run(
        sh`kubectl config view --raw -o 'jsonpath={.users[0].user.client-key-data}' | base64 -d | cmp - /root/admin-key.pem && stat -c %a /root/.kube/config`,
      )
      expect(stdout).toBe('600')
      const plain = { dest: base.dest, server: api.url, ca: '/root/ca.pem', cluster: 'test', embed: false }
      await settles(kubeconfig({ ...plain, user: 'test', token: secret('hush') }))
      expect(
        (await run(sh`kubectl config current-context; kubectl config get-contexts -o name`)).stdout.split('\n'),
      ).toEqual(['test@test', 'secure', 'test@test'])
      await api.put('api/v1/namespaces', { metadata: { name: 'default' } })
      const map = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'map', namespace: 'apps' },
        data: { a: "it's" },
      }
      const definition = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps' } }, map]
      expect(await settles(kubectl({ definition }))).toEqual(['objects.Namespace apps', 'objects.ConfigMap apps/map'])
      expect(await settles(kubectl({ definition: { ...map, data: { a: 'other' } } }))).toEqual([
        'objects.ConfigMap apps/map',
      ])
      expect(await settles(kubectl({ definition, state: 'absent' }))).toHaveLength(2)
      expect((await run(sh`ls -A /root/.kube`)).stdout).toBe('config')
    })

    here('labels, taints, patches, scale, drain, requests and waiting with the kubectl of 2021', async () => {
      await api.put('api/v1/nodes', { metadata: { name: 'n1', labels: { old: 'x' } } })
      expect(await settles(kubeLabel({ kind: 'node', name: 'n1', labels: { role: 'a', old: null } }))).toHaveLength(2)
      await settles(kubeTaint({ node: 'n1', taints: ['dedicated=db:NoSchedule'] }))
      await settles(kubeTaint({ node: 'n1', taints: ['dedicated'], state: 'absent' }))
      await settles(kubeCordon({ node: 'n1' }))
      await settles(kubeCordon({ node: 'n1', state: 'uncordoned' }))
      const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'o', uid: 'u', controller: true }
      await api.put('api/v1/namespaces/default/pods', {
        metadata: { name: 'web', ownerReferences: [owner] },
        spec: { nodeName: 'n1', containers: [], volumes: [{ name: 'v', emptyDir: {} }] },
      })
      const stays = await converge(kubeDrain({ node: 'n1', timeout: 10 }))
      expect(stays.output!.stderr).toMatch(/local storage/)
      expect(await settles(kubeDrain({ node: 'n1', timeout: 10, deleteEmptydirData: true }))).toEqual(['pods'])
      const template = {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'nginx:1' }] },
      }
      await api.put('apis/apps/v1/namespaces/default/deployments', {
        metadata: { name: 'web' },
        spec: { selector: { matchLabels: { app: 'web' } }, template },
      })
      const web = { kind: 'deployment', name: 'web' }
      await settles(kubeScale({ ...web, replicas: 2 }))
      const image = { spec: { template: { spec: { containers: [{ name: 'web', image: 'nginx:2' }] } } } }
      expect(await settles(kubePatch({ ...web, patch: image }))).toEqual(['object'])
      await settles(kubePatch({ ...web, type: 'json', patch: [{ op: 'replace', path: '/spec/replicas', value: 3 }] }))
      await api.put('apis/certificates.k8s.io/v1/certificatesigningrequests', {
        metadata: { name: 'csr-1' },
        spec: { username: 'kubelet-bootstrap', groups: [], signerName: 'kubernetes.io/kube-apiserver-client-kubelet' },
      })
      const approval = kubeApproveCsr({ users: ['kubelet-bootstrap'] })
      expect(await converge(approval, { settles: false })).toMatchObject({
        changed: ['pending'],
        ...ok,
        result: { approved: ['csr-1'] },
      })
      expect(await converge(approval)).toMatchObject(nothing)
      expect(await converge(kubeWait({ for: 'healthy' }))).toMatchObject(nothing)
      expect(await converge(kubeWait({ for: 'delete', kind: 'pod', name: 'web' }))).toMatchObject(nothing)
      const waited = await converge(kubeWait({ for: 'condition=Available', ...web, timeout: 1, interval: 0.2 }))
      expect(waited.output).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('deployment web: not condition=Available after 1 s'),
      })
    })
  },
)
