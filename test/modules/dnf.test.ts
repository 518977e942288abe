import { describe, expect, it } from 'vitest'
import { contentOf } from '../../engine/content.ts'
import type { PackageAnswer } from '../../engine/probe.ts'
import type { Question } from '../../engine/question/question.ts'
import { type Script, showScript } from '../../engine/script.ts'
import type { DnfInput } from '../../modules/common/dnf-params.ts'
import { readGroups, readPatterns, readUpdates } from '../../modules/common/dnf-questions.ts'
import { rpmIdentity } from '../../modules/common/rpm-header.ts'
import { rpmSpecs } from '../../modules/common/rpm-spec.ts'
import { compareRpmVersions } from '../../modules/common/rpm-version.ts'
import { dnf } from '../../modules/dnf.ts'
import { yum } from '../../modules/yum.ts'
import { runFaked, scriptFor, shells } from '../support/fake-commands.ts'
import { expectPredicts, expectSettles } from '../support/laws.ts'
import { rpmFile } from '../support/rpm-file.ts'
import { controlIn } from '../support/settle-here.ts'
import { nastyTexts, nothingRan } from '../support/shells.ts'

const { module } = dnf

interface OnHost {
  readonly manager?: PackageAnswer['manager']
  /** Installed versions by name. */
  readonly packages?: Readonly<Record<string, string | Partial<PackageAnswer>>>
  /** What scripts print that hold this text, and their exit code. */
  readonly said?: Readonly<Record<string, readonly [code: number, stdout: string]>>
}

/** The answers of a host that has this. */
const answersOf =
  ({ manager = 'dnf', packages = {}, said = {} }: OnHost) =>
  <T>({ kind, key }: Question<T>): T => {
    if (kind.name === 'package') {
      const found = packages[key as string] ?? { version: null }
      const answer = typeof found === 'string' ? { version: found } : found
      return { manager, held: false, residual: false, ...answer } as T
    }
    const text = showScript((key as { script: Script }).script)
    const [code, stdout] = Object.entries(said).find(([part]) => text.includes(part))?.[1] ?? [0, '']
    return { code, stdout } as T
  }

/** What the tool is called with to get from this host to what is wished for, and the laws on the way. */
async function calls(input: DnfInput, host: OnHost, fakes: Record<string, string> = {}, shell?: readonly string[]) {
  const answers = answersOf(host)
  const actual = module.probe(input).read(answers)
  expectSettles(module, input, actual)
  expectPredicts(module, input, answers)
  const script = scriptFor(module, input, actual)
  if (!script) return { code: 0, stderr: '', tool: [], all: [] }
  const run = await runFaked(script, { dnf: '', yum: '', rpm: '', mkdir: '', ...fakes }, shell)
  const tool = run.calls
    .filter(([name]) => name === 'dnf' || name === 'yum')
    .map((call) =>
      call.filter((word) => !['-y', '-q', '--setopt=exit_on_lock=1', '--setopt=localpkg_gpgcheck=1'].includes(word)),
    )
  return { code: run.code, stderr: run.stderr, tool, all: run.calls }
}

