// Versions that do not go together, and those that do, by the number where one becomes the other.
import { describe, expect, test } from 'vitest'
import { type Versions, versionFindings } from '../../../playbooks/rules/versions.ts'

const right: Versions = {
  ...{ kubernetes: '1.18.3', install: 'binaries', criDockerd: false, ownRepository: false },
  docker: { version: '19.03.11', pinned: true, cgroupDriver: 'cgroupfs' },
  os: { id: 'centos', version: '7' },
}

const found = (more: Partial<Versions>): string[] =>
  versionFindings({ ...right, ...more }).map(({ level, rule, variable }) => `${level} ${rule} of ${variable}`)

test('what goes together is left in peace', () => {
  expect(found({})).toEqual([])
  expect(found({ docker: undefined as never, os: undefined as never, kubernetes: '1.30.0' })).toEqual([])
})

test('each finding says what to do', () => {
  const all = versionFindings({
    ...{ kubernetes: '1.30.0', install: 'kubeadm', criDockerd: false, ownRepository: true },
    docker: { pinned: false },
  })
  expect(all.map(({ rule }) => rule)).toEqual(['runtime', 'cgroup-driver', 'unpinned'])
  for (const { hint, message } of all)
    expect([hint, message]).toEqual([expect.stringMatching(/\w/), expect.any(String)])
})

describe('kubelets and docker', () => {
  // by numbers, not by letters: 1.9 is older than 1.24
  test.each([
    ...['1.9.11', '1.10.4', '1.2.24', '1.18.3', '1.23.17', '1.23.0'].map((version) => [version, false] as const),
    ...['1.24.0', '1.24.3', '1.25.0', '1.30.1', '1.100.0'].map((version) => [version, true] as const),
  ])('%s needs something between the two: %j', (kubernetes, needed) => {
    expect(found({ kubernetes })).toEqual(needed ? ['error runtime of kubernetes.version'] : [])
    expect(found({ kubernetes, criDockerd: true })).toEqual(needed ? [] : ['warning runtime of criDockerd'])
  })

  test('the patch level never matters', () => {
    for (let minor = 0; minor < 40; minor++)
      for (const patch of [0, 1, 9, 10, 24, 99])
        expect(found({ kubernetes: `1.${minor}.${patch}` }), `1.${minor}.${patch}`).toHaveLength(minor < 24 ? 0 : 1)
  })
})

describe('control groups', () => {
  const docker = (cgroupDriver?: string): Versions['docker'] => ({
    ...{ version: '20.10.17', pinned: true },
    ...(cgroupDriver !== undefined && { cgroupDriver }),
  })
  const kubeadm = (kubernetes: string, cgroupDriver?: string) =>
    found({ kubernetes, install: 'kubeadm', criDockerd: kubernetes >= '1.24', docker: docker(cgroupDriver)! })
  const wrong = ['error cgroup-driver of docker.cgroupDriver']

  test.each([
    ['1.21.14', 'cgroupfs', []],
    ['1.21.14', undefined, []],
    ['1.22.0', 'cgroupfs', wrong],
    ['1.22.0', undefined, wrong],
    ['1.22.0', 'systemd', []],
    ['1.25.0', 'cgroupfs', wrong],
  ] as const)('kubeadm %s with docker by %s', (kubernetes, driver, expected) => {
    expect(kubeadm(kubernetes, driver)).toEqual(expected)
  })

  test('are whatever both are told where files are put in place', () => {
    expect(found({ kubernetes: '1.23.0', docker: docker('cgroupfs')! })).toEqual([])
  })

  test.each([
    ...['6', '7', '7.9.2009', '8', '8.10'].map((version) => ['centos', version, false] as const),
    ...['9', '9.0', '9.4', '10'].map((version) => ['centos', version, true] as const),
    ...['8', '8.9'].map((version) => ['rocky', version, false] as const),
    ...[
      ['rocky', '9'],
      ['almalinux', '9.2'],
      ['rhel', '10'],
    ].map(([id, version]) => [id!, version!, true] as const),
    ...['9', '10'].map((version) => ['debian', version, false] as const),
    ...['11', '12', '13'].map((version) => ['debian', version, true] as const),
    ...['18.04', '20.04', '21.04', '21.9'].map((version) => ['ubuntu', version, false] as const),
    ...['21.10', '22.04', '24.04', '22'].map((version) => ['ubuntu', version, true] as const),
    ...[['fedora', '40']].map(([id, version]) => [id!, version!, false] as const),
  ])('%s %s has only those that old programs do not know: %j', (id, version, only) => {
    expect(found({ os: { id, version } })).toEqual(
      only ? ['error control-groups of kubernetes.version', 'error control-groups of docker.version'] : [],
    )
  })

  test.each([
    ['1.18.20', '20.10.0', ['error control-groups of kubernetes.version']],
    ['1.19.0', '19.03.15', ['error control-groups of docker.version']],
    ['1.19.0', '20.9.99', ['error control-groups of docker.version']],
    ['1.19.0', '20.10', []],
    ['1.19.0', '20.10.17', []],
    ['1.19.0', '24.0.7', []],
    ['1.9.0', '9.10.0', ['error control-groups of kubernetes.version', 'error control-groups of docker.version']],
  ] as const)('Kubernetes %s and docker %s on Debian 12', (kubernetes, version, expected) => {
    expect(found({ kubernetes, docker: { version, pinned: true }, os: { id: 'debian', version: '12' } })).toEqual(
      expected,
    )
  })

  test('are not judged where nobody says which release or which docker it is', () => {
    expect(found({ os: { id: 'debian' } })).toEqual([])
    expect(found({ kubernetes: '1.19.0', docker: { pinned: true }, os: { id: 'debian', version: '12' } })).toEqual([])
  })
})

