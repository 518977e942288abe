import { describe, expect, test } from 'vitest'
import { addressAt, parseCidr } from '../../playbooks/cidr.ts'
import { apiServerHosts, apiUrl } from '../../playbooks/credentials/cluster.ts'
import { clusters } from './documented-clusters.ts'

const serviceNames = [
  ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster'],
  'kubernetes.default.svc.cluster.local',
]

describe('the names of an API server', () => {
  test.each([
    [
      's0',
      ['192.168.0.216', '192.168.0.217', '192.168.0.218', 'k8s-master1', 'k8s-master2', 'k8s-master3'],
      ['10.10.0.1', 'lb.ypvip.com.cn'],
    ],
    [
      's1',
      ['192.168.0.91', '192.168.0.92', '192.168.0.93', 'test1', 'test2', 'test3'],
      ['10.254.0.1', '192.168.0.235'],
    ],
    [
      's2',
      ['10.10.10.128', '10.10.10.129', '10.10.10.130', 'centos7-a', 'centos7-b', 'centos7-c'],
      ['10.10.10.127', 'centos7-nginx', 'lb.5179.top', '10.96.0.1'],
    ],
    [
      's4k',
      ['192.168.208.190', '192.168.208.191', '192.168.208.192', 'k8s-master1', 'k8s-master2', 'k8s-master3'],
      ['k8s-vip', '192.168.208.200', '10.10.0.1'],
    ],
    [
      's4b',
      ['192.168.208.191', '192.168.208.192', '192.168.208.193', 'k8s-master1', 'k8s-master2', 'k8s-master3'],
      ['192.168.208.200', '10.96.0.1'],
    ],
  ] as const)(
    'of %s are every master, the API, the service and loopback, and nothing else (B64, B78)',
    (name, masters, api) => {
      const expected = [...masters, ...api, '127.0.0.1', ...serviceNames]
      expect(apiServerHosts(clusters[name]).toSorted()).toEqual(expected.toSorted())
    },
  )

  test('follow the domain of the cluster, whose dot they leave out (B78)', () => {
    const hosts = apiServerHosts({ ...clusters.s2, clusterDomain: 'k8s.example.com.' })
    expect(hosts.filter((host) => host.includes('.svc'))).toEqual([
      'kubernetes.default.svc',
      'kubernetes.default.svc.k8s',
      'kubernetes.default.svc.k8s.example.com',
    ])
    expect(apiServerHosts({ ...clusters.s2, clusterDomain: 'k8s' }).filter((host) => host.includes('.svc.'))).toEqual([
      'kubernetes.default.svc.k8s',
    ])
  })

  test('change with a master that comes', () => {
    const more = { ...clusters.s2, masters: [...clusters.s2.masters, { name: 'new', address: '10.10.10.140' }] }
    expect(apiServerHosts(more)).toEqual(expect.arrayContaining(['new', '10.10.10.140']))
  })
})

test('the API is reached by its name, else by its virtual address', () => {
  expect(apiUrl(clusters.s3)).toBe('https://kubeapi.raymonds.cc:6443')
  expect(apiUrl(clusters.s1)).toBe('https://192.168.0.235:8443')
  expect(apiUrl({ ...clusters.s1, api: { vip: 'fd00::6', port: 6443 } })).toBe('https://[fd00::6]:6443')
})

test.each([
  ['10.96.0.0/12', '10.96.0.1'],
  ['10.254.0.0/16', '10.254.0.1'],
  // not the network's own address
  ['192.168.0.0/12', '192.160.0.1'],
  ['10.0.0.248/29', '10.0.0.249'],
  ['fd00:10:96::/112', 'fd00:10:96::1'],
  ['fd00::ffff/64', 'fd00::1'],
])('the first address of %s is %s (B58)', (cidr, address) => {
  expect(addressAt(parseCidr(cidr)!, 1)).toBe(address)
})
