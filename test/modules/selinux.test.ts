import { lstatSync, readFileSync, symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contentOf, contentText } from '../../engine/content.ts'
import { type SelinuxParams, type SelinuxState, selinux } from '../../modules/selinux.ts'
import { passElsewhere } from '../support/elsewhere.ts'
import { shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { rootWith } from '../support/root-with.ts'

const { module } = selinux
const config = '# SELINUX= can take one of:\nSELINUX=enforcing\n# SELINUXTYPE=minimum\nSELINUXTYPE=targeted\n'
const state = (live: SelinuxState['live'], text: string | null = config): SelinuxState => ({
  live,
  file: text === null ? null : contentOf(text),
})
const wish = (params: SelinuxParams, actual: SelinuxState) => {
  const { file, live } = module.desired(params, actual)!
  return [file ? contentText(file) : undefined, live]
}

// no kernel here has SELinux: its file system is a folder
describe('selinux (M15)', () => {
  it('changes the one line that counts, and not SELINUXTYPE (B10)', () => {
    expect(wish({ state: 'disabled' }, state('enforcing'))).toEqual([
      config.replace('SELINUX=enforcing', 'SELINUX=disabled'),
      'permissive',
    ])
    expect(wish({ state: 'permissive', policy: 'mls' }, state('permissive'))).toEqual([
      config.replace('SELINUX=enforcing', 'SELINUX=permissive').replace('SELINUXTYPE=targeted', 'SELINUXTYPE=mls'),
      'permissive',
    ])
    expect(wish({ state: 'enforcing', policy: 'targeted' }, state('enforcing'))).toEqual([undefined, 'enforcing'])
    expect(wish({ state: 'disabled' }, state('disabled', 'SELINUX = disabled\n'))).toEqual([undefined, undefined])
    expect(wish({ state: 'disabled' }, state('disabled', 'SELINUXTYPE=x\n'))[0]).toBe(
      'SELINUXTYPE=x\nSELINUX=disabled\n',
    )
  })

  it.each(['enforcing', 'permissive', 'disabled'] as const)('settles on %s from wherever it was', (wished) => {
    for (const live of ['enforcing', 'permissive', 'disabled'] as const)
      expectSettles(module, { state: wished, policy: 'targeted' }, state(live))
  })

  it('tells that only a boot brings what is wished for', () => {
    const required = (wished: SelinuxParams['state'], live: SelinuxState['live']) =>
      module.result!({ state: wished }, state(live)).rebootRequired
    expect(required('disabled', 'enforcing')).toBe(true)
    expect(required('disabled', 'permissive')).toBe(true)
    expect(required('disabled', 'disabled')).toBe(false)
    expect(required('enforcing', 'disabled')).toBe(true)
    expect(required('permissive', 'enforcing')).toBe(false)
  })

  it('takes a host without SELinux for one where it is disabled, and for no other', () => {
    expect(module.desired({ state: 'disabled' }, state('disabled', null))).toEqual({})
    expect(() => module.desired({ state: 'enforcing' }, state('disabled', null))).toThrow(
      /has no \/etc\/selinux\/config/,
    )
  })

  it.each(shells)('sets the running kernel and the file behind a link (%s)', async (...shell) => {
    const root = rootWith({ 'fs/selinux/enforce': '1', 'etc/selinux/config': config })
    symlinkSync(`${root}/etc/selinux/config`, `${root}/link`)
    const moved = { '/sys/fs/selinux': `${root}/fs/selinux` }
    const params = { state: 'permissive', configFile: `${root}/link` } as const
    expect(await passElsewhere(selinux(params), moved, { shell })).toMatchObject({
      differences: ['file', 'live'],
      output: { code: 0 },
      left: [],
    })
    expect(readFileSync(`${root}/fs/selinux/enforce`, 'utf8')).toBe('0')
    expect(readFileSync(`${root}/etc/selinux/config`, 'utf8')).toBe(config.replace('=enforcing', '=permissive'))
    expect(lstatSync(`${root}/link`).isSymbolicLink()).toBe(true)
    expect((await passElsewhere(selinux(params), moved, { shell })).differences).toEqual([])
    expect(await passElsewhere(selinux({ ...params, state: 'enforcing' }), moved, { shell })).toMatchObject({
      left: [],
    })
  })

  it.each([
    [{ state: 'off' }, /state/],
    [{ state: 'enforcing', policy: 'a b' }, /name of a policy/],
    [{ state: 'enforcing', configFile: 'x' }, /absolute path/],
  ] as [SelinuxParams, RegExp][])('refuses %j', (params, message) => {
    expect(() => selinux(params)).toThrow(message)
  })
})