describe('dnf', () => {
  it('installs in one call what is missing, in versions as asked (M09, B65)', async () => {
    const name = ['nginx=1.22*', 'curl', 'docker-ce-19.03.6', 'docker-ce-cli-19.03.6', 'vim']
    const packages = {
      curl: '7.76-1',
      'docker-ce': '3:19.03.5-3.el7',
      vim: { version: '8.2', provider: 'vim-enhanced' },
    }
    for (const shell of shells) {
      const run = await calls({ name }, { packages }, {}, shell)
      expect(run).toMatchObject({ code: 0, stderr: '' })
      expect(run.tool).toEqual([['dnf', 'install', '--', 'nginx-1.22*', 'docker-ce-19.03.6', 'docker-ce-cli-19.03.6']])
    }
  })

  it('asks nobody and checks the signatures of files as well', async () => {
    const run = await calls({ name: 'jq' }, {})
    expect(run.all[0]).toEqual([
      ...['dnf', '-y', '-q', '--setopt=exit_on_lock=1', '--setopt=localpkg_gpgcheck=1', 'install', '--', 'jq'],
    ])
    expect((await calls({ name: 'jq', disableGpgCheck: true }, {})).all[0]).toContain('--nogpgcheck')
  })

  it.each<[string | string[], Record<string, string>]>([
    ['demo-1.0', { demo: '1.0-1' }],
    ['demo-1.0-1', { demo: '1.0-1' }],
    ['demo-1.0-1.noarch', { demo: '1.0-1' }],
    ['demo=1.*', { demo: '2:1.0-1' }],
    ['demo-2:1.0', { demo: '2:1.0-1' }],
    ['kernel-ml-4.19.12-1.el7.elrepo.x86_64', { 'kernel-ml': '4.19.12-1.el7.elrepo' }],
    ['java-11-openjdk', { 'java-11-openjdk': '11.0.25-1' }],
    ['java-11-openjdk-11.0.25', { 'java-11-openjdk': '11.0.25-1' }],
    ['glibc.i686', { 'glibc.i686': '2.34' }],
    ['https://example.org/elrepo-release-7.0-3.el7.elrepo.noarch.rpm', { 'elrepo-release': '7.0-5.el7.elrepo' }],
    ['https://example.org/epel-release-latest-9.noarch.rpm', { 'epel-release': '9-7.el9' }],
  ])('knows %s where it is installed', async (name, packages) => {
    expect((await calls({ name }, { packages })).tool).toEqual([])
  })

  it('puts one kernel beside another and goes back with nothing else', async () => {
    const packages = { 'kernel-ml': { version: '5.4-1', others: ['5.10-1'] }, demo: '2.0-1' }
    expect((await calls({ name: 'kernel-ml=4.19' }, { packages })).tool).toEqual([
      ['dnf', 'install', '--', 'kernel-ml-4.19'],
    ])
    expect((await calls({ name: 'kernel-ml=5.10' }, { packages })).tool).toEqual([])
    await expect(calls({ name: 'demo-1.0' }, { packages })).rejects.toThrow(
      'demo is installed at 2.0-1, which is newer than 1.0',
    )
    const back = { name: 'demo-1.0', allowDowngrade: true }
    expect((await calls(back, { packages })).tool).toEqual([['dnf', 'install', '--', 'demo-1.0']])
    expect((await calls(back, { packages, manager: 'yum' }, { rpm: 'exit 0' })).tool).toEqual([
      ['yum', 'downgrade', '--', 'demo-1.0'],
    ])
  })

  it('upgrades what was named and no more, as far as the cached metadata know', async () => {
    const input: DnfInput = { name: ['a', 'b', 'c', 'd-1.0'], state: 'latest', security: true }
    const packages = { a: '1-1', b: '1-1', d: '1.0-1' }
    const updates = [100, '\na.noarch    2-1    updates\n'] as const
    const run = await calls(input, { packages, said: { 'check-update': updates } })
    expect(run.tool).toEqual([
      ['dnf', 'install', '--', 'c'],
      ['dnf', 'upgrade', '--security', '--', 'a'],
    ])
    // what a dry run has planned is not older than itself
    for (const planned of ['2', 'installed'])
      expect(
        (await calls({ name: 'a', state: 'latest' }, { packages: { a: planned }, said: { 'check-update': updates } }))
          .tool,
      ).toEqual([])
    const none = [1, "Error: Cache-only enabled but no cache for 'base'\n"] as const
    expect((await calls({ name: 'a', state: 'latest' }, { packages, said: { 'check-update': none } })).tool).toEqual([
      ['dnf', 'upgrade', '--', 'a'],
    ])
    const yumRun = await calls(
      { name: 'a', state: 'latest' },
      { packages, manager: 'yum', said: { 'check-update': updates } },
    )
    expect(yumRun.tool).toEqual([['yum', 'update', '--', 'a']])
  })

  it('refreshes metadata where they are old, which is a change of its own', async () => {
    const fresh = { 'refreshed-by-tsplay': [0, 'fresh\n'] as const }
    expect((await calls({ name: 'a', updateCache: true }, { packages: { a: '1' }, said: fresh })).tool).toEqual([])
    const input = { name: 'a', updateCache: true }
    const actual = module.probe(input).read(answersOf({ packages: { a: '1' } }))
    expect(showScript(scriptFor(module, input, actual)!)).toContain('_dnf makecache --refresh')
    const onYum = module.probe(input).read(answersOf({ packages: { a: '1' }, manager: 'yum' }))
    expect(showScript(scriptFor(module, input, onYum)!)).toContain('_dnf makecache fast')
  })

  it('removes what is really called so, and with autoremove what only that needed', async () => {
    const packages = { docker: { version: '19.03', provider: 'docker-ce' }, fox: '1-1', d: '2.0-1' }
    const run = await calls({ name: ['docker', 'fox', 'none', 'd-1.0'], state: 'absent' }, { packages })
    expect(run.tool).toEqual([['dnf', 'remove', '--', 'fox']])
    const alone = await calls({ name: 'fox', state: 'absent', autoremove: false }, { packages })
    expect(alone.tool).toEqual([['dnf', '--setopt=clean_requirements_on_remove=0', 'remove', '--', 'fox']])
    const all = await calls({ name: 'fox', state: 'absent', autoremove: true }, { packages })
    expect(all.tool).toEqual([['dnf', '--setopt=clean_requirements_on_remove=1', 'remove', '--', 'fox']])
  })

  it('takes patterns and groups for all that they stand for', async () => {
    const listed = 'demo\ndemo-libs\n--\nAvailable Packages\ndemo-tool.noarch   1.0-1   lab\ndemo.noarch  2.0-1  lab\n'
    const said = { 'list available': [0, listed] as const }
    expect((await calls({ name: 'demo*' }, { said })).tool).toEqual([['dnf', 'install', '--', 'demo*']])
    expect((await calls({ name: 'demo-l*' }, { said })).tool).toEqual([])
    expect((await calls({ name: 'demo-[l]?bs', state: 'absent' }, { said })).tool).toEqual([
      ['dnf', 'remove', '--', 'demo-[l]?bs'],
    ])
    expect((await calls({ name: 'none*', state: 'absent' }, { said })).tool).toEqual([])
    const groups = 'Available Groups:\n   Games (games)\nInstalled Groups:\n   Tools of the lab (demo-tools)\n'
    const host = { said: { 'group list': [0, groups] as const } }
    expect((await calls({ name: '@demo-tools' }, host)).tool).toEqual([])
    expect((await calls({ name: ['@Tools of the Lab', '@^demo-tools'] }, host)).tool).toEqual([])
    expect((await calls({ name: '@games' }, host)).tool).toEqual([['dnf', 'install', '--', '@games']])
    expect((await calls({ name: '@demo-tools', state: 'absent' }, host)).tool).toEqual([
      ['dnf', 'remove', '--', '@demo-tools'],
    ])
    await expect(calls({ name: '@games' }, { ...host, manager: 'yum' })).rejects.toThrow(/groups are installed by dnf/)
  })

  it('installs a file of the host unless its version, or a newer one, is there', async () => {
    const input = { name: '/tmp/x.rpm' }
    const file = (line: string) => ({ said: { 'rpm -qp': [0, line] as const } })
    expect((await calls(input, file('x\t1.0-1\t'))).tool).toEqual([['dnf', 'install', '--', '/tmp/x.rpm']])
    expect((await calls(input, file('x\t1.0-1\t1.0-1 '))).tool).toEqual([])
    expect((await calls(input, file('x\t1.0-1\t0.9-1 1.1-1 '))).tool).toEqual([])
    expect((await calls({ ...input, allowDowngrade: true }, file('x\t1.0-1\t1.1-1 '))).tool).toHaveLength(1)
    expect((await calls(input, file('\t'))).tool).toHaveLength(1) // not there yet, or no rpm: dnf will tell
  })

  it('brings a file of the control side and leaves nothing of it behind', async () => {
    const content = contentOf(rpmFile({ name: 'own', version: '2.0', release: '1' }))
    const input: DnfInput = { src: 'own.rpm', rpm: { ...(await rpmIdentity(content)), content } }
    for (const shell of shells) {
      const run = await calls(
        input,
        { packages: { own: '1.0-1' } },
        { dnf: 'for f in "$@"; do :; done; wc -c < "$f"; echo "$f" >&2; exit 1' },
        shell,
      )
      expect(run.code).toBe(1)
      expect(run.stderr).toMatch(/^\/var\/tmp\/tsplay\.\w+\/0\.rpm\n$/)
      expect(run.all.filter(([name]) => name === 'dnf')).toHaveLength(1)
      expect((await runFaked(showing(run.stderr.trim()), {}, shell)).code).not.toBe(0)
    }
    expect((await calls(input, { packages: { own: '2.0-1' } })).tool).toEqual([])
    expect((await calls(input, { packages: { own: '2.1-1' } })).tool).toEqual([])
    await expect(module.prepare!({ src: 'source.txt' }, controlIn('test/laws/sources'))).rejects.toThrow(
      /source\.txt: it is no rpm/,
    )
    const own = await module.prepare!({ src: 'package.rpm' }, controlIn('test/laws/sources'))
    expect(own.rpm).toMatchObject({ name: 'demo', version: '1.0-1' })
  })

  it('names what keeps a version away, where dnf says that there is none', async () => {
    const none = { dnf: "echo 'Error: Unable to find a match: docker-ce-20.10.17-*' >&2; exit 1" }
    const list = { sed: 'printf "docker-ce-cli\\ndocker-ce\\n"' }
    for (const shell of shells) {
      const kept = await calls({ name: 'docker-ce=20.10.17-*' }, {}, { ...none, ...list }, shell)
      expect(kept.stderr).toBe(
        'Error: Unable to find a match: docker-ce-20.10.17-*\ndocker-ce is kept at its version by versionlock: allowChangeLocked: true changes it\n',
      )
      const other = await calls({ name: 'docker=20.10.17-*' }, {}, { ...none, ...list }, shell)
      expect(other.stderr).toBe('Error: Unable to find a match: docker-ce-20.10.17-*\n')
      expect([kept.code, other.code]).toEqual([1, 1])
    }
  })

  it('waits for whoever has the lock, and only so long', async () => {
    const busy =
      'n=$(cat "$0.n" 2>/dev/null || echo 0); echo $((n + 1)) > "$0.n"; if [ $n -lt 1 ]; then echo locked >&2; exit 200; fi'
    for (const shell of shells) {
      expect(await calls({ name: 'a' }, {}, { dnf: busy }, shell)).toMatchObject({ code: 0, tool: [{}, {}] })
      const late = await calls({ name: 'a', lockTimeout: 0 }, {}, { dnf: 'echo locked by 7 >&2; exit 200' }, shell)
      expect(late).toMatchObject({ code: 200, stderr: 'after 0 s still: locked by 7\n' })
    }
  })

  it('says what helps where a signature is in the way, and no repository’s password', async () => {
    const said = async (text: string) =>
      (await calls({ name: 'a' }, {}, { dnf: `printf '%b' '${text}' >&2; exit 1` })).stderr
    expect(await said('Package a.rpm is not signed\\nError: GPG check FAILED\\n')).toMatch(
      /^Package a.rpm is not signed\nError: GPG check FAILED\ndisableGpgCheck: true takes/,
    )
    expect(await said('Public key for a.rpm is not installed\\n')).toMatch(/\nrpmKey imports the key/)
    expect(
      await said(
        'You have enabled checking of packages via GPG keys. This is\\nProblem repository: [lab]\\npassword: word\\n',
      ),
    ).toBe(
      'rpm has no key to check packages of the repository [lab] with: name it as gpgkey there, or import it with rpmKey\n',
    )
  })

  it('passes on which repositories and packages are taken, in questions as well', async () => {
    const input: DnfInput = {
      name: ['a', 'b*'],
      state: 'latest',
      disablerepo: '*',
      enablerepo: ['x', 'y'],
      exclude: 'k*',
    }
    const options = ['--disablerepo=*', '--enablerepo=x', '--enablerepo=y', '--exclude=k*']
    const run = await calls({ ...input, installWeakDeps: false, name: 'a' }, {})
    expect(run.tool).toEqual([['dnf', ...options, '--setopt=install_weak_deps=0', 'install', '--', 'a']])
    const texts = module
      .probe(input)
      .questions.flatMap(({ key }) => (typeof key === 'object' ? showScript((key as { script: Script }).script) : []))
    expect(texts).toHaveLength(2)
    for (const text of texts) expect(text).toContain(`'--disablerepo=*' --enablerepo=x --enablerepo=y '--exclude=k*'`)
  })

  it('does not believe a yum that calls everything success', async () => {
    const run = await calls({ name: ['none', '/usr/bin/there'] }, { manager: 'yum' }, { rpm: 'exit 1' })
    expect(run).toMatchObject({ code: 1 })
    expect(run.stderr).toContain('yum has not installed none: no repository that is enabled has it')
    expect((await calls({ name: 'demo-1.0' }, { manager: 'yum' }, { rpm: '' })).code).toBe(0)
    expect((await calls({ name: 'x', installWeakDeps: false }, { manager: 'yum' })).tool).toEqual([
      ['yum', 'install', '--', 'x'],
    ])
  })

  it('says whose packages the host has where they are not its own', () => {
    const desired = (manager: PackageAnswer['manager']) =>
      module.desired({ name: 'a' }, module.probe({ name: 'a' }).read(answersOf({ manager })))
    expect(() => desired('apt')).toThrow("the host has no dnf and no yum: its packages are apt's")
    expect(() => desired('none')).toThrow('the host has no dnf and no yum')
  })

  it.each<[object, string]>([
    [{}, "'name': is needed, or src"],
    [{ name: '*' }, 'means everything: a whole upgrade is never made in passing'],
    [{ name: ['a', 'a=1'] }, "'a' is named twice"],
    [{ name: '-x' }, '"-x" is not the name of a package'],
    [{ name: 'a b' }, '"a b" is not the name of a package'],
    [{ name: 'x.rpm' }, "'src' takes a file of the control side"],
    [{ name: 'https://example.org/x.deb' }, 'is not the address of an rpm file'],
    [{ src: 'x' }, "'src': expected the path of an rpm file"],
    [{ name: '/tmp/x.rpm', state: 'absent' }, "'state': a file is installed and not removed: name its package"],
    [{ name: 'a', security: true }, "security and bugfix choose among updates: they need state 'latest'"],
    [{ name: 'a', autoremove: true }, "'autoremove': goes with state 'absent'"],
    [{ name: 'a', enablerepo: 'x y' }, '\'enablerepo\': "x y" is not the id of a repository'],
  ])('refuses %j', (params, message) => {
    expect(() => dnf(params as never)).toThrow(message)
    expect(() => yum(params as never)).toThrow(message)
  })

  it('takes no text for more than a name', async () => {
    for (const text of nastyTexts) {
      const path = `/tmp/${text.replaceAll('/', '_')}.rpm`
      const run = await calls({ name: path }, { said: { 'rpm -qp': [0, '\t'] } })
      expect(run.tool).toEqual([['dnf', 'install', '--', path]])
    }
    expect(nothingRan()).toBe(true)
  })
})

