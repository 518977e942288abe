// kernel-upgrade and reboot without a host: what decides, where kernels come from, and the tasks as data.
import { describe, expect, test } from 'vitest'
import { TsplayError } from '../../engine/error.ts'
import { checkParams } from '../../engine/module.ts'
import { type KernelUpgradeParams, kernelUpgrade } from '../../playbooks/roles/kernel-upgrade/index.ts'
import { type KernelsParams, type KernelsResult, kernels } from '../../playbooks/roles/kernel-upgrade/kernels.ts'
import { reboot } from '../../playbooks/roles/reboot/index.ts'
import { type ListedTask, listedIn, only } from './tasks-of.ts'

const debian = { id: 'debian', family: 'debian', majorVersion: '12' }
const ubuntu = { id: 'ubuntu', family: 'debian', majorVersion: '20' }
const centos = { id: 'centos', family: 'redhat', majorVersion: '7' }
const rocky = { id: 'rocky', family: 'redhat', majorVersion: '9' }

const followed = (task: ListedTask, result: object): ListedTask[] =>
  listedIn(task.node.registered!({ changed: false, failed: false, ...result }))

/** The tasks of a host that runs `running`. */
const on = (running: string, params: KernelUpgradeParams): ListedTask[] =>
  followed(only(listedIn([kernelUpgrade(params)]), 'kernel that runs'), { running })

/** The tasks behind the installation, where it has changed something or not. */
const behind = (tasks: readonly ListedTask[], changed: boolean): ListedTask[] =>
  followed(only(tasks, 'kernel is installed'), { changed })

const names = (tasks: readonly ListedTask[]): string[] => tasks.map(({ name }) => name)
const installed = (running: string, params: KernelUpgradeParams) =>
  only(on(running, params), 'kernel is installed').params

