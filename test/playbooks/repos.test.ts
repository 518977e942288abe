// Repositories as data, against what documented scripts write.
import { describe, expect, test } from 'vitest'
import type { TaskList } from '../../engine/task.ts'
import { distributionRepositories } from '../../playbooks/roles/repos/distribution.ts'
import { type Repository, repos } from '../../playbooks/roles/repos/index.ts'
import {
  dockerRepository,
  elrepoKernelRepository,
  epelRepository,
  kubernetesRepository,
} from '../../playbooks/roles/repos/others.ts'
import { rootOf } from './role-files.ts'
import { listedIn } from './tasks-of.ts'

const rocky = { id: 'rocky', majorVersion: '8', codename: '' }
const rocky9 = { id: 'rocky', majorVersion: '9', codename: '' }
const centos = { id: 'centos', majorVersion: '7', codename: '' }
const stream = { id: 'centos', majorVersion: '8', codename: '' }
const ubuntu = { id: 'ubuntu', majorVersion: '20', codename: 'focal' }
const debian = { id: 'debian', majorVersion: '12', codename: 'bookworm' }
const mirror = 'https://mirror.example.org/it/'

const yumOf = (repositories: readonly Repository[]) =>
  listedIn([repos({ repositories })]).flatMap(({ module, params }) => (module === 'yumRepository' ? [params] : []))