describe('the names of rpm', () => {
  it.each([
    ['docker-ce-19.03.6', ['docker-ce', '19.03.6'], ['docker-ce-19.03.6', undefined]],
    ['nginx', ['nginx', undefined]],
    [
      'kernel-ml-4.19.12-1.el7.elrepo.x86_64',
      ['kernel-ml', '4.19.12-1.el7.elrepo'],
      ['kernel-ml-4.19.12', '1.el7.elrepo'],
      ['kernel-ml-4.19.12-1.el7.elrepo.x86_64', undefined],
    ],
    ['demo-1.*', ['demo', '1.*']],
    ['java-11-openjdk', ['java-11-openjdk', undefined], ['java', '11-openjdk']],
    ['vim=8.2', ['vim', '8.2']],
  ])('%s can mean', (text, ...readings) => {
    const [spec] = rpmSpecs(text)
    expect(spec).toMatchObject({ kind: 'package', readings: readings.map(([name, version]) => ({ name, version })) })
  })

  it('are told from patterns, groups, files and addresses', () => {
    expect(
      rpmSpecs(['kernel*', '@^minimal', '/a/b.rpm', 'https://h/p/x-1.0-2.el9.noarch.rpm?a=b', '/usr/bin/x']),
    ).toMatchObject([
      { kind: 'glob' },
      { kind: 'group', id: 'minimal' },
      { kind: 'file' },
      { kind: 'url', name: 'x', version: '1.0-2.el9' },
      { kind: 'package', argument: '/usr/bin/x' },
    ])
  })
})

