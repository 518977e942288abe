import { describe, expect, it } from 'vitest'
import { isContent } from '../../engine/content.ts'
import type { PackageAnswer } from '../../engine/probe.ts'
import type { Question } from '../../engine/question/question.ts'
import { toWire } from '../../engine/script.ts'
import { isLocked, lock, unlock, unlocked } from '../../modules/common/version-lock.ts'
import { type PackageLockParams, packageLock } from '../../modules/package-lock.ts'
import { runFaked, scriptFor, shells } from '../support/fake-commands.ts'
import { expectPredicts, expectSettles } from '../support/laws.ts'

const { module } = packageLock

interface OnHost {
  readonly manager: PackageAnswer['manager']
  readonly packages?: Readonly<Record<string, Partial<PackageAnswer>>>
  /** The plugin's files by path. */
  readonly files?: Readonly<Record<string, string>>
}

const answersOf =
  ({ manager, packages = {}, files = {} }: OnHost) =>
  <T>({ kind, key }: Question<T>): T => {
    if (kind.name === 'package')
      return { manager, version: null, held: false, residual: false, ...packages[key as string] } as T
    const text = files[(key as { path: string }).path]
    return (text === undefined ? null : { sha256: 'x', content: Buffer.from(text) }) as T
  }

function scriptOn(params: PackageLockParams, host: OnHost) {
  packageLock(params)
  const answers = answersOf(host)
  const actual = module.probe(params).read(answers)
  expectSettles(module, params, actual)
  expectPredicts(module, params, answers)
  return scriptFor(module, params, actual)
}

/** The list as it is written. */
function written(params: PackageLockParams, host: OnHost): string | undefined {
  const script = scriptOn(params, host)
  const [content] = script ? toWire(script).contents : []
  return content && Buffer.from(content.bytes!).toString()
}

const dnfList = '/etc/dnf/plugins/versionlock.list'
const onDnf = (list: string, packages: OnHost['packages'] = {}): OnHost => ({
  ...{ manager: 'dnf', packages },
  files: { [dnfList]: list, '/etc/dnf/plugins/versionlock.conf': '[main]\n' },
})