describe('repos', () => {
  test('addresses keep $releasever and $basearch, which a shell would have emptied (B05)', () => {
    const root = rootOf({})
    root.run(`cat > base.repo <<EOF
[base]
baseurl=https://mirror.example.org/centos/$releasever/os/$basearch/
EOF`)
    expect(root.read('base.repo')).toContain('centos//os//')

    for (const system of [centos, stream, rocky, rocky9])
      for (const { baseurl } of yumOf(distributionRepositories(system, mirror))) {
        expect(baseurl).toMatch(/^https:\/\/mirror\.example\.org\/it\/\$releasever/)
        expect(baseurl).toContain('$basearch')
      }
    expect(yumOf([dockerRepository(centos)])[0].baseurl).toBe(
      'https://download.docker.com/linux/centos/$releasever/$basearch/stable',
    )
  })

  test('PowerTools comes where a documented guard takes any text for it (B06)', () => {
    const root = rootOf({ 'repos/Rocky-BaseOS.repo': '[baseos]\nenabled=1\n' })
    const guard = 'if [ ! "$(grep -R "[PowerTools]" repos)" ]; then echo added; fi'
    expect(root.run(guard).output).toBe('')

    expect(yumOf(distributionRepositories(rocky, mirror))).toContainEqual(
      expect.objectContaining({ name: 'powertools', file: 'Rocky-PowerTools', enabled: true }),
    )
    expect(yumOf(distributionRepositories(stream, mirror))).toContainEqual(
      expect.objectContaining({
        name: 'powertools',
        baseurl: 'https://mirror.example.org/it/$releasever-stream/PowerTools/$basearch/os/',
      }),
    )
  })

  test('each section is written where the vendor has it, so that none is there twice and no file is removed', () => {
    expect(
      yumOf(distributionRepositories(centos, mirror)).map(({ name, file, enabled }) => [name, file, enabled]),
    ).toEqual([
      ['base', 'CentOS-Base', true],
      ['extras', 'CentOS-Base', true],
      ['updates', 'CentOS-Base', true],
      ['centosplus', 'CentOS-Base', false],
    ])
    for (const system of [centos, stream, rocky, rocky9]) {
      const repositories = distributionRepositories(system, mirror)
      const ids = yumOf(repositories).map(({ name }) => name)
      expect(new Set(ids).size).toBe(ids.length)
      const tasks = listedIn([repos({ repositories })])
      expect(tasks.map(({ params }) => params.state).filter(Boolean)).toEqual([])
      for (const { gpgcheck, gpgkey } of yumOf(repositories)) {
        expect(gpgcheck).toBe(true)
        expect(gpgkey).toMatch(/^file:\/\/\/etc\/pki\/rpm-gpg\/RPM-GPG-KEY-/)
      }
    }
  })

  test('a repository must answer before a host has it; one that is off, or goes, is not asked', () => {
    const asked = (repository: Repository) => yumOf([repository])[0].updateCache
    expect(asked(dockerRepository(rocky))).toBe(true)
    expect(asked(elrepoKernelRepository(rocky))).toBeUndefined()
    expect(asked({ yum: { name: 'old', state: 'absent' } })).toBeUndefined()
    expect(yumOf([epelRepository(rocky)])[0].baseurl).toContain('/epel/8/Everything/$basearch')
  })

  test('Ubuntu has no packages that are still tried out; what its list held comes back where the mirror fails', () => {
    const repositories = distributionRepositories(ubuntu, 'http://mirror.example.org/ubuntu/')
    const [look] = listedIn([repos({ repositories })])
    const behind = (exists: boolean) => look!.node.registered!({ exists } as never)
    const tasks = listedIn([behind(true)])
    expect(tasks.map(({ module, params }) => [module, params.dest ?? params.name])).toEqual([
      ['copy', '/etc/apt/sources.list.before-tsplay'],
      ['copy', '/etc/apt/sources.list'],
      ['aptRepository', 'ubuntu'],
    ])
    expect(tasks[1]!.params.content).toMatch(/^#[^\n]*\n$/)
    expect(tasks[2]!.params).toEqual({
      name: 'ubuntu',
      uris: 'http://mirror.example.org/ubuntu',
      signedBy: '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
      suites: ['focal', 'focal-security', 'focal-updates', 'focal-backports'],
      components: ['main', 'restricted', 'universe', 'multiverse'],
    })
    expect(listedIn([behind(false)]).map(({ module }) => module)).toEqual(['aptRepository'])
    const [{ rescue }] = behind(true) as unknown as [{ rescue: (failure: object) => TaskList }]
    expect(
      listedIn(rescue({ message: 'down' })).map(({ module, params }) => [module, params.dest ?? params.message]),
    ).toEqual([
      ['copy', '/etc/apt/sources.list'],
      ['fail', 'down'],
    ])
  })

  test('a key signs its own repository only, and is not given to apt for all (apt-key is gone)', () => {
    const tasks = listedIn([
      repos({ repositories: [dockerRepository(debian), kubernetesRepository(debian, { version: '1.30' })] }),
    ])
    expect(tasks[0]!.params).toEqual({ name: ['ca-certificates', 'curl'] })
    expect(tasks.slice(1).map(({ module, params }) => [module, params.key])).toEqual([
      ['aptRepository', 'https://download.docker.com/linux/debian/gpg'],
      ['aptRepository', 'https://pkgs.k8s.io/core:/stable:/v1.30/deb/Release.key'],
    ])
  })

  test("Kubernetes' packages come from a version's own place, or a mirror with several keys", () => {
    const keys = ['https://mirror.example.org/yum-key.gpg', 'https://mirror.example.org/rpm-package-key.gpg']
    const [own, mirrored] = yumOf([
      kubernetesRepository(rocky, { version: '1.25' }),
      kubernetesRepository(centos, {
        version: '1.13',
        baseurl: 'https://mirror.example.org/el7-$basearch/',
        gpgkey: keys,
      }),
    ])
    expect(own).toMatchObject({
      baseurl: ['https://pkgs.k8s.io/core:/stable:/v1.25/rpm/'],
      gpgkey: 'https://pkgs.k8s.io/core:/stable:/v1.25/rpm/repodata/repomd.xml.key',
    })
    expect(mirrored).toMatchObject({ baseurl: ['https://mirror.example.org/el7-$basearch/'], gpgkey: keys })
  })

  test('newer kernels are taken from ELRepo only when asked for', () => {
    expect(yumOf([elrepoKernelRepository(centos)])[0]).toMatchObject({ name: 'elrepo-kernel', enabled: false })
  })

  test('a system whose repositories nobody knows is an error that says which are known', () => {
    expect(() => distributionRepositories({ id: 'alpine', majorVersion: '3', codename: '' }, mirror)).toThrow(
      'the repositories of alpine 3 are not known',
    )
  })
})