test('docker that may be another on each host', () => {
  expect(found({ docker: { pinned: false } })).toEqual(['warning unpinned of docker.version'])
})

test.each([
  ['1.9.11', true],
  ['1.13.4', true],
  ['1.23.17', true],
  ['1.24.0', false],
  ['1.30.2', false],
])("packages of %s are missing in the project's own repository: %j", (kubernetes, missing) => {
  const own = { kubernetes, criDockerd: kubernetes === '1.24.0' || kubernetes === '1.30.2' }
  expect(found({ ...own, ownRepository: true })).toEqual(
    missing ? ['error kubernetes-repository of repositories.kubernetes'] : [],
  )
  expect(found({ ...own, ownRepository: false })).toEqual([])
})

describe('containerd', () => {
  const containerd = (version?: string, cgroupDriver = 'systemd'): Partial<Versions> => ({
    docker: undefined as never,
    containerd: { cgroupDriver, ...(version !== undefined && { version }) },
  })

  test.each([
    ['1.9.11', '1.6.8', ['error runtime of containerRuntime']],
    ['1.10.4', '1.6.8', []],
    ['1.18.3', '1.7.0', []],
    ['1.22.17', '1.7.99', []],
    ['1.22.17', '2.0.0', ['error runtime of containerd.version']],
    ['1.23.0', '2.0.0', []],
    ['1.25.0', '1.5.18', []],
    ['1.26.0', '1.5.18', ['error runtime of containerd.version']],
    ['1.26.0', '1.6.0', []],
    ['1.30.0', '10.0.0', []],
  ] as const)('and Kubernetes %s, containerd %s', (kubernetes, version, expected) => {
    expect(found({ kubernetes, ...containerd(version) })).toEqual(expected)
  })

  test('needs nothing between it and kubelets', () => {
    expect(found({ kubernetes: '1.25.0', ...containerd('1.6.8') })).toEqual([])
    expect(found({ kubernetes: '1.25.0', criDockerd: true, ...containerd('1.6.8') })).toEqual([
      'error runtime of criDockerd',
    ])
  })

  test('leaves what docker has on other hosts alone', () => {
    // an image registry's docker has no kubelet that would want it so
    const docker = { docker: { version: '20.10.17', pinned: true, cgroupDriver: 'cgroupfs' } }
    expect(found({ kubernetes: '1.25.0', install: 'kubeadm', ...containerd('1.6.8'), ...docker })).toEqual([])
  })

  test('makes control groups as kubeadm has kubelets do it', () => {
    const kubeadm = (kubernetes: string, driver: string) =>
      found({ kubernetes, install: 'kubeadm', ...containerd('1.6.8', driver) })
    expect(kubeadm('1.22.0', 'cgroupfs')).toEqual(['error cgroup-driver of containerd.cgroupDriver'])
    expect(kubeadm('1.21.0', 'cgroupfs')).toEqual([])
    expect(kubeadm('1.22.0', 'systemd')).toEqual([])
    expect(found({ kubernetes: '1.25.0', ...containerd('1.6.8', 'cgroupfs') })).toEqual([])
  })

  test('may be another on each host', () => {
    expect(found({ ...containerd() })).toEqual(['warning unpinned of containerd.version'])
  })
})

test('cri-dockerd without a docker that it could speak to', () => {
  expect(found({ kubernetes: '1.25.0', criDockerd: true, docker: undefined as never })).toEqual([
    'error runtime of criDockerd',
  ])
})
