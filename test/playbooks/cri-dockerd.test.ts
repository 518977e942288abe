// What stands between docker and kubelet, as data: where it comes from, and who vouches for it.
import { describe, expect, test } from 'vitest'
import { cluster } from '../../playbooks/cluster.ts'
import { criDockerdPackage } from '../../playbooks/preparation/cri-dockerd.ts'
import { preparation } from '../../playbooks/preparation/index.ts'
import { criDockerd, criSocket } from '../../playbooks/roles/cri-dockerd/index.ts'
import { releaseFile } from '../../playbooks/roles/cri-dockerd/release.ts'
import { systemSites } from './documented-systems.ts'
import { listedIn, only } from './tasks-of.ts'

const pauseImage = 'harbor.example.org/google_containers/pause:3.8'
const source = { name: 'cri-dockerd' }

const system = (id: string, majorVersion: string, codename = '', arch = 'x86_64') => ({
  ...{ id, majorVersion, codename, arch },
  family: codename === '' ? ('redhat' as const) : ('debian' as const),
})

describe('the role', () => {
  test("the package's arguments are replaced by those with the image that hosts can pull", () => {
    const { params } = only(listedIn([criDockerd({ family: 'redhat', source, pauseImage })]), 'arguments')
    expect(params.dest).toBe('/etc/systemd/system/cri-docker.service.d/10-tsplay.conf')
    expect(params.content.match(/^ExecStart=.*$/gm)).toEqual([
      'ExecStart=',
      `ExecStart=/usr/bin/cri-dockerd --container-runtime-endpoint fd:// --pod-infra-container-image ${pauseImage} --network-plugin=cni`,
    ])
    expect(criSocket).toBe('unix:///run/cri-dockerd.sock')
  })

  test('a package comes from the repositories, or as a file that is what it should be', () => {
    const file = { url: 'https://example.org/v0.2.5/cri-dockerd-0.2.5-3.el8.x86_64.rpm', sha256: 'b'.repeat(64) }
    const at = '/var/cache/tsplay/cri-dockerd-0.2.5-3.el8.x86_64.rpm'
    const rpm = listedIn([criDockerd({ family: 'redhat', pauseImage, source: file })])
    expect(only(rpm, 'package').params).toMatchObject({ sha256: file.sha256, dest: at })
    expect(only(rpm, 'cri-dockerd').params).toEqual({ name: at, disableGpgCheck: true })
    const deb = listedIn([criDockerd({ family: 'debian', source, pauseImage })])
    expect(only(deb, 'cri-dockerd').params).toEqual({ name: 'cri-dockerd', startServices: false })
    expect(deb.map(({ name }) => name)).not.toContain('package')
    const named = listedIn([criDockerd({ family: 'redhat', source: { ...source, version: '0.2.5' }, pauseImage })])
    expect(only(named, 'cri-dockerd').params).toEqual({ name: 'cri-dockerd=0.2.5' })
  })

  test('a file is taken unseen only where that word is said', () => {
    const url = 'https://example.org/cri-dockerd.deb'
    const tasks = listedIn([criDockerd({ family: 'debian', pauseImage, source: { url, sha256: 'unverified' } })])
    expect(only(tasks, 'package').params).toEqual({ url, dest: '/var/cache/tsplay/cri-dockerd.deb', mode: '0644' })
  })

  test('socket and service are enabled and started, the service behind its socket', () => {
    const units = listedIn([criDockerd({ family: 'debian', source, pauseImage })]).filter(
      ({ module }) => module === 'systemd',
    )
    expect(units.map(({ params }) => [params.name, params.enabled, params.state])).toEqual([
      ['cri-docker.socket', true, 'started'],
      ['cri-docker', true, 'started'],
    ])
  })
})