describe('whether anything is done', () => {
  test.each([
    ['5.10.0-8-amd64', '5.4'],
    ['6.1.0-50-amd64', '6.1'],
    ['6.1.0-50-amd64', '6.1.0-50'],
    ['4.18.0-553.el8.x86_64', '4.18'],
    ['5.14.0-427.13.1.el9_4.x86_64', '5.14.0-427'],
  ])('a host that runs %s is left alone where %s will do, without a question to any repository', (running, minimum) => {
    for (const os of [debian, ubuntu, centos, rocky]) expect(on(running, { os, minimum })).toEqual([])
  })

  test('a package without a version is no reason to take newer ones in passing (B79)', () => {
    const meta = { os: debian, package: 'linux-image-6.12-amd64', minimum: '6.12' }
    expect(on('6.12.100+deb12-amd64', meta)).toEqual([])
    // its name is not that of a kernel, so that an older one of it may be installed
    expect(installed('6.1.0-50-amd64', meta)).toMatchObject({ state: 'latest', updateCache: true })
    const named = { os: debian, package: 'linux-image-6.1.0-56-amd64' }
    expect(on('6.1.0-56-amd64', named)).toEqual([])
    expect(installed('6.1.0-50-amd64', named)).toEqual({ name: [named.package], state: 'present' })
  })

  test('only the running kernel decides: no package that is there by chance skips it, and none is upgraded in passing (B04, B79)', () => {
    for (const os of [debian, ubuntu, centos, rocky]) {
      const tasks = [...on('3.10.0-1160.el7.x86_64', { os, minimum: '4.18' })]
      const packages = tasks.filter(({ module }) => ['apt', 'dnf', 'yum', 'package'].includes(module))
      expect(names(packages)).toEqual(['kernel is installed'])
      for (const { params } of packages) {
        expect(params.upgrade).toBeUndefined()
        expect([params.name].flat()).toHaveLength(1)
        expect([params.name].flat()[0]).toMatch(/^(linux-image|kernel)/)
      }
      expect(tasks.some(({ node }) => node.options.when !== undefined)).toBe(false)
    }
  })

  test('a reboot comes only behind another kernel, and behind that the proof that it runs', () => {
    const steps = ['kernel to be booted', 'reboot into the new kernel', 'the new kernel runs']
    const old = on('3.10.0-1160.el7.x86_64', { os: rocky, minimum: '5.4' })
    for (const changed of [true, false]) expect(names(behind(old, changed))).toEqual(steps)
    const exact = { os: debian, package: 'linux-image-6.1.0-56-amd64', version: '6.1.192-2' }
    const same = on('6.1.0-56-amd64', exact)
    expect(behind(same, false)).toEqual([])
    // the same name, built anew: what runs is not what is installed
    expect(names(behind(same, true))).toEqual(steps)
    expect(names(behind(on('6.12.1-amd64', exact), false))).toEqual(steps)
  })

  describe('arguments', () => {
    const args = ['user_namespace.enable=1']
    const given = (running: string, params: KernelUpgradeParams): string[] => names(on(running, { ...params, args }))

    test.each<[string, string, KernelUpgradeParams]>([
      ['4.18.0-553.16.1.el8_10.x86_64', 'Rocky 8', { os: { ...rocky, majorVersion: '8' }, minimum: '4.18' }],
      ['5.14.0-427.13.1.el9_4.x86_64', 'Rocky 9', { os: rocky, minimum: '4.18' }],
      ['3.10.0-1160.el7.x86_64', 'CentOS 7', { os: centos, minimum: '3.10' }],
      ['5.4.0-26-generic', 'Ubuntu', { os: ubuntu, minimum: '4.18' }],
      ['6.1.0-50-amd64', 'Debian', { os: debian, minimum: '4.18', from: 'bookworm-backports' }],
    ])('the own kernel %s of %s is new enough: neither they nor a reboot are for it', (running, _os, params) => {
      expect(given(running, params)).toEqual([])
    })

    test.each<[string, KernelUpgradeParams]>([
      ['6.9.7-1.el7.elrepo.x86_64', { os: centos, minimum: '4.18' }],
      ['6.12.9+bpo-amd64', { os: debian, minimum: '6.5', from: 'bookworm-backports' }],
      ['5.10.0-0.deb10.24-amd64', { os: debian, minimum: '5.10' }],
      ['6.6.1-mine', { os: debian, package: 'my-kernel', release: '6.6.1-mine' }],
      ['6.1.0-56-amd64', { os: debian, package: 'linux-image-6.1.0-56-amd64' }],
    ])('%s was brought: it is given them, and rebooted only where it has not got them', (running, params) => {
      const [grub, ...others] = on(running, { ...params, args })
      expect(others).toEqual([])
      expect(grub).toMatchObject({ module: 'grub', params: { args } })
      expect(names(followed(grub!, { rebootRequired: true }))).toEqual([
        'reboot for the arguments',
        'the kernel has its arguments',
      ])
      expect(followed(grub!, { rebootRequired: false })).toEqual([])
      expect(on(running, params)).toEqual([])
    })

    test('a kernel that is brought has them before its first boot', () => {
      for (const os of [centos, rocky]) {
        const order = names(behind(on('3.10.0-1160.el7.x86_64', { os, minimum: '4.18', args }), true))
        expect(order.indexOf('arguments of the kernel')).toBeLessThan(order.indexOf('reboot into the new kernel'))
        expect(order.filter((name) => name.startsWith('reboot'))).toHaveLength(1)
      }
    })
  })

  test('a host is back when those of the units run again that ran before', () => {
    const units = ['etcd', 'kubelet']
    const rebooted = (tasks: readonly ListedTask[]) => tasks.find(({ module }) => module === 'reboot')!.params
    const old = on('3.10.0-1160.el7.x86_64', { os: centos, minimum: '4.18', units, rebootTimeout: 90 })
    expect(rebooted(behind(old, true))).toMatchObject({ units, timeout: 90 })
    const [grub] = on('6.9.7-1.el7.elrepo.x86_64', { os: centos, minimum: '4.18', args: ['x=1'], units })
    expect(rebooted(followed(grub!, { rebootRequired: true }))).toMatchObject({ units, timeout: 600 })
  })
})

