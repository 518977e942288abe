import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contentOf, contentText } from '../../engine/content.ts'
import { sysctl } from '../../modules/sysctl.ts'
import { scriptText } from '../support/fake-commands.ts'
import { expectPredicts, expectSettles } from '../support/laws.ts'
import { answersLocally, askLocally, runLocally } from '../support/local-host.ts'

const { module } = sysctl
const rmem = 'net.ipv4.tcp_rmem'

describe('sysctl', () => {
  it('writes one line for each key, in order, under a header (M13)', () => {
    const desired = module.desired(
      { values: { 'net.ipv4.ip_forward': 1, [rmem]: '4096  12582912\t16777216' } },
      {
        file: null,
        live: { 'net.ipv4.ip_forward': '0', [rmem]: '1 2 3' },
      },
    )
    expect(contentText(desired!.file!)).toMatch(
      /^#.*\nnet\.ipv4\.ip_forward = 1\nnet\.ipv4\.tcp_rmem = 4096 12582912 16777216\n$/,
    )
  })

  it('sets live only what differs, white space not counting', () => {
    const params = { values: { 'net.ipv4.ip_forward': 1, [rmem]: '4096\t131072\t6291456' } }
    const text = scriptText(module, params, {
      file: null,
      live: { 'net.ipv4.ip_forward': '0', [rmem]: '4096 131072 6291456' },
    })
    expect(text).toContain('/proc/sys/net/ipv4/ip_forward')
    expect(text).not.toContain('/proc/sys/net/ipv4/tcp_rmem')
    expectSettles(module, params, { file: contentOf('x'), live: { 'net.ipv4.ip_forward': '0', [rmem]: '1 2 3' } })
  })

  it('names keys that the kernel does not have, or keeps them for the next boot (B19)', () => {
    const values = { 'fs.may_detach_mounts': 1, 'vm.swappiness': 0 }
    const actual = { file: null, live: { 'fs.may_detach_mounts': null, 'vm.swappiness': '60' } }
    expect(() => module.desired({ values }, actual)).toThrow(/no parameter fs.may_detach_mounts/)
    const text = scriptText(module, { values, ignoreMissing: true }, actual)
    expect(text).not.toContain('/proc/sys/fs/may_detach_mounts')
    expect(contentText(module.desired({ values, ignoreMissing: true }, actual)!.file!)).toContain(
      'fs.may_detach_mounts = 1',
    )
    expectSettles(module, { values, ignoreMissing: true }, actual)
  })

  it('leaves the running kernel alone with live: false', () => {
    const params = { values: { 'vm.swappiness': 0 }, live: false }
    expect(module.probe(params).questions).toHaveLength(1)
    expect(scriptText(module, params, { file: null, live: {} })).not.toContain('/proc/sys')
  })

  it.each([
    ['a = 1\n', 'a.b = 1\n', 'a = 1\na.b = 1\n'],
    ['', 'a.b = 1\n', 'a.b = 1\n'],
    ['a.b=1\n', undefined, 'a.b=1\n'],
    ['a/b \t=  1\n', undefined, 'a/b \t=  1\n'],
    ['# a.b = 2\na.b = 2\nx = y\n', 'changed', '# a.b = 2\na.b = 1\nx = y\n'],
    ['-a.b = 2\na.b = 1\n', 'changed', 'a.b = 1\n'],
    ['a.b = 1\na.b = 2\n', 'changed', 'a.b = 1\n'],
    ['; a.b\na.bc = 2\n', 'changed', '; a.b\na.bc = 2\na.b = 1\n'],
  ])('has one line of %j for a key, and keeps the others (M13)', (before, change, after) => {
    const params = { name: 'a.b', value: 1 }
    const actual = { file: contentOf(before), live: { 'a.b': '1' }, mode: '0600' }
    const { file } = module.desired(params, actual)!
    expect(file ? contentText(file) : before).toBe(after)
    expect(file === undefined).toBe(change === undefined)
    expectSettles(module, params, actual)
    if (file) expect(scriptText(module, params, actual)).toContain('chmod -- 0600')
  })

  it('takes a key’s lines out of a file, and leaves what is live alone (M13)', () => {
    const params = { name: 'a.b', state: 'absent' } as const
    const actual = { file: contentOf('x = 1\na.b = 1\na/b = 2\n'), live: {} }
    expect(module.probe(params).questions.map(({ kind }) => kind.name)).not.toContain('sysctl')
    expect(contentText(module.desired(params, actual)!.file!)).toBe('x = 1\n')
    expectSettles(module, params, actual)
    expect(scriptText(module, params, { file: contentOf('x = 1\n'), live: {} })).toBeUndefined()
    expect(scriptText(module, params, { file: null, live: {} })).toBeUndefined()
  })

  it.each([
    [{}, /give either values, or name and value/],
    [{ name: 'a.b', value: 1, values: {} }, /give either values, or name and value/],
    [{ name: 'a.b' }, /'value': is needed/],
    [{ values: {}, state: 'absent' as const }, /belong to name/],
    [{ name: 'a b', value: 1 }, /is not a sysctl key/],
    [{ name: 'a.b', value: 'a\nb' }, /one line of text/],
  ])('refuses %j', (params, message) => {
    expect(() => sysctl(params)).toThrow(message)
  })

  it('foretells the line and the live value', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsplay-sysctl-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'f'), 'x = 1\n')
    const params = { name: 'kernel.ostype', value: 'Linux', file: join(folder, 'f') }
    expectPredicts(module, params, await answersLocally(module.probe(params)))
    expect((await runLocally({ module, params })).output?.code).toBe(0)
    expect(readFileSync(join(folder, 'f'), 'utf8')).toBe('x = 1\nkernel.ostype = Linux\n')
    expect((await runLocally({ module, params })).differences).toEqual([])
  })

  it('refuses one key in two spellings (B19)', () => {
    expect(() => sysctl({ values: { 'net.ipv4.ip_forward': 1, 'net/ipv4/ip_forward': 0 } })).toThrow(/the same key/)
  })

  it('takes interface names with dots in slash form', () => {
    expect(
      module.probe({ values: { 'net/ipv4/conf/eth0.100/forwarding': 1 } }).questions.map(({ key }) => key),
    ).toContain('net/ipv4/conf/eth0.100/forwarding')
  })

  it.each([
    '',
    'a',
    '../etc/passwd',
    'a..b',
    'a/../b',
    'net.ipv4 x',
    "net.'; touch /pwned; '",
    'a.b\nc',
    '-w.x',
    'ü.x',
  ])('refuses the key %j', (key) => {
    expect(() => sysctl({ values: { [key]: 1 } })).toThrow(/is not a sysctl key/)
  })

  it.each(['', 'a\nb', '  '])('refuses the value %j', (value) => {
    expect(() => sysctl({ values: { 'vm.swappiness': value } })).toThrow(/one line of text/)
  })

  it('reads live values of this machine and writes its file at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsplay-sysctl-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'new folder', '99-x.conf')
    const probe = module.probe({ values: { 'kernel.ostype': 'Linux' }, file })
    expect(await askLocally(probe)).toEqual({ file: null, live: { 'kernel.ostype': 'Linux' } })

    const action = { module, params: { values: { 'kernel.ostype': 'Linux' }, file } }
    expect((await runLocally(action)).output?.code).toBe(0)
    expect(readFileSync(file, 'utf8')).toMatch(/\nkernel.ostype = Linux\n$/)
    expect((await runLocally(action)).differences).toEqual([])
    writeFileSync(file, 'something else')
    expect((await runLocally(action)).differences.map(({ property }) => property)).toEqual(['file'])
  })

  it('tells which key the kernel refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsplay-sysctl-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const pass = await runLocally({
      module,
      params: { values: { 'kernel.ostype': "a'; touch /pwned; '" }, file: join(folder, 'f') },
    })
    expect(pass.output?.code).not.toBe(0)
    expect(pass.output?.stderr).toContain("kernel.ostype could not be set to 'a'; touch /pwned; ''")
  })
})
