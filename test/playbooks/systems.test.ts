import { describe, expect, test } from 'vitest'
import { apiServerHosts } from '../../playbooks/credentials/cluster.ts'
import { credentials } from '../../playbooks/credentials/host-credentials.ts'
import { systems } from '../../playbooks/credentials/systems.ts'
import { pki } from '../../playbooks/roles/pki/index.ts'
import { clusters } from './documented-clusters.ts'
import { listedIn } from './tasks-of.ts'

type Name = keyof typeof systems
const systemNames = Object.keys(systems) as Name[]

/** All that a host of a system gets, what the role etcd installs too. */
const tasksOn = (system: Name, host: string) => {
  const own = systems[system](clusters[system], host)
  return listedIn([credentials(own), own.etcd && pki(own.etcd)])
}

const hostsOf = (system: Name): string[] => {
  const { masters, nodes, balancers } = clusters[system]
  return [...new Set([...masters, ...nodes, ...balancers].map(({ name }) => name))]
}
const isMaster = (system: Name, host: string) => clusters[system].masters.some(({ name }) => name === host)

/** `ca/name | subject | usages | files without their ending | owner`, each certificate once. */
function certificatesOn(system: Name, host: string): string[] {
  const rows = new Map<string, string>()
  for (const { module, params } of tasksOn(system, host)) {
    if (module !== 'cert') continue
    const { name, ca, subject, usages, dest, keyDest, owner, mode, keyMode } = params
    const stem = dest?.replace(/\.(pem|crt)$/, '')
    if (dest !== undefined) {
      expect([`${stem}-key.pem`, `${stem}.key`]).toContain(keyDest)
      expect([mode, keyMode]).toEqual(['0644', '0600'])
    }
    const who = [subject.cn, subject.o, subject.ou].map((each) => each ?? '-').join('/')
    const place = dest === undefined ? 'in the store' : `${stem}${owner === undefined ? '' : ` of ${owner}`}`
    const key = `${ca}/${name}`
    if (rows.has(key) && dest === undefined) continue
    rows.set(key, `${key} | ${who} | ${usages.join('+')} | ${place}`)
  }
  return [...rows.values()].toSorted()
}

/** `name | certificate | key`. */
const authoritiesOn = (system: Name, host: string): string[] =>
  [
    ...new Set(
      tasksOn(system, host)
        .filter(({ module, params }) => module === 'ca' && params.dest !== undefined)
        .map(({ params }) => `${params.name} | ${params.dest} | ${params.keyDest ?? '-'}`),
    ),
  ].toSorted()