describe("the project's own files", () => {
  const place = 'https://github.com/Mirantis/cri-dockerd/releases/download/v0.2.5'

  test.each([
    [system('centos', '7'), 'cri-dockerd-0.2.5-3.el7.x86_64.rpm'],
    [system('centos', '8'), 'cri-dockerd-0.2.5-3.el8.x86_64.rpm'],
    [system('rocky', '8'), 'cri-dockerd-0.2.5-3.el8.x86_64.rpm'],
    [system('rocky', '9'), 'cri-dockerd-0.2.5-3.el8.x86_64.rpm'],
    [system('ubuntu', '18', 'bionic'), 'cri-dockerd_0.2.5.3-0.ubuntu-bionic_amd64.deb'],
    [system('ubuntu', '20', 'focal'), 'cri-dockerd_0.2.5.3-0.ubuntu-focal_amd64.deb'],
    [system('debian', '11', 'bullseye'), 'cri-dockerd_0.2.5.3-0.debian-bullseye_amd64.deb'],
  ])('%j takes %s', (own, name) => {
    expect(releaseFile('0.2.5', own)).toEqual({ name, url: `${place}/${name}` })
    expect(releaseFile('0.2.5', own, 'http://mirror.test/cri/')!.url).toBe(`http://mirror.test/cri/v0.2.5/${name}`)
  })

  test('are of one architecture', () => {
    expect(releaseFile('0.2.5', system('rocky', '8', '', 'aarch64'))).toBeUndefined()
    expect(releaseFile('0.2.5', { ...system('debian', '13'), family: 'debian' })).toBeUndefined()
  })

  test('are installed where somebody vouches for the one that the host takes, and else it is said which', () => {
    const name = 'cri-dockerd-0.2.5-3.el8.x86_64.rpm'
    const of = (sha256: Record<string, string>, own = system('rocky', '8')) =>
      criDockerdPackage({ release: '0.2.5', sha256 }, () => own)
    expect(of({ [name]: 'a'.repeat(64) })).toEqual({ source: { url: `${place}/${name}`, sha256: 'a'.repeat(64) } })
    expect(of({ [name]: 'unverified' })).toEqual({ source: { url: `${place}/${name}`, sha256: 'unverified' } })
    const others: Record<string, string>[] = [{}, { 'cri-dockerd-0.2.5-3.el7.x86_64.rpm': 'a'.repeat(64) }]
    for (const sha256 of others)
      expect(of(sha256)).toEqual({
        problem: expect.stringContaining(`nobody vouches for ${name}`),
        hint: expect.stringContaining(`fetch ${place}/${name} once`),
      })
    expect(of({ [name]: 'a'.repeat(64) }, system('rocky', '8', '', 'aarch64'))).toEqual({
      problem: 'the project of cri-dockerd has no package for rocky 8 on aarch64',
      hint: expect.stringContaining('a repository that hosts have'),
    })
  })

  test('are asked about no host where the inventory names a package or a file', () => {
    const nobody = () => {
      throw new Error('asked')
    }
    const file = { url: 'https://example.org/x.rpm', sha256: 'a'.repeat(64) }
    for (const each of [source, file]) expect(criDockerdPackage(each, nobody)).toEqual({ source: each })
  })
})

describe('hosts that say themselves what they run', () => {
  const { hosts, groups } = systemSites.s3
  const vouched = 'cri-dockerd_0.2.5.3-0.ubuntu-focal_amd64.deb'

  /** Roles, and tasks of the playbook itself, of each play on an Ubuntu whose release the inventory does not know. */
  const on = (name: string, sha256: Record<string, string>) => {
    const host = hosts.find((each) => each.name === name)!
    const vars = {
      ...{ ...host.vars, os: undefined, repositories: {}, kernel: undefined },
      criDockerd: { pauseImage, source: { release: '0.2.5', sha256 } },
    }
    const facts = { os: system('ubuntu', '20', 'focal'), arch: 'x86_64' }
    const context = { host, hosts, groups, facts, check: false, vars }
    return preparation().map((play) => listedIn(play.spec.tasks(context as never) as never))
  }

  test('fail before anything is changed, where nobody vouches for what they would install', () => {
    const [first, ...others] = on('k8s-master01.example.local', {
      'cri-dockerd-0.2.5-3.el8.x86_64.rpm': 'a'.repeat(64),
    })
    const { module, params } = only(first!, 'package of cri-dockerd is known')
    expect(module).toBe('fail')
    expect(params.message).toContain(`nobody vouches for ${vouched}`)
    expect(params.hint).toContain(`sha256: { '${vouched}': '…' }`)
    expect(others.flat().filter(({ role }) => role === 'cri-dockerd')).toEqual([])
  })

  test('install what somebody vouches for, and are not asked about it where they have no kubelet', () => {
    const [first, ...others] = on('k8s-master01.example.local', { [vouched]: 'a'.repeat(64) })
    expect(first!.map(({ name }) => name)).not.toContain('package of cri-dockerd is known')
    const { params } = only(others.flat(), 'package', 'cri-dockerd')
    expect(params).toMatchObject({ url: expect.stringContaining(vouched), sha256: 'a'.repeat(64) })
    const [balancer] = on('k8s-ha01.example.local', {})
    expect(balancer!.map(({ name }) => name)).not.toContain('package of cri-dockerd is known')
  })
})

describe('the variable', () => {
  const parsed = (own: object) => cluster.vars.shape.criDockerd.safeParse({ pauseImage, source: own })

  test.each([
    [{ name: 'cri-dockerd' }],
    [{ name: 'cri-dockerd', version: '0.2.5' }],
    [{ url: 'https://example.org/x.rpm', sha256: 'a'.repeat(64) }],
    [{ url: 'https://example.org/x.rpm', sha256: 'unverified' }],
    [{ release: '0.2.5', sha256: { 'x.rpm': 'a'.repeat(64) }, mirror: 'https://mirror.example.org' }],
  ])('takes %j', (own) => {
    expect(parsed(own).success).toBe(true)
  })

  test.each([
    // nothing is fetched that nobody vouches for, unless that is said
    [{ url: 'https://example.org/x.rpm' }],
    [{ url: 'https://example.org/x.rpm', sha256: '' }],
    [{ url: 'https://example.org/x.rpm', sha256: 'none' }],
    [{ release: '0.2.5', sha256: { 'x.rpm': 'a' } }],
    [{ release: 'v0.2.5', sha256: {} }],
    [{ name: '' }],
    [{}],
  ])('refuses %j', (own) => {
    expect(parsed(own).success).toBe(false)
  })
})