describe('the versions of rpm', () => {
  it.each([
    ['1.0', '<', '1.1'],
    ['1.9', '<', '1.10'],
    ['1.0-2', '<', '1.0-10'],
    ['1.0~rc1', '<', '1.0'],
    ['1.0', '<', '1.0^git1'],
    ['1.0^git1', '<', '1.0.1'],
    ['9', '<', '1:0.1'],
    ['1.0a', '<', '1.0b'],
    ['1.a', '<', '1.1'],
    ['1.0', '<', '1.0.0'],
    ['1.0', '=', '1.0-7'],
    ['1_0', '=', '1.0'],
    ['1.010', '=', '1.10'],
    ['20240101000000000001', '<', '20240101000000000002'],
  ])('%s %s %s', (a, relation, b) => {
    expect(Math.sign(compareRpmVersions(a, b))).toBe(relation === '<' ? -1 : 0)
    expect(Math.sign(compareRpmVersions(b, a))).toBe(relation === '<' ? 1 : 0)
  })
})

describe('an rpm file', () => {
  it('tells its name and version', async () => {
    const of = (tags: object, options = {}) => rpmIdentity(contentOf(rpmFile(tags, options)))
    const tags = { name: 'docker-ce', version: '19.03.6', release: '3.el7' }
    expect(await of(tags)).toEqual({ name: 'docker-ce', version: '19.03.6-3.el7' })
    expect(await of({ ...tags, epoch: 3 })).toEqual({ name: 'docker-ce', version: '3:19.03.6-3.el7' })
    await expect(of(tags, { source: true })).rejects.toThrow('it is a source package')
    await expect(of({ name: 'x' })).rejects.toThrow('it has no name or version')
    await expect(rpmIdentity(contentOf(rpmFile(tags).subarray(0, 150)))).rejects.toThrow('it is a damaged rpm')
    await expect(rpmIdentity(contentOf('#!/bin/sh'))).rejects.toThrow('it is no rpm')
  })
})