/** The documented files of each system on a master, and on a host that runs pods only. */
const table: Record<Name, { master: string; node: string; on: Record<'master' | 'node', readonly string[]> }> = {
  s0: {
    ...{ master: 'k8s-master1', node: 'k8s-master1' },
    on: {
      master: [
        'etcd-ca/apiserver-k8s-master1 | kube-apiserver/k8s/System | client | /opt/kubernetes/ssl/etcd-client',
        'etcd-ca/calico | calico/k8s/System | client | in the store',
        'etcd-ca/server-k8s-master1 | etcd/k8s/System | server+client | /opt/kubernetes/ssl/etcd',
        'front-proxy-ca/metrics-server-k8s-master1 | system:metrics-server/k8s/system | client | /opt/kubernetes/ssl/metrics-server',
        'kubernetes/admin | admin/system:masters/System | client | in the store',
        'kubernetes/apiserver-k8s-master1 | kubernetes/k8s/System | server+client | /opt/kubernetes/ssl/server',
        'kubernetes/kube-controller-manager-k8s-master1 | system:kube-controller-manager/system:kube-controller-manager/System | client | in the store',
        'kubernetes/kube-proxy-k8s-master1 | system:kube-proxy/k8s/System | client | in the store',
        'kubernetes/kube-scheduler-k8s-master1 | system:kube-scheduler/system:kube-scheduler/System | client | in the store',
      ],
      node: [],
    },
  },
  s1: {
    ...{ master: 'test2', node: 'test2' },
    on: {
      master: [
        'etcd-ca/apiserver-test2 | kube-apiserver/k8s/4Paradigm | client | /etc/kubernetes/cert/etcd-client of k8s',
        'etcd-ca/flanneld-test2 | flanneld/k8s/4Paradigm | client | /etc/flanneld/cert/flanneld',
        'etcd-ca/server-test2 | etcd/k8s/4Paradigm | server+client | /etc/etcd/cert/etcd of k8s',
        'kubernetes/admin | admin/system:masters/4Paradigm | client | in the store',
        'kubernetes/apiserver-test2 | kubernetes/k8s/4Paradigm | server+client | /etc/kubernetes/cert/kubernetes of k8s',
        'kubernetes/kube-controller-manager-test2 | system:kube-controller-manager/system:kube-controller-manager/4Paradigm | server+client | /etc/kubernetes/cert/kube-controller-manager of k8s',
        'kubernetes/kube-proxy-test2 | system:kube-proxy/k8s/4Paradigm | client | in the store',
        'kubernetes/kube-scheduler-test2 | system:kube-scheduler/system:kube-scheduler/4Paradigm | server+client | in the store',
      ],
      node: [],
    },
  },
  s2: {
    ...{ master: 'centos7-a', node: 'centos7-e' },
    on: {
      master: [
        'etcd-ca/apiserver-centos7-a | kube-apiserver/k8s/System | client | /opt/kubernetes/ssl/etcd-client',
        'etcd-ca/client-centos7-a | etcd-client/k8s/System | client | /opt/etcd/ssl/client',
        'etcd-ca/flanneld-centos7-a | flanneld/k8s/System | client | /opt/kubernetes/ssl/flanneld',
        'etcd-ca/server-centos7-a | etcd/k8s/System | server+client | /opt/etcd/ssl/server',
        'front-proxy-ca/metrics-server-centos7-a | system:metrics-server/k8s/system | client | /opt/kubernetes/ssl/metrics-server',
        'kubernetes/admin | admin/system:masters/System | client | in the store',
        'kubernetes/apiserver-centos7-a | kubernetes/k8s/System | server+client | /opt/kubernetes/ssl/server',
        'kubernetes/kube-controller-manager-centos7-a | system:kube-controller-manager/system:kube-controller-manager/System | client | in the store',
        'kubernetes/kube-proxy-centos7-a | system:kube-proxy/k8s/System | client | in the store',
        'kubernetes/kube-scheduler-centos7-a | system:kube-scheduler/system:kube-scheduler/System | client | in the store',
      ],
      node: [
        'etcd-ca/flanneld-centos7-e | flanneld/k8s/System | client | /opt/kubernetes/ssl/flanneld',
        'kubernetes/kube-proxy-centos7-e | system:kube-proxy/k8s/System | client | in the store',
      ],
    },
  },
  s3: { master: 'k8s-master02.example.local', node: 'k8s-node01.example.local', on: { master: [], node: [] } },
  s4k: { master: 'k8s-master3', node: 'k8s-worker1', on: { master: [], node: [] } },
  s4b: {
    ...{ master: 'k8s-master1', node: 'k8s-worker4' },
    on: {
      master: [
        'etcd-ca/apiserver-k8s-master1 | kube-apiserver/k8s/seven | client | /etc/kubernetes/pki/etcd-client',
        'etcd-ca/server-k8s-master1 | etcd/k8s/seven | server+client | /etc/kubernetes/pki/etcd',
        'front-proxy-ca/proxy-client-k8s-master1 | aggregator/k8s/seven | client | /etc/kubernetes/pki/proxy-client',
        'kubernetes/admin | admin/system:masters/seven | client | in the store',
        'kubernetes/apiserver-k8s-master1 | kubernetes/k8s/seven | server+client | /etc/kubernetes/pki/kubernetes',
        'kubernetes/kube-controller-manager-k8s-master1 | system:kube-controller-manager/system:kube-controller-manager/seven | server+client | /etc/kubernetes/pki/controller-manager',
        'kubernetes/kube-scheduler-k8s-master1 | system:kube-scheduler/system:kube-scheduler/seven | server+client | /etc/kubernetes/pki/kube-scheduler',
      ],
      node: ['kubernetes/kube-proxy-k8s-worker4 | system:kube-proxy/k8s/seven | client | in the store'],
    },
  },
}
// in kubeadm's layout the subjects are kubeadm's, and workers join with a token
for (const name of ['s3', 's4k'] as const) {
  const { master } = table[name]
  const file = (path: string) => `/etc/kubernetes/pki/${path}`
  table[name].on.master = [
    `etcd-ca/apiserver-etcd-client-${master} | kube-apiserver-etcd-client/-/- | client | ${file('apiserver-etcd-client')}`,
    `etcd-ca/etcd-healthcheck-client-${master} | kube-etcd-healthcheck-client/-/- | client | ${file('etcd/healthcheck-client')}`,
    `etcd-ca/etcd-peer-${master} | ${master}/-/- | server+client | ${file('etcd/peer')}`,
    `etcd-ca/etcd-server-${master} | ${master}/-/- | server+client | ${file('etcd/server')}`,
    `front-proxy-ca/front-proxy-client-${master} | front-proxy-client/-/- | client | ${file('front-proxy-client')}`,
    `kubernetes/apiserver-${master} | kube-apiserver/-/- | server | ${file('apiserver')}`,
    `kubernetes/apiserver-kubelet-client-${master} | kube-apiserver-kubelet-client/system:masters/- | client | ${file('apiserver-kubelet-client')}`,
  ]
}