describe('where the kernel comes from', () => {
  test.each([
    [debian, 'x86_64', 'linux-image-amd64'],
    [debian, 'aarch64', 'linux-image-arm64'],
    [ubuntu, 'x86_64', 'linux-image-generic'],
    [centos, 'x86_64', 'kernel-ml'],
    [rocky, 'x86_64', 'kernel'],
  ])('a %o of %s has the package %s, at its newest', (os, arch, name) => {
    expect(installed('3.10.0', { os, arch, minimum: '5.4' })).toMatchObject({ name: [name], state: 'latest' })
  })

  test('RHEL 7 takes it from elrepo, whose key is known by its fingerprint, and which is used for nothing else', () => {
    const tasks = on('3.10.0-1160.el7.x86_64', { os: centos, minimum: '4.18' })
    expect(only(tasks, 'key of the kernels').params.fingerprint).toMatch(/^([0-9A-F]{4} ?){10}$/)
    expect(only(tasks, 'repository of kernels').params).toMatchObject({
      ...{ name: 'elrepo-kernel', enabled: false, gpgcheck: true },
      baseurl: expect.stringMatching(/^https:.*archive.*\/kernel\/el7\/\$basearch\/$/),
    })
    expect(only(tasks, 'kernel is installed').params.enablerepo).toEqual(['elrepo-kernel'])
    expect(names(on('3.10.0', { os: rocky, minimum: '5.15' }))).toEqual(['kernel is installed'])
  })

  test('backports are only asked where somebody says so, and are brought to a host first', () => {
    const params = { os: debian, minimum: '6.5' }
    expect(installed('6.1.0-50-amd64', params).defaultRelease).toBeUndefined()
    expect(names(on('6.1.0-50-amd64', params))).toEqual(['kernel is installed'])
    const tasks = on('6.1.0-50-amd64', { ...params, from: 'bookworm-backports' })
    expect(names(tasks)).toEqual(['where bookworm-backports is', 'kernel is installed'])
    expect(only(tasks, 'kernel is installed').params.defaultRelease).toBe('bookworm-backports')
    expect(followed(tasks[0]!, {})).toEqual([])
    const missing = { uris: 'http://mirror.test/debian', components: ['main', 'contrib'] }
    expect(only(followed(tasks[0]!, { missing }), 'source of bookworm-backports')).toMatchObject({
      module: 'aptRepository',
      params: {
        ...missing,
        ...{ name: 'bookworm-backports', suites: 'bookworm-backports' },
        signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
      },
    })
    // a release of another name is whoever's, and brought from an address only
    expect(names(on('6.1.0-50-amd64', { ...params, from: 'trixie' }))).toEqual(['kernel is installed'])
    const [look] = on('6.1.0-50-amd64', { ...params, from: 'trixie', mirror: 'http://mirror.test/debian/' })
    expect(look!.params).toMatchObject({ suite: 'trixie', mirror: 'http://mirror.test/debian' })
    expect(installed('5.14.0-1.el9.x86_64', { ...params, os: rocky, from: 'elrepo-kernel' }).enablerepo).toEqual([
      'elrepo-kernel',
    ])
  })

  test('files are refused without a digest, and checked for their signatures besides (B16)', () => {
    const url = 'http://193.49.22.109/elrepo/kernel/el7/x86_64/RPMS/kernel-ml-4.19.12-1.el7.elrepo.x86_64.rpm'
    const params = (sha256: string) => ({ os: centos, minimum: '4.19.12', files: [{ url, sha256 }] })
    // the documented way: an address by its number, plain http, and no word on what the file must be
    for (const sha256 of ['', 'abc', undefined as unknown as string])
      expect(() => on('3.10.0', params(sha256))).toThrow(/has no sha256 of 64 hex digits/)
    const tasks = on('3.10.0', params('a'.repeat(64)))
    const download = tasks.find(({ module }) => module === 'getUrl')!
    expect(download.params).toMatchObject({ url, sha256: 'a'.repeat(64) })
    const { params: install } = only(tasks, 'kernel is installed')
    expect(install).toEqual({ name: [download.params.dest] })
    expect(install.disableGpgCheck).toBeUndefined()
    expect(only(tasks, 'key of the kernels').params.fingerprint).toBeDefined()
    expect(names(tasks)).not.toContain('repository of kernels')
  })

  test('no path of a boot loader is written down: GRUB is told by its own tools, with BIOS and UEFI alike (B16)', () => {
    const tasks = behind(on('3.10.0', { os: centos, minimum: '4.18' }), true)
    const next = followed(only(tasks, 'kernel to be booted'), {
      boots: '3.10.0',
      target: '4.19.12-1.el7.elrepo.x86_64',
    })
    expect(next.map(({ module, params }) => ({ module, params }))).toEqual([
      { module: 'grub', params: { defaultKernel: '4.19.12-1.el7.elrepo.x86_64' } },
    ])
    expect(followed(only(tasks, 'kernel to be booted'), { boots: '5.4.0', target: '5.4.0' })).toEqual([])
    expect(tasks.filter(({ module }) => ['command', 'shell', 'raw', 'script'].includes(module))).toEqual([])
  })

  test('what comes with it is installed in one go, and what is in its way removed before', () => {
    const also = ['kernel-ml-devel', 'kernel-ml-tools']
    const tasks = on('3.10.0', { os: centos, minimum: '4.18', also, replaces: ['kernel-tools', 'kernel-tools-libs'] })
    expect(only(tasks, 'kernel is installed').params.name).toEqual(['kernel-ml', ...also])
    expect(names(tasks).slice(-2)).toEqual(['packages in the way', 'kernel is installed'])
    expect(only(tasks, 'packages in the way').params).toMatchObject({ state: 'absent', autoremove: false })
  })
})

