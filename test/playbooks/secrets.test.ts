import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { credentials } from '../../playbooks/credentials/host-credentials.ts'
import { systems } from '../../playbooks/credentials/systems.ts'
import { bootstrapToken } from '../../playbooks/roles/bootstrap-token/index.ts'
import { configFor, encryptionConfig } from '../../playbooks/roles/encryption-config/index.ts'
import { clusters } from './documented-clusters.ts'
import { type ListedTask, listedIn, only, siteOver } from './tasks-of.ts'

type Name = keyof typeof systems
const systemNames = Object.keys(systems) as Name[]

const tasksOn = (system: Name, host: string): ListedTask[] =>
  listedIn([credentials(systems[system](clusters[system], host))])
const ofRole = (system: Name, host: string, role: string) => tasksOn(system, host).filter((task) => task.role === role)
const mastersOf = (system: Name) => clusters[system].masters.map(({ name }) => name)
const workersOf = (system: Name) =>
  clusters[system].nodes.map(({ name }) => name).filter((name) => !mastersOf(system).includes(name))

describe('sa-keypair', () => {
  test.each([
    ['s0', '/opt/kubernetes/ssl', undefined],
    ['s1', '/etc/kubernetes/cert', 'k8s'],
    ['s2', '/opt/kubernetes/ssl', undefined],
    ['s3', '/etc/kubernetes/pki', undefined],
    ['s4k', '/etc/kubernetes/pki', undefined],
    ['s4b', '/etc/kubernetes/pki', undefined],
  ] as const)('in %s is one pair on all masters, in %s, and not the key of a CA (B24, B31)', (system, dir, owner) => {
    for (const host of mastersOf(system)) {
      const { module, params } = only(tasksOn(system, host), 'keys of service accounts')
      expect(module).toBe('rsaKeypair')
      expect(params).toEqual({
        ...{ name: 'sa', private: `${dir}/sa.key`, public: `${dir}/sa.pub` },
        ...(owner !== undefined && { owner }),
      })
    }
    for (const host of workersOf(system)) expect(ofRole(system, host, 'sa-keypair')).toEqual([])
  })
})

describe('bootstrap-token', () => {
  const secretsOn = (system: Name, host: string) =>
    ofRole(system, host, 'bootstrap-token').filter(({ module }) => module === 'randomSecret')

  test.each(['s0', 's2'] as const)(
    'in %s is one of 32 hex digits, in a file of masters only, which nobody else reads (B30, B44)',
    (system) => {
      for (const host of mastersOf(system))
        expect(secretsOn(system, host).map(({ params }) => params)).toEqual([
          {
            ...{ name: 'bootstrap-token', encoding: 'hex', bytes: 16 },
            ...{ dest: '/opt/kubernetes/cfg/token.csv', mode: '0600' },
            text: '%s,kubelet-bootstrap,10001,"system:kubelet-bootstrap"\n',
          },
        ])
      for (const host of workersOf(system)) {
        expect(ofRole(system, host, 'bootstrap-token')).toEqual([])
        expect(JSON.stringify(tasksOn(system, host).map(({ params }) => params))).not.toContain('token.csv')
      }
    },
  )

  test("in s1 is one for each host, in kubeadm's form, and on no host but in its kubeconfig", () => {
    for (const host of mastersOf('s1')) {
      expect(secretsOn('s1', host).map(({ params }) => params)).toEqual(
        ['test1', 'test2', 'test3'].map((name) => ({ name: `bootstrap-token-${name}`, encoding: 'kubeadm' })),
      )
      const config = tasksOn('s1', host).find(({ params }) => params.user === 'kubelet-bootstrap')!
      expect(config.params.token).toEqual({ store: `bootstrap-token-${host}` })
    }
  })

  test.each(['s3', 's4k', 's4b'] as const)("in %s is one, in kubeadm's form, in no file", (system) => {
    for (const host of mastersOf(system))
      expect(secretsOn(system, host).map(({ params }) => params)).toEqual([
        { name: 'bootstrap-token', encoding: 'kubeadm' },
      ])
  })

  test('is asked for alike by the API server and by kubelets, whichever comes first (B44)', () => {
    for (const system of systemNames) {
      const forms = new Map<string, unknown>()
      for (const host of [...mastersOf(system), ...workersOf(system)])
        for (const { module, params } of tasksOn(system, host)) {
          if (module !== 'randomSecret') continue
          const { name, encoding, bytes } = params
          const form = { encoding, bytes }
          expect(form, `${system}: ${name}`).toEqual(forms.get(name) ?? form)
          forms.set(name, form)
        }
    }
  })

  test('may stand for another user, for whoever runs the API server', () => {
    const [, { params }] = listedIn([
      bootstrapToken({
        ...{ tokens: [{ name: 't', form: 'static' }], dest: '/etc/k/tokens.csv', owner: 'k8s' },
        ...{ user: 'boot', uid: 7, group: 'system:boot' },
      }),
    ]) as [ListedTask, ListedTask]
    expect(params).toMatchObject({ dest: '/etc/k/tokens.csv', text: '%s,boot,7,"system:boot"\n', owner: 'k8s' })
  })
})