describe.each(systemNames)('certificates of %s', (system) => {
  const { master, on } = table[system]

  test('on a master are those of the documents, with the authorities that they lack (M18, B33, B46, B60)', () => {
    expect(certificatesOn(system, master)).toEqual(on.master)
  })

  test('have names for servers, the same on each master, and none for clients (B64, B78)', () => {
    const { masters } = clusters[system]
    for (const { name, address } of masters)
      for (const { module, params } of tasksOn(system, name)) {
        if (module !== 'cert') continue
        if (!params.usages.includes('server')) expect(params.hosts, params.name).toEqual([])
        else if (params.name === `apiserver-${name}`) expect(params.hosts).toEqual(apiServerHosts(clusters[system]))
        else expect(params.hosts, params.name).toEqual(expect.arrayContaining(['127.0.0.1', address]))
      }
  })

  test('live 10 years, their authorities 100 (B27)', () => {
    for (const { module, params } of hostsOf(system).flatMap((host) => tasksOn(system, host))) {
      if (module === 'cert') expect(params.expiry).toBe('10y')
      if (module === 'ca') expect(params.expiry).toBe('100y')
    }
  })

  test('have keys that no other host has, but for the administrator (B30)', () => {
    const holders = new Map<string, Set<string>>()
    for (const host of hostsOf(system))
      for (const { module, params } of tasksOn(system, host))
        if (module === 'cert') {
          const key = `${params.ca}/${params.name}`
          holders.set(key, (holders.get(key) ?? new Set()).add(host))
        }
    const shared = [...holders].filter(([, hosts]) => hosts.size > 1).map(([key]) => key)
    // what is in the store alone, and the administrator's on masters
    expect(shared.filter((key) => !['kubernetes/admin', 'etcd-ca/calico'].includes(key))).toEqual([])
    for (const host of holders.get('kubernetes/admin') ?? []) expect(isMaster(system, host)).toBe(true)
  })

  test('come with the key of their authority on masters only, where something signs with it (B24, B30)', () => {
    for (const host of hostsOf(system)) {
      const keys = tasksOn(system, host).flatMap(({ module, params }) =>
        module === 'ca' && params.keyDest !== undefined ? [params] : [],
      )
      if (!isMaster(system, host)) expect(keys).toEqual([])
      // kubeadm signs with all of them when a master joins
      else
        expect(keys.map(({ name }) => name)).toEqual(
          system === 's3' || system === 's4k' ? ['kubernetes', 'etcd-ca', 'front-proxy-ca'] : ['kubernetes'],
        )
    }
  })

  test('are signed by an authority that the same tasks make, before them', () => {
    for (const host of hostsOf(system)) {
      const known = new Set<string>()
      for (const { module, params } of tasksOn(system, host)) {
        if (module === 'ca') known.add(params.name)
        if (module === 'cert') expect(known, `${host}: ${params.ca}/${params.name}`).toContain(params.ca)
      }
    }
  })

  test('go into folders that are made first, and each file comes from one task', () => {
    for (const host of hostsOf(system)) {
      const folders = new Map<string, string>()
      const files: string[] = []
      for (const { module, params, role } of tasksOn(system, host)) {
        if (module === 'directory') {
          // no two roles fight over a folder
          const own = `${params.mode} ${params.owner ?? 'root'}`
          expect(folders.get(params.path) ?? own, params.path).toBe(own)
          folders.set(params.path, own)
          continue
        }
        for (const file of [params.dest, params.keyDest, params.private, params.public])
          if (file !== undefined) {
            expect([...folders.keys()], `${role}: ${file}`).toContain(file.slice(0, file.lastIndexOf('/')))
            if (module !== 'ca') files.push(file)
          }
      }
      expect(new Set(files).size).toBe(files.length)
    }
  })
})