describe('which kernel is wanted', () => {
  const wanted = (params: KernelUpgradeParams) =>
    only(listedIn([kernelUpgrade(params)]), 'kernel that runs').params.wanted

  test.each<[KernelUpgradeParams, object]>([
    [{ os: debian, package: 'linux-image-6.1.0-56-amd64', version: '6.1.192-2' }, { release: '6.1.0-56-amd64' }],
    [{ os: ubuntu, package: 'linux-image-unsigned-5.15.0-91-generic' }, { release: '5.15.0-91-generic' }],
    [{ os: centos, package: 'kernel-ml', version: '4.19.12-1.el7.elrepo' }, { release: '4.19.12-1.el7.elrepo.x86_64' }],
    [
      { os: rocky, arch: 'aarch64', package: 'kernel', version: '0:5.14.0-427.el9' },
      { release: '5.14.0-427.el9.aarch64' },
    ],
    [{ os: centos, package: 'kernel-lt', version: '5.4.278' }, { release: '5.4.278-*' }],
    [{ os: debian, package: 'linux-image-cloud-amd64', minimum: '6.1.0-50' }, { minimum: '6.1.0-50' }],
    [{ os: debian, package: 'my-kernel', release: '6.6.1-mine' }, { release: '6.6.1-mine' }],
  ])('%o is %o', (params, expected) => {
    expect(wanted(params)).toEqual(expected)
  })

  test('parameters that do not tell are refused before any host is asked, and so is what is no version', () => {
    expect(() => kernelUpgrade({ os: debian })).toThrow('kernel-upgrade is not told which kernel is wanted')
    expect(() => kernelUpgrade({ os: debian, package: 'linux-image-amd64' })).toThrow(
      "nobody can tell from 'linux-image-amd64' which kernel will run: its dependencies decide",
    )
    expect(() => kernelUpgrade({ os: debian, minimum: 'newest' })).toThrow("'newest' is no version of a kernel")
    expect(() => on('1.0', { os: { id: 'alpine', family: 'alpine', majorVersion: '3' }, minimum: '6' })).toThrow(
      "knows no kernels for 'alpine'",
    )
  })

  const repository = {
    name: 'own',
    baseurl: 'https://x.test/',
    gpgkey: 'https://x.test/key',
    fingerprint: 'AB'.repeat(20),
  }
  test.each<[string, KernelUpgradeParams, string]>([
    [
      'files',
      { os: debian, files: [{ url: 'https://x.test/k.rpm', sha256: 'a'.repeat(64) }] },
      'files of kernels are rpm files',
    ],
    ['repository', { os: ubuntu, repository }, 'the repository of a kernel is one of yum, and the host runs ubuntu'],
    [
      'replaces',
      { os: debian, replaces: ['kernel-tools'] },
      'packages in the way of a kernel are rpm packages, and the host runs debian',
    ],
    [
      'mirror',
      { os: rocky, from: 'elrepo-kernel', mirror: 'https://x.test/debian' },
      'the mirror of a kernel is one of apt, and the host runs rocky',
    ],
    [
      'mirror',
      { os: debian, mirror: 'https://x.test/debian' },
      'the mirror of a kernel is named, and no release in it',
    ],
  ])('what a family has no use for is refused, and not left out without a word: %s', (_what, params, message) => {
    const failed = (() => {
      try {
        return on('1.0', { minimum: '6', ...params })
      } catch (error) {
        return error
      }
    })()
    expect(failed).toBeInstanceOf(TsplayError)
    expect(failed).toMatchObject({ message, hint: expect.stringMatching(/./) })
  })
})

