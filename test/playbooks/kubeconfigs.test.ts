import { describe, expect, test } from 'vitest'
import { credentials } from '../../playbooks/credentials/host-credentials.ts'
import { systems } from '../../playbooks/credentials/systems.ts'
import { kubeconfigs } from '../../playbooks/roles/kubeconfigs/index.ts'
import { clusters } from './documented-clusters.ts'
import { listedIn } from './tasks-of.ts'

type Name = keyof typeof systems

const tasksOn = (system: Name, host: string) => listedIn([credentials(systems[system](clusters[system], host))])

/** `file | user | context | credential | owner`. */
const filesOn = (system: Name, host: string): string[] =>
  tasksOn(system, host)
    .filter(({ module }) => module === 'kubeconfig')
    .map(({ params }) => {
      const { dest, user, context, clientCert, token, owner } = params
      return [dest, user, context, clientCert?.store ?? `token ${token.store}`, owner ?? 'root'].join(' | ')
    })

const kcm = 'system:kube-controller-manager'
const scheduler = 'system:kube-scheduler'
const cfg = '/opt/kubernetes/cfg'
const etc = '/etc/kubernetes'

describe('kubeconfigs are those of the documents', () => {
  test.each<[Name, string, string[]]>([
    [
      's0',
      'k8s-master3',
      [
        '/root/.kube/config | admin | default | kubernetes/admin | root',
        `${cfg}/kube-controller-manager.kubeconfig | ${kcm} | default | kubernetes/kube-controller-manager-k8s-master3 | root`,
        `${cfg}/kube-scheduler.kubeconfig | ${scheduler} | default | kubernetes/kube-scheduler-k8s-master3 | root`,
        `${cfg}/bootstrap.kubeconfig | kubelet-bootstrap | default | token bootstrap-token | root`,
        `${cfg}/kube-proxy.kubeconfig | kube-proxy | default | kubernetes/kube-proxy-k8s-master3 | root`,
      ],
    ],
    [
      's1',
      'test1',
      [
        '/root/.kube/config | admin | kubernetes | kubernetes/admin | root',
        `${etc}/kube-controller-manager.kubeconfig | ${kcm} | ${kcm} | kubernetes/kube-controller-manager-test1 | k8s`,
        `${etc}/kube-scheduler.kubeconfig | ${scheduler} | ${scheduler} | kubernetes/kube-scheduler-test1 | k8s`,
        `${etc}/kubelet-bootstrap.kubeconfig | kubelet-bootstrap | default | token bootstrap-token-test1 | root`,
        `${etc}/kube-proxy.kubeconfig | kube-proxy | default | kubernetes/kube-proxy-test1 | root`,
      ],
    ],
    [
      's2',
      'centos7-d',
      [
        `${cfg}/bootstrap.kubeconfig | kubelet-bootstrap | default | token bootstrap-token | root`,
        `${cfg}/kube-proxy.kubeconfig | kube-proxy | default | kubernetes/kube-proxy-centos7-d | root`,
      ],
    ],
    [
      's4b',
      'k8s-master2',
      [
        '/root/.kube/config | admin | admin@kubernetes | kubernetes/admin | root',
        `${etc}/controller-manager.kubeconfig | ${kcm} | ${kcm}@kubernetes | kubernetes/kube-controller-manager-k8s-master2 | root`,
        `${etc}/kube-scheduler.kubeconfig | ${scheduler} | ${scheduler}@kubernetes | kubernetes/kube-scheduler-k8s-master2 | root`,
      ],
    ],
    [
      's4b',
      'k8s-worker2',
      [
        `${etc}/kubelet-bootstrap.kubeconfig | kubelet-bootstrap | kubelet@kubernetes | token bootstrap-token | root`,
        `${etc}/kube-proxy.kubeconfig | kube-proxy | kube-proxy@kubernetes | kubernetes/kube-proxy-k8s-worker2 | root`,
      ],
    ],
    // kubeadm writes its own
    ['s3', 'k8s-master01.example.local', []],
    ['s4k', 'k8s-worker1', []],
  ])('in %s on %s (B21)', (system, host, expected) => expect(filesOn(system, host)).toEqual(expected))

  test('all go to the API through its balancer, and trust the CA of the cluster', () => {
    const urls = {
      ...{ s0: 'https://lb.ypvip.com.cn:6443', s1: 'https://192.168.0.235:8443', s2: 'https://lb.5179.top:6443' },
      s4b: 'https://192.168.208.200:6443',
    }
    for (const [system, server] of Object.entries(urls))
      for (const { name } of [...clusters[system as Name].masters, ...clusters[system as Name].nodes])
        for (const { module, params } of tasksOn(system as Name, name))
          if (module === 'kubeconfig')
            expect(params).toMatchObject({ server, cluster: 'kubernetes', ca: { store: 'kubernetes' } })
  })

  test("hold what components own; only a person's keeps what else is in it", () => {
    for (const { module, params } of tasksOn('s2', 'centos7-a'))
      if (module === 'kubeconfig') expect(params.merge).toBe(params.dest === '/root/.kube/config')
  })
})

test('the role alone makes all that its files are made of, before them', () => {
  const tasks = listedIn([kubeconfigs(systems.s2(clusters.s2, 'centos7-a').kubeconfigs!)])
  const known = new Set<string>()
  for (const { module, params } of tasks) {
    if (module === 'ca') known.add(params.name)
    if (module === 'cert') known.add(`${params.ca}/${params.name}`)
    if (module === 'randomSecret') known.add(params.name)
    if (module === 'directory') known.add(params.path)
    if (module !== 'kubeconfig') continue
    expect(known).toContain(params.dest.slice(0, params.dest.lastIndexOf('/')))
    expect(known).toContain('kubernetes')
    expect(known).toContain(params.clientCert?.store ?? params.token.store)
  }
  // certificates that only kubeconfigs hold are no files of the host
  for (const { module, params } of tasks) if (module === 'cert' || module === 'ca') expect(params.dest).toBeUndefined()
  expect(tasks.find(({ params }) => params.path === '/root/.kube')!.params.mode).toBe('0700')
})

test('folders are those of the files where none are given', () => {
  const token = { name: 'bootstrap-token', form: 'kubeadm' as const }
  const file = { user: 'boot', context: 'default', credential: { token } }
  const tasks = listedIn([
    kubeconfigs({
      ...{ authority: 'kubernetes', server: 'https://10.0.0.1:6443' },
      files: [
        { ...file, dest: '/etc/a/one.kubeconfig' },
        { ...file, dest: '/etc/a/two.kubeconfig' },
      ],
    }),
  ])
  expect(tasks.filter(({ module }) => module === 'directory').map(({ params }) => params.path)).toEqual(['/etc/a'])
})
