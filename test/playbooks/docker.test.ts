// docker from packages, as data, against documented scripts.
import { describe, expect, test } from 'vitest'
import { daemonJson } from '../../playbooks/roles/docker/daemon-json.ts'
import { docker } from '../../playbooks/roles/docker/index.ts'
import { packagesOf } from '../../playbooks/roles/docker/packages.ts'
import { listedIn, only } from './tasks-of.ts'

const debian = listedIn([docker({ family: 'debian', version: '20.10.17', cgroupDriver: 'systemd' })])
const redhat = listedIn([docker({ family: 'redhat', version: '19.03.11' })])

describe('docker', () => {
  test('packages are named as their managers know them; the documented spec names its version twice and fits nothing (B65)', () => {
    const fits = (spec: string, version: string) => spec === `docker-ce-${version}`
    expect(fits('docker-ce-19.03.11-19.03.11', '19.03.11-3.el7')).toBe(false)

    expect(only(redhat, 'docker').params.name).toEqual([
      'docker-ce=19.03.11-*',
      'docker-ce-cli=19.03.11-*',
      'containerd.io',
    ])
    expect(only(debian, 'docker').params.name).toEqual([
      'docker-ce=5:20.10.17~*',
      'docker-ce-cli=5:20.10.17~*',
      'containerd.io',
    ])
    expect(packagesOf('redhat', 'docker-ce', '18.06.1').specs).toEqual(['docker-ce=18.06.1.ce-*'])
    expect(packagesOf('debian', 'docker-ce', '18.06.1').specs).toEqual(['docker-ce=18.06.1~ce~*'])
    expect(packagesOf('debian', 'docker.io').specs).toEqual(['docker.io'])
    expect(packagesOf('debian', 'docker-ce').specs).toEqual(['docker-ce', 'docker-ce-cli', 'containerd.io'])
  })

  test('what is removed never includes docker itself; the documented pattern takes it in every run (B65)', () => {
    const documented = /^docker/
    expect(['docker-ce', 'docker-ce-cli'].every((name) => documented.test(name))).toBe(true)

    for (const tasks of [debian, redhat]) {
      const { params } = only(tasks, 'no packages of before')
      expect(params.state).toBe('absent')
      for (const name of only(tasks, 'docker').params.name) expect(params.name).not.toContain(name.replace(/=.*/, ''))
      expect(params.name.some((name: string) => /[*?]/.test(name))).toBe(false)
    }
    const own = listedIn([docker({ family: 'debian', package: 'docker.io' })])
    expect(only(own, 'no packages of before').params.name).not.toContain('docker.io')
  })

  test('the configuration is there before docker is, which is there before anything restarts it (B68)', () => {
    for (const tasks of [debian, redhat]) {
      const names = tasks.map(({ name }) => name)
      expect(names.indexOf('configuration')).toBeLessThan(names.indexOf('docker'))
      expect(names.indexOf('docker')).toBeLessThan(names.indexOf('docker runs'))
      const [restart] = [only(tasks, 'configuration').node.options.notify].flat()
      expect(restart).toMatchObject({ name: 'restart docker', options: { throttle: 1 } })
      expect(only(tasks, 'docker runs').node.options.absorbs).toBe(restart)
    }
    expect(only(debian, 'docker').params.startServices).toBe(false)
  })

  test('mirrors are data in a file, and no script from elsewhere runs as root (B68)', () => {
    const text = daemonJson({ registryMirrors: ['http://mirror.example.org'] })
    expect(text).toBe('{\n  "registry-mirrors": [\n    "http://mirror.example.org"\n  ]\n}\n')
    for (const { module } of [...debian, ...redhat]) expect(['shell', 'script', 'getUrl']).not.toContain(module)
  })

  test("the documented systems' configurations can be said, with texts where docker wants texts", () => {
    const text = daemonJson({
      registryMirrors: ['https://registry.example.org'],
      insecureRegistries: ['harbor.example.org'],
      cgroupDriver: 'systemd',
      maxConcurrentDownloads: 10,
      maxConcurrentUploads: 5,
      logs: { maxSize: '300m', maxFiles: 2 },
      liveRestore: true,
      other: { 'data-root': '/data/docker', 'live-restore': false },
    })
    expect(JSON.parse(text)).toEqual({
      'registry-mirrors': ['https://registry.example.org'],
      'insecure-registries': ['harbor.example.org'],
      'exec-opts': ['native.cgroupdriver=systemd'],
      'max-concurrent-downloads': 10,
      'max-concurrent-uploads': 5,
      'log-opts': { 'max-size': '300m', 'max-file': '2' },
      'live-restore': true,
      'data-root': '/data/docker',
    })
    expect(daemonJson({})).toBe('{}\n')
  })

  test('what keeps versions is installed on the RHEL family, which has nothing that does, before docker is (B79)', () => {
    for (const [majorVersion, name] of [
      ['7', 'yum-plugin-versionlock'],
      ['8', 'python3-dnf-plugin-versionlock'],
      ['9', 'python3-dnf-plugin-versionlock'],
      [undefined, 'python3-dnf-plugin-versionlock'],
    ] as const) {
      const tasks = listedIn([
        docker({ family: 'redhat', version: '19.03.6', ...(majorVersion !== undefined && { majorVersion }) }),
      ])
      expect(only(tasks, 'what keeps versions').params).toEqual({ name })
      const names = tasks.map((task) => task.name)
      const [plugin, own, lock] = ['what keeps versions', 'docker', 'docker stays in this version']
      expect(names.indexOf(plugin!)).toBeLessThan(names.indexOf(own!))
      expect(names.indexOf(own!)).toBeLessThan(names.indexOf(lock!))
    }
    for (const tasks of [debian, listedIn([docker({ family: 'redhat' })])])
      expect(tasks.map(({ name }) => name)).not.toContain('what keeps versions')
  })

  test('another version is a matter of the variable alone: what is kept may be changed by who keeps it', () => {
    expect(only(debian, 'docker').params.allowChangeHeld).toBe(true)
    expect(only(redhat, 'docker').params.allowChangeLocked).toBe(true)
    // what an administrator keeps stays
    expect(only(listedIn([docker({ family: 'debian' })]), 'docker').params.allowChangeHeld).toBe(false)
    expect(only(listedIn([docker({ family: 'redhat' })]), 'docker').params.allowChangeLocked).toBe(false)
  })

  test('a version that was asked for is kept when others are upgraded (B79)', () => {
    expect(only(debian, 'docker stays in this version').params.name).toEqual(['docker-ce', 'docker-ce-cli'])
    const any = listedIn([docker({ family: 'redhat' })])
    expect(any.map(({ name }) => name)).not.toContain('docker stays in this version')
  })

  test('a boot that is needed is left to whoever reboots, instead of cutting the script off in its middle', () => {
    const tasks = listedIn([docker({ family: 'debian', swapAccounting: true })])
    const behind = (rebootRequired: boolean) =>
      listedIn([only(tasks, 'swap is counted').node.registered!({ rebootRequired } as never)]).map(
        ({ params }) => params.dest,
      )
    expect(behind(true)).toEqual(['/run/reboot-required'])
    expect(behind(false)).toEqual([])
    expect(tasks.map(({ module }) => module)).not.toContain('reboot')
  })
})