describe('what dnf and yum print', () => {
  it('is read where yum 3 breaks lines, and without what is obsolete', () => {
    const stdout = `
a-package-with-a-very-long-name-that-needs-a-line.x86_64
                     1:2.0-1.el7      updates
short.noarch         1.0-1.el7        base
Obsoleting Packages
other.noarch         3-1              base
`
    expect(readUpdates({ code: 100, stdout })?.map(({ name, version }) => [name, version])).toEqual([
      ['a-package-with-a-very-long-name-that-needs-a-line', '1:2.0-1.el7'],
      ['short', '1.0-1.el7'],
    ])
    expect(
      readUpdates({ code: 0, stdout: 'Repodata is over 2 weeks old. Install yum-cron? Or run: yum makecache fast' }),
    ).toEqual([])
    expect(readUpdates({ code: 1, stdout: 'Error: There are no enabled repositories in "/etc/yum.repos.d".' })).toEqual(
      [],
    )
    expect(readUpdates({ code: 1, stdout: "Error: Cache-only enabled but no cache for 'x'" })).toBeUndefined()
  })

  it('tells nothing of patterns and groups where nothing is cached', () => {
    expect(readPatterns({ code: 1, stdout: 'fox\n--\nError: No matching Packages to list' })).toEqual({
      installed: ['fox'],
      available: [],
    })
    expect(readPatterns({ code: 1, stdout: '--\nError: no cache' })).toEqual({ installed: [], available: undefined })
    expect(readGroups({ code: 1, stdout: '' })).toBeUndefined()
    expect(
      readGroups({
        code: 0,
        stdout: 'Installed Environment Groups:\n   Minimal (minimal)\nAvailable Groups:\n   G (g)\n',
      }),
    ).toEqual(
      new Map([
        ['minimal', { id: 'minimal', name: 'Minimal', installed: true }],
        ['g', { id: 'g', name: 'G', installed: false }],
      ]),
    )
  })
})

const showing = (path: string): Script => ({ kind: 'script', parts: [`ls ${path}`] })
