import { describe, expect, it } from 'vitest'
import { package as pkg } from '../../modules/package.ts'
import { runFaked, scriptFor, scriptText } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'

const { module } = pkg
const on = (manager: 'apt' | 'dnf' | 'yum' | 'zypper' | 'apk' | 'none', packages: Record<string, string | null>) => ({
  manager,
  packages,
})

describe('package (M10)', () => {
  it.each([
    ['dnf', ['dnf', '-y', '-q', 'install', '--', 'jq-1.6', 'curl']],
    ['yum', ['yum', '-y', '-q', 'install', '--', 'jq-1.6', 'curl']],
    ['zypper', ['zypper', '--non-interactive', 'install', '--', 'jq=1.6', 'curl']],
    ['apk', ['apk', 'add', '--', 'jq=1.6', 'curl']],
  ] as const)('installs with %s what is missing', async (manager, call) => {
    const params = { name: ['jq=1.6', 'curl', 'bash'] }
    const actual = on(manager, { jq: null, curl: null, bash: '5' })
    const run = await runFaked(scriptFor(module, params, actual)!, { [manager]: '' })
    expect(run.calls).toEqual([call])
    expectSettles(module, params, actual)
  })

  it.each([
    ['dnf', ['dnf', '-y', '-q', 'remove', '--', 'jq']],
    ['zypper', ['zypper', '--non-interactive', 'remove', '--', 'jq']],
    ['apk', ['apk', 'del', '--', 'jq']],
  ] as const)('removes with %s what is there', async (manager, call) => {
    const params = { name: ['jq', 'curl'], state: 'absent' as const }
    const run = await runFaked(scriptFor(module, params, on(manager, { jq: '1', curl: null }))!, { [manager]: '' })
    expect(run.calls).toEqual([call])
  })

  it('takes an rpm’s version without epoch and release', () => {
    const installed = on('dnf', { jq: '1:1.6-9.el9' })
    for (const version of ['1.6', '1:1.6', '1.6-9.el9', '1:1.6-9.el9', '1.*'])
      expect(scriptText(module, { name: `jq=${version}` }, installed)).toBeUndefined()
    expect(scriptText(module, { name: 'jq=1' }, installed)).toBeDefined()
    expect(scriptText(module, { name: 'jq=1.6' }, on('apt', { jq: '1.6-2.1' }))).toBeDefined()
  })

  it.each([
    ['dnf', ['dnf', '-y', '-q', 'install', '--', 'jq', 'curl']],
    ['yum', ['yum', '-y', '-q', 'install', '--', 'jq', 'curl']],
  ] as const)('brings packages to the newest version that %s knows, but for those on hold', async (manager, call) => {
    const params = { name: ['jq', 'curl', 'bash', 'held'], state: 'latest' as const }
    const actual = {
      ...on(manager, { jq: '1', curl: null, bash: '5', held: '1' }),
      newest: { jq: '2', held: '2' },
      held: ['held'],
    }
    const run = await runFaked(scriptFor(module, params, actual)!, { [manager]: '' })
    expect(run.calls).toEqual([call])
    expectSettles(module, params, actual)
    expect(() => module.desired(params, on('apk', { jq: '1' }))).toThrow('apk is not asked for the latest versions')
  })

  it('says where no manager is known', () => {
    expect(() => module.desired({ name: 'jq' }, on('none', { jq: null }))).toThrow(/no package manager/)
  })

  it.each(['-y', 'a b', "x'; touch /pwned; '", 'a\nb', '', 'https://x/y.rpm', 'foo-'])(
    'refuses the package %j',
    (name) => {
      expect(() => pkg({ name })).toThrow(/is not the name of a package/)
    },
  )
})
