// Repositories as data, against what documented scripts write.
import { describe, expect, test } from 'vitest'
import { contentOf } from '../../engine/content.ts'
import type { TaskList } from '../../engine/task.ts'
import { served } from '../../playbooks/roles/preflight/problems.ts'
import { distributionRepositories, unknownDistribution } from '../../playbooks/roles/repos/distribution.ts'
import { type Repository, repos } from '../../playbooks/roles/repos/index.ts'
import { dockerRepository, epelRepository, kubernetesRepository } from '../../playbooks/roles/repos/others.ts'
import { rootOf } from './role-files.ts'
import { listedIn } from './tasks-of.ts'

const rocky = { id: 'rocky', majorVersion: '8', codename: '' }
const rocky9 = { id: 'rocky', majorVersion: '9', codename: '' }
const centos = { id: 'centos', majorVersion: '7', codename: '' }
const stream = { id: 'centos', majorVersion: '8', codename: '' }
const stream9 = { id: 'centos', majorVersion: '9', codename: '' }
const alma8 = { id: 'almalinux', majorVersion: '8', codename: '' }
const alma9 = { id: 'almalinux', majorVersion: '9', codename: '' }
const redhats = [centos, stream, stream9, rocky, rocky9, alma8, alma9]
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

    for (const system of redhats)
      for (const { baseurl } of yumOf(distributionRepositories(system, mirror))) {
        expect(baseurl).toMatch(/^https:\/\/mirror\.example\.org\/it\/(SIGs\/)?\$releasever/)
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
    for (const system of redhats) {
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
    expect(asked(distributionRepositories(rocky, mirror).at(-1)!)).toBeUndefined()
    expect(asked({ yum: { name: 'old', state: 'absent' } })).toBeUndefined()
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
    // a list that is empty already is not kept over the one that it had
    const { sha256 } = contentOf(tasks[1]!.params.content as string)
    const again = listedIn([look!.node.registered!({ exists: true, sha256 } as never)])
    expect(again.map(({ module }) => module)).toEqual(['aptRepository'])
    const [{ rescue }] = behind(true) as unknown as [{ rescue: (failure: object) => TaskList }]
    expect(
      listedIn(rescue({ message: 'down' })).map(({ module, params }) => [module, params.dest ?? params.message]),
    ).toEqual([
      ['copy', '/etc/apt/sources.list'],
      ['fail', 'down'],
    ])
  })

  test('the key of a mirror of Kubernetes’ packages lies beside its metadata, however its address ends', () => {
    for (const baseurl of ['https://mirror.example.org/v1.30/deb', 'https://mirror.example.org/v1.30/deb/']) {
      const { apt } = kubernetesRepository(debian, { version: '1.30', baseurl }) as { apt: { key: string } }
      expect(apt.key).toBe('https://mirror.example.org/v1.30/deb/Release.key')
    }
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
    // metadata need no signature unless an inventory says so
    expect(own.repoGpgcheck).toBeUndefined()
    const [signed] = yumOf([kubernetesRepository(rocky, { version: '1.25', repoGpgcheck: true })])
    expect(signed.repoGpgcheck).toBe(true)
  })

  test.each([
    ['8', undefined, 'https://dl.fedoraproject.org/pub/epel/8/Everything/$basearch'],
    // it has ended, and left the place where the others are
    ['7', undefined, 'https://dl.fedoraproject.org/pub/archive/epel/7/$basearch'],
    ['7', 'https://mirror.example.org/epel-archive/', 'https://mirror.example.org/epel-archive/7/$basearch'],
    ['9', 'https://mirror.example.org/epel', 'https://mirror.example.org/epel/9/Everything/$basearch'],
  ])('EPEL %s of the mirror %s is at %s, with its key', (majorVersion, place, baseurl) => {
    const [epel] = yumOf([epelRepository({ ...rocky, majorVersion }, place)])
    expect(epel).toMatchObject({ name: 'epel', baseurl, gpgcheck: true })
    expect(epel.gpgkey).toBe(
      `${baseurl.slice(0, baseurl.indexOf(`/${majorVersion}/`))}/RPM-GPG-KEY-EPEL-${majorVersion}`,
    )
  })

  test('a release that has ended is found by the name that its archive has it by', () => {
    const placesOf = (system: typeof rocky, release: string): string[] =>
      yumOf(distributionRepositories(system, { mirror: 'https://vault.example.org/', release })).map(
        ({ baseurl }) => baseurl,
      )
    expect(placesOf(centos, '7.9.2009')).toEqual(
      ['os', 'extras', 'updates', 'centosplus'].map((id) => `https://vault.example.org/7.9.2009/${id}/$basearch/`),
    )
    expect(placesOf(rocky, '8.10')[0]).toBe('https://vault.example.org/8.10/BaseOS/$basearch/os/')
    for (const place of placesOf(stream, '8.5.2111'))
      expect(place).toMatch(/^https:\/\/vault\.example\.org\/8\.5\.2111\//)
    // Debian's archive has them by the names that hosts know
    expect(() =>
      distributionRepositories(debian, { mirror: 'https://archive.example.org/debian', release: '12' }),
    ).toThrow('the archive of debian has each release by its own name')
  })

  test('every release that preflight lets pass has its mirror, and an error where it can have none', () => {
    const sections = (id: string, majorVersion: string) =>
      yumOf(distributionRepositories({ id, majorVersion, codename: '' }, mirror)).map(
        ({ file, name, enabled }) => `${file}.repo ${name}${enabled ? '' : ' off'}`,
      )
    for (const [id, releases] of Object.entries(served))
      for (const majorVersion of releases) {
        const unknown = unknownDistribution({ id, majorVersion })
        expect(unknown?.hint ?? '').toMatch(id === 'rhel' ? /subscription/ : /^$/)
        if (id === 'rhel') expect(() => sections(id, majorVersion)).toThrow(unknown!.message)
        else if (redhats.some((each) => each.id === id)) expect(sections(id, majorVersion).length).toBeGreaterThan(3)
      }
    expect(sections('centos', '8')).toContain('CentOS-Stream-centosplus.repo centosplus off')
    expect(sections('centos', '9')).toEqual([
      ...['baseos', 'appstream', 'crb'].map((name) => `centos.repo ${name}`),
      'centos-addons.repo extras-common',
    ])
    expect(sections('almalinux', '9')).toEqual(
      ['baseos', 'appstream', 'extras', 'crb'].map((name) => `almalinux-${name}.repo ${name}`),
    )
  })

  test('a system whose repositories nobody knows is an error that says which are known', () => {
    expect(() => distributionRepositories({ id: 'alpine', majorVersion: '3', codename: '' }, mirror)).toThrow(
      'the repositories of alpine 3 are not known',
    )
  })
})