describe('packageLock', () => {
  it('puts on hold what is not, and lets it go', async () => {
    const packages = { a: { version: '1' }, b: { version: '1', held: true } }
    for (const shell of shells) {
      const hold = await runFaked(
        scriptOn({ name: ['a', 'b'] }, { manager: 'apt', packages })!,
        { 'apt-mark': 'echo set' },
        shell,
      )
      expect(hold).toMatchObject({ code: 0, stdout: '', calls: [['apt-mark', 'hold', '--', 'a']] })
    }
    const free = await runFaked(scriptOn({ name: ['a', 'b'], state: 'absent' }, { manager: 'apt', packages })!, {
      'apt-mark': '',
    })
    expect(free.calls).toEqual([['apt-mark', 'unhold', '--', 'b']])
    expect(scriptOn({ name: 'b' }, { manager: 'apt', packages })).toBeUndefined()
  })

  it('writes the list of versionlock as its plugin does, for dnf and for yum', () => {
    const packages = { 'docker-ce': { version: '3:19.03.6-3.el7' }, kernel: { version: '5.2-1', others: ['5.10-1'] } }
    const name = ['docker-ce', 'kernel']
    expect(written({ name }, onDnf('# mine\n!other-0:1-1.*\n', packages))).toBe(
      '# mine\n!other-0:1-1.*\ndocker-ce-3:19.03.6-3.el7.*\nkernel-0:5.2-1.*\nkernel-0:5.10-1.*\n',
    )
    const conf = { '/etc/yum/pluginconf.d/versionlock.conf': '[main]\n' }
    expect(written({ name }, { manager: 'yum', packages, files: conf })).toBe(
      '3:docker-ce-19.03.6-3.el7.*\n0:kernel-5.2-1.*\n0:kernel-5.10-1.*\n',
    )
  })

  it('locks anew what was locked at another version, and nothing that fits', () => {
    const packages = { demo: { version: '1.1-1' } }
    expect(written({ name: 'demo' }, onDnf('demo-0:1.0-1.*\n', packages))).toBe('demo-0:1.1-1.*\n')
    for (const line of ['demo-0:1.1-1.*', 'demo-1.1-1.*', 'demo-0:1.*', 'demo-0:1.1-1.noarch', 'demo-1.1-1', 'demo-*'])
      expect(written({ name: 'demo' }, onDnf(`${line}\n`, packages))).toBeUndefined()
    const list = '\n# Added lock on Sat Nov 21 07:54:55 2026\ndemo-0:1.1-1.*\ndemo-libs-0:1-1.*\n'
    expect(written({ name: 'demo', state: 'absent' }, onDnf(list, packages))).toBe('\ndemo-libs-0:1-1.*\n')
    expect(written({ name: 'demo', state: 'absent' }, onDnf('demo-libs-0:1-1.*\n', packages))).toBeUndefined()
  })

  it('is satisfied by a plugin that a dry run has planned, and by none that lacks its files', () => {
    const demo = { demo: { version: '1.1-1' } }
    for (const [manager, plugin, list] of [
      ['dnf', 'python3-dnf-plugin-versionlock', 'demo-0:1.1-1.*\n'],
      ['yum', 'yum-plugin-versionlock', '0:demo-1.1-1.*\n'],
    ] as const) {
      const host = (version: string | null): OnHost => ({ manager, packages: { ...demo, [plugin]: { version } } })
      expect(written({ name: 'demo' }, host('installed'))).toBe(list)
      for (const version of [null, '4.0.21-1'])
        expect(() => scriptOn({ name: 'demo' }, host(version))).toThrow(
          `${manager}'s plugin versionlock is not installed`,
        )
    }
  })

  it('does not pretend to know a version that a dry run has only planned', () => {
    for (const [version, provisional] of [
      ['3:19.03.11-3.el7', undefined],
      ['19.03.11-*', true],
      ['installed', true],
    ] as const) {
      const { parts } = scriptOn({ name: 'demo' }, onDnf('', { demo: { version } }))!
      expect(parts.filter(isContent).map((each) => each.provisional)).toEqual([provisional])
    }
  })

  it('says what is missing', () => {
    const packages = { demo: { version: '1.1-1' }, docker: { version: '20', provider: 'docker-ce' } }
    expect(() => scriptOn({ name: 'demo' }, { manager: 'dnf', packages })).toThrow(
      "dnf's plugin versionlock is not installed",
    )
    expect(() => scriptOn({ name: 'demo' }, { manager: 'yum', packages })).toThrow(
      "yum's plugin versionlock is not installed",
    )
    expect(scriptOn({ name: 'demo', state: 'absent' }, { manager: 'dnf', packages })).toBeUndefined()
    expect(() => scriptOn({ name: 'none' }, onDnf('', packages))).toThrow(
      'none is not installed: there is no version to keep it at',
    )
    expect(() => scriptOn({ name: 'docker' }, onDnf('', packages))).toThrow('docker is not installed')
    expect(() => scriptOn({ name: 'demo' }, { manager: 'apk', packages })).toThrow('packages of apk cannot be kept')
    expect(() => scriptOn({ name: 'demo' }, { manager: 'none' })).toThrow('no package manager that is known')
    expect(() => packageLock({ name: 'a=1' })).toThrow(
      '\'name\': "a=1" is not the name of a package, without a version',
    )
  })
})

describe('the list of versionlock', () => {
  it.each(['dnf', 'yum'] as const)('of %s tells one package from another', (flavour) => {
    const lines = lock([], 'demo', ['2:1.0-1', '1.0-1'], flavour)
    expect(lines).toHaveLength(2)
    expect(unlocked(lines, 'demo', ['2:1.0-1', '1.0-1', '1.1-1'], flavour)).toEqual(['1.1-1'])
    expect(isLocked(lines, 'demo', flavour)).toBe(true)
    for (const other of ['dem', 'demo-1', 'demo-libs', 'demoo']) expect(isLocked(lines, other, flavour)).toBe(false)
    expect(unlock([...lines, '# demo-1'], 'demo', flavour)).toEqual(['# demo-1'])
  })
})