test.each(systemNames.filter((system) => table[system].node !== table[system].master))(
  'certificates of %s on a host that only runs pods are those of the documents (M18, B30)',
  (system) => expect(certificatesOn(system, table[system].node)).toEqual(table[system].on.node),
)

test.each([
  ['s1', 'test1', 'etcd-ca/server-test1', ['test1', 'test2', 'test3', 'localhost']],
  ['s1', 'test1', 'kubernetes/kube-controller-manager-test1', []],
  ['s1', 'test1', 'kubernetes/kube-scheduler-test1', []],
  [
    's2',
    'centos7-a',
    'etcd-ca/server-centos7-a',
    ['localhost', 'centos7-a', 'centos7-b', 'centos7-c', 'etcd01', 'etcd02', 'etcd03'],
  ],
  ['s4b', 'k8s-master3', 'etcd-ca/server-k8s-master3', ['localhost', 'k8s-master1', 'k8s-master2', 'k8s-master3']],
  ['s4b', 'k8s-master3', 'kubernetes/kube-scheduler-k8s-master3', []],
] as const)('in %s, %s: the names of %s are every master, loopback and %j (B64)', (system, host, key, more) => {
  const { params } = tasksOn(system, host).find(
    ({ module, params }) => module === 'cert' && `${params.ca}/${params.name}` === key,
  )!
  const addresses = clusters[system].masters.map(({ address }) => address)
  expect([...params.hosts].toSorted()).toEqual([...addresses, '127.0.0.1', ...more].toSorted())
})

describe('authorities', () => {
  test.each([
    ['s0', 'k8s-master1', ['ca', 'etcd-ca', 'front-proxy-ca'].map((name) => `/opt/kubernetes/ssl/${name}.pem`)],
    [
      's1',
      'test1',
      [
        '/etc/etcd/cert/ca.pem',
        '/etc/flanneld/cert/ca.pem',
        '/etc/kubernetes/cert/ca.pem',
        '/etc/kubernetes/cert/etcd-ca.pem',
      ],
    ],
    [
      's2',
      'centos7-a',
      ['/opt/etcd/ssl/ca.pem', ...['ca', 'etcd-ca', 'front-proxy-ca'].map((name) => `/opt/kubernetes/ssl/${name}.pem`)],
    ],
    ['s2', 'centos7-d', ['/opt/kubernetes/ssl/ca.pem', '/opt/kubernetes/ssl/etcd-ca.pem']],
    [
      's3',
      'k8s-master01.example.local',
      ['ca', 'etcd/ca', 'front-proxy-ca'].map((name) => `/etc/kubernetes/pki/${name}.crt`),
    ],
    ['s3', 'k8s-node01.example.local', []],
    ['s4b', 'k8s-master2', ['ca', 'etcd-ca', 'front-proxy-ca'].map((name) => `/etc/kubernetes/pki/${name}.pem`)],
    ['s4b', 'k8s-worker1', ['/etc/kubernetes/pki/ca.pem']],
  ] as const)('of %s that %s trusts are those it has to do with (B30, B33, B46)', (system, host, expected) => {
    const trusted = authoritiesOn(system, host).map((row) => row.split(' | ')[1])
    expect(trusted.toSorted()).toEqual(expected.toSorted())
  })

  test('of the aggregator sign nobody but the aggregator (B46)', () => {
    for (const system of systemNames) {
      const signed = hostsOf(system)
        .flatMap((host) => tasksOn(system, host))
        .filter(({ module, params }) => module === 'cert' && params.ca === 'front-proxy-ca')
      expect(new Set(signed.map(({ params }) => params.subject.cn)).size).toBeLessThanOrEqual(1)
    }
  })
})

test('hosts outside of masters and nodes get nothing', () => {
  for (const system of systemNames)
    for (const host of [...clusters[system].balancers.map(({ name }) => name), 'somebody'])
      expect(tasksOn(system, host)).toEqual([])
})