describe('encryption-config', () => {
  test.each([
    ['s0', '/opt/kubernetes/cfg/encryption-config.yaml', undefined],
    ['s1', '/etc/kubernetes/encryption-config.yaml', 'k8s'],
    ['s2', '/opt/kubernetes/cfg/encryption-config.yaml', undefined],
    ['s4b', '/etc/kubernetes/encryption-config.yaml', undefined],
  ] as const)('in %s has one key for all masters, 32 bytes, kept (B29)', (system, dest, owner) => {
    for (const host of mastersOf(system)) {
      const { params } = only(tasksOn(system, host), 'configuration of the encryption')
      expect(params).toMatchObject({ name: 'etcd-encryption', encoding: 'base64', bytes: 32, dest, mode: '0600' })
      expect(params.owner).toBe(owner)
    }
    for (const host of workersOf(system)) expect(ofRole(system, host, 'encryption-config')).toEqual([])
  })

  test.each([
    ['1.10.4', 'EncryptionConfig', 'v1'],
    ['v1.12.9', 'EncryptionConfig', 'v1'],
    ['1.13.0', 'EncryptionConfiguration', 'apiserver.config.k8s.io/v1'],
    ['1.25', 'EncryptionConfiguration', 'apiserver.config.k8s.io/v1'],
  ])('is called what Kubernetes %s calls it', (version, kind, apiVersion) => {
    expect(parse(configFor(version, 'key1').replace('%s', 'a2V5'))).toEqual({
      ...{ kind, apiVersion },
      resources: [
        {
          resources: ['secrets'],
          providers: [{ aescbc: { keys: [{ name: 'key1', secret: 'a2V5' }] } }, { identity: {} }],
        },
      ],
    })
  })

  test('needs a version of Kubernetes', () => {
    expect(() => listedIn([encryptionConfig({ dest: '/etc/k/e.yaml', kubernetesVersion: 'latest' })])).toThrow(
      "'latest' is no version of Kubernetes, such as 1.18.3",
    )
  })
})

test('the site gives its hosts what the documented system does, in the folders of its variables', () => {
  const site = siteOver()
  const dests = (host: string) =>
    site
      .tasks(host)
      .filter(({ module }) => ['ca', 'cert', 'kubeconfig', 'randomSecret', 'rsaKeypair'].includes(module))
      .flatMap(({ params }) => [params.keyDest, params.private, params.dest].filter(Boolean))
  expect(dests('n1')).toEqual([
    ...['/opt/kubernetes/ssl/ca.pem', '/opt/kubernetes/ssl/etcd-ca.pem'],
    ...['/opt/kubernetes/ssl/flanneld-key.pem', '/opt/kubernetes/ssl/flanneld.pem'],
    ...['/opt/kubernetes/cfg/bootstrap.kubeconfig', '/opt/kubernetes/cfg/kube-proxy.kubeconfig'],
  ])
  expect(dests('m1')).toEqual(
    expect.arrayContaining([
      ...['/opt/kubernetes/ssl/ca-key.pem', '/opt/kubernetes/ssl/sa.key', '/opt/kubernetes/cfg/token.csv'],
      ...['/opt/kubernetes/cfg/encryption-config.yaml', '/root/.kube/config', '/opt/etcd/ssl/server-key.pem'],
    ]),
  )
  expect(dests('lb1')).toEqual([])
})