describe('kernels', () => {
  const { module } = kernels({})
  const read = (stdout: string) => module.probe({}).read((() => ({ code: 0, stdout, stderr: '' })) as never)
  const result = (params: KernelsParams, stdout: string) => module.result!(params, read(stdout)) as KernelsResult

  test('takes the newest that is wanted, however names sort, and never a rescue one', () => {
    const stdout =
      '3.10.0\nquiet\ninstalled=0-rescue-abc\ninstalled=5.10.1\ninstalled=5.4.9\ninstalled=4.19.0\nboots=5.4.9\n'
    expect(result({ wanted: { minimum: '4' } }, stdout)).toEqual({
      running: '3.10.0',
      boots: '5.4.9',
      target: '5.10.1',
    })
    expect(result({ wanted: { release: '5.4.*' } }, stdout).target).toBe('5.4.9')
    expect(result({ wanted: { minimum: '6' } }, stdout)).toEqual({ running: '3.10.0', boots: '5.4.9' })
  })

  test.each([
    ['', '6.10.0-1-amd64'],
    ['0', '6.10.0-1-amd64'],
    ['"0"', '6.10.0-1-amd64'],
    ["'gnulinux-advanced-1f>gnulinux-6.9.0-3-amd64-advanced-1f'", '6.9.0-3-amd64'],
    ['"gnulinux-6.8.0-gone-advanced-1f"', null],
    ['saved', null],
    ['2', null],
    ['"1>2"', null],
  ])('reads from GRUB_DEFAULT=%s what is booted: %s', (entry, boots) => {
    const stdout = `6.1.0-1-amd64\nquiet\ninstalled=6.9.0-3-amd64\ninstalled=6.10.0-1-amd64\nentry=${entry}\n`
    expect(result({}, stdout).boots).toBe(boots)
  })

  test('fails where the packages brought no such kernel, and where the host came back with another', () => {
    const state = { running: '3.10.0-1160.el7.x86_64', installed: ['3.10.0-1160.el7.x86_64'], boots: null, args: [] }
    const wanted = { minimum: '5.4' }
    expect(() => module.desired({ wanted, must: 'installed' }, state)).toThrow(
      'the packages brought no kernel that is 5.4 or newer: /boot has 3.10.0-1160.el7.x86_64',
    )
    expect(() => module.desired({ wanted, must: 'running' }, state)).toThrow(
      'the host is up again with kernel 3.10.0-1160.el7.x86_64, and 5.4 or newer is wanted',
    )
    expect(module.desired({ wanted }, state)).toEqual({})
    expect(module.desired({ wanted, must: 'running' }, { ...state, running: '5.10.0' })).toEqual({})
    expect(() => checkParams(module, { must: 'fly' })).toThrow()
  })

  test('fails where a kernel was started without its arguments: the next run would reboot the host again', () => {
    const state = read('5.10.0\nBOOT_IMAGE=/vmlinuz quiet a.enable=1\ninstalled=5.10.0\n')
    const wish = { must: 'running', args: ['a.enable=1', 'quiet'] } as const
    expect(module.desired({ ...wish, args: [...wish.args] }, state)).toEqual({})
    expect(() => module.desired({ must: 'running', args: ['quiet', 'b=1', 'a.enable'] }, state)).toThrow(
      'the host is up again, and its kernel was started without b=1 a.enable',
    )
    expect(module.desired({ args: ['b=1'] }, state)).toEqual({})
  })
})

describe('reboot', () => {
  test('waits for a reason unless it is told to reboot in any case', () => {
    expect(only(listedIn([reboot()]), 'reboot where it is needed').params).toEqual({ whenRequired: true, timeout: 600 })
    expect(
      only(listedIn([reboot({ always: true, timeout: 60, testCommand: 'true' })]), 'reboot where it is needed').params,
    ).toEqual({ whenRequired: false, timeout: 60, testCommand: 'true' })
  })
})
