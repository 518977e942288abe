import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Content, contentOf, contentText } from '../../engine/content.ts'
import { changeOf } from '../../engine/difference.ts'
import type { Answers } from '../../engine/probe.ts'
import { kernelModuleKind } from '../../engine/question/kernel-module.ts'
import type { Question } from '../../engine/question/question.ts'
import { sh, showScript } from '../../engine/script.ts'
import { type KernelModuleParams, kernelModule } from '../../modules/kernel-module.ts'
import { runFaked, scriptFor, scriptText, shells } from '../support/fake-commands.ts'
import { expectPredicts, expectSettles } from '../support/laws.ts'
import { askLocally } from '../support/local-host.ts'
import { folderHere } from '../support/settle-here.ts'

const { module } = kernelModule
type Kind = 'loaded' | 'builtin' | 'available' | 'missing'
const host = (kinds: Record<string, Kind>, file: string | null = null) => ({
  file: file === null ? null : contentOf(file),
  options: null,
  blacklist: null,
  answers: Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      { loaded: kind === 'loaded', builtin: kind === 'builtin', available: kind !== 'missing' },
    ]),
  ),
  loaded: Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [name, kind === 'loaded' || kind === 'builtin']),
  ),
})
const listedFile = (params: KernelModuleParams, actual: ReturnType<typeof host>): string | undefined => {
  const file = module.desired(params, actual)!.file as Content | undefined
  return file && contentText(file)
}

describe('kernelModule (M15)', () => {
  it('loads what is not there; built in counts as loaded', async () => {
    const params = { name: ['br-netfilter', 'overlay', 'tun'], persistent: false }
    const actual = host({ br_netfilter: 'builtin', overlay: 'loaded', tun: 'available' })
    const run = await runFaked(scriptFor(module, params, actual)!, { modprobe: '' })
    expect(run.calls).toEqual([['modprobe', 'tun']])
    expectSettles(module, params, actual)
    expect(scriptText(module, { ...params, name: ['br_netfilter', 'overlay'] }, actual)).toBeUndefined()
  })

  it('lists each module once, on a line of its own (B17, B18)', () => {
    const names = ['ip_vs', 'ip_vs_sh', 'ip-vs-sh', 'nf_conntrack']
    const kinds = { ip_vs: 'loaded', ip_vs_sh: 'loaded', nf_conntrack: 'loaded' } as const
    expect(listedFile({ name: names }, host(kinds))).toBe('ip_vs\nip_vs_sh\nnf_conntrack\n')
    const bad = 'ip_vs\n# a remark\nnf_conntrack #before 4.18: nf_conntrack_ipv4\nip_vs_sh\nip_vs_sh\nother\n'
    const repaired = 'ip_vs\n# a remark\nip_vs_sh\nother\nnf_conntrack\n'
    expect(listedFile({ name: names }, host(kinds, bad))).toBe(repaired)
    expect(listedFile({ name: names }, host(kinds, repaired))).toBeUndefined()
    expectSettles(module, { name: names }, host(kinds, bad))
  })

  it('writes the file that is asked for', () => {
    const actual = host({ tun: 'loaded' })
    expect(scriptText(module, { name: 'tun' }, actual)).toContain('/etc/modules-load.d/tsplay.conf')
    expect(scriptText(module, { name: 'tun', persistent: 'k8s' }, actual)).toContain('/etc/modules-load.d/k8s.conf')
    expect(scriptText(module, { name: 'tun', persistent: 'k8s.conf' }, actual)).toContain(
      '/etc/modules-load.d/k8s.conf',
    )
    expect(scriptText(module, { name: 'tun', persistent: false }, actual)).toBeUndefined()
  })

  it('says which module the host does not have, or leaves it out', () => {
    const actual = host({ ip_vs: 'missing', tun: 'available' })
    expect(() => module.desired({ name: ['ip_vs', 'tun'] }, actual)).toThrow(/no kernel module ip_vs:/)
    const params = { name: ['ip_vs', 'tun'], required: false }
    expect(listedFile(params, actual)).toBe('tun\n')
    expect(scriptText(module, params, actual)).not.toContain('ip_vs')
    expectSettles(module, params, actual)
  })

  it.each(shells)('loads with parameters, and writes them down for the next time (%s)', async (...shell) => {
    const params: KernelModuleParams = { name: 'dummy', params: ' numdummies=2  x=$(id)', persistent: false }
    const { calls } = await runFaked(scriptFor(module, params, host({ dummy: 'available' }))!, { modprobe: '' }, shell)
    expect(calls).toEqual([['modprobe', 'dummy', 'numdummies=2', 'x=$(id)']])
    const kept: KernelModuleParams = { name: 'dummy', params: 'numdummies=2' }
    const { options } = module.desired(kept, host({ dummy: 'loaded' }, 'dummy\n'))!
    expect(contentText(options!)).toBe('options dummy numdummies=2\n')
    expect(scriptText(module, kept, host({ dummy: 'loaded' }, 'dummy\n'))).toContain(
      '/etc/modprobe.d/tsplay-dummy.conf',
    )
    expectSettles(module, kept, host({ dummy: 'available' }))
    expect(() => kernelModule({ name: ['a', 'b'], params: 'x=1' })).toThrow(/belong to one module/)
    expect(() => kernelModule({ name: 'a', params: 'x=1', state: 'absent' })).toThrow(/a module that is loaded/)
  })

  it('keeps modules from being loaded, and lets them again', () => {
    const blacklisted = (blacklist: boolean, file: string | null) => {
      const actual = { ...host({ floppy: 'available' }), blacklist: file === null ? null : contentOf(file) }
      const params: KernelModuleParams = { name: 'floppy', state: 'absent', persistent: false, blacklist }
      expectSettles(module, params, actual)
      const wished = module.desired(params, actual)!.blacklist as Content | undefined
      return wished && contentText(wished)
    }
    expect(blacklisted(true, null)).toBe('blacklist floppy\n')
    expect(blacklisted(true, '# why\nblacklist pcspkr\n')).toBe('# why\nblacklist pcspkr\nblacklist floppy\n')
    expect(blacklisted(true, 'blacklist floppy\n')).toBeUndefined()
    expect(blacklisted(false, 'blacklist pcspkr\nblacklist floppy\n')).toBe('blacklist pcspkr\n')
    expect(blacklisted(false, null)).toBeUndefined()
  })

  it('unloads and forgets, but not what is built in', async () => {
    const params: KernelModuleParams = { name: 'tun', state: 'absent' }
    const actual = host({ tun: 'loaded' }, 'a\ntun\n')
    expect(scriptText(module, params, actual)).toContain('modprobe -r tun')
    expect(listedFile(params, actual)).toBe('a\n')
    expectSettles(module, params, actual)
    expect(scriptText(module, params, host({ tun: 'available' }))).toBeUndefined()
    expect(() => module.desired(params, host({ tun: 'builtin' }))).toThrow(/built into the kernel/)
  })

  it('fails with modprobe’s message', async () => {
    const script = scriptFor(module, { name: 'tun', persistent: false }, host({ tun: 'available' }))!
    const run = await runFaked(script, { modprobe: 'echo "modprobe: ERROR: could not insert" >&2; exit 1' })
    expect(run).toMatchObject({ code: 1, stderr: 'modprobe: ERROR: could not insert\n' })
  })

  it('foretells the parameters that br_netfilter brings', () => {
    const actual = host({ br_netfilter: 'available' })
    const params = { name: 'br_netfilter' }
    const predictions = module.predict!(params, changeOf(actual, module.desired(params, actual)))
    const question = { kind: { name: 'sysctl' }, key: 'net.bridge.bridge-nf-call-iptables', id: 'x' } as never
    expect(predictions.reduce((answer: unknown, each) => each.answer(question, answer), null)).toBe('1')
  })

  // xt_set has the alias ipt_set in newer kernels; in the oldest that is a module
  it.each(
    shells.flatMap((shell) => [
      { shell, real: 'xt_set', kind: 'an alias' },
      { shell, real: 'ipt_set', kind: 'a module of its own' },
    ]),
  )('loads ipt_set once where it is $kind, and foretells that ($shell)', async ({ shell, real }) => {
    const folder = folderHere()
    const loaded = join(folder, 'modules')
    writeFileSync(loaded, 'nothing 16384 0 - Live 0x0\n')
    const modprobe = `of() { case $1 in ipt_set) echo ${real} ;; xt_set) echo xt_set ;; *) return 1 ;; esac; }
case $1 in -R) of "$2" ;; *) _m=$(of "$1") && { grep -q "^$_m " ${loaded} || echo "$_m 1 0 - Live 0x0" >> ${loaded}; } ;; esac`
    const ask = async (names: readonly string[]): Promise<Answers> => {
      const text = showScript(kernelModuleKind.script(names)).replace('/proc/modules', loaded)
      const { stdout } = await runFaked(sh.raw(text.replaceAll('/sys/module/', `${folder}/`)), { modprobe }, shell)
      const answers = kernelModuleKind.parse(new TextEncoder().encode(stdout), names, 0)
      return ((question: { key: string }) => answers[names.indexOf(question.key)]) as unknown as Answers
    }
    const both = ['xt_set', 'ipt_set']
    const [first, second] = both.map((name) => ({ name, persistent: false }))
    const before = await ask(both)
    for (const params of [first, second, { name: both, persistent: false }]) expectPredicts(module, params, before)
    const load = async (params: KernelModuleParams): Promise<string | undefined> => {
      const script = scriptFor(module, params, module.probe(params).read(await ask(both)))
      if (script) expect(await runFaked(script, { modprobe }, shell)).toMatchObject({ code: 0 })
      return script && showScript(script)
    }
    // a check of a list in two tasks says of the second what the run does
    const actual = module.probe(first!).read(before)
    const predictions = module.predict!(first!, changeOf(actual, module.desired(first!, actual)))
    const foretold = (<T>(question: Question<T>): T =>
      predictions.reduce<unknown>((answer, each) => each.answer(question, answer), before(question)) as T) as Answers
    expect(scriptText(module, second, module.probe(second!).read(foretold)) === undefined).toBe(real === 'xt_set')
    expect(await load(first!)).toContain('modprobe xt_set')
    expect((await load(second!)) === undefined).toBe(real === 'xt_set')
    expect(await load({ name: both, persistent: false })).toBeUndefined()
  })

  it('foretells of an alias that its modules are loaded', () => {
    const actual = host({ ipt_set: 'available' })
    const aliased = { ...actual, answers: { ipt_set: { ...actual.answers.ipt_set!, aliasOf: ['xt_set'] } } }
    const params = { name: 'ipt_set', persistent: false }
    const predictions = module.predict!(params, changeOf(aliased, module.desired(params, aliased)))
    const foretold = (name: string, aliasOf?: string[]) => {
      const before = { loaded: false, builtin: false, available: true, ...(aliasOf && { aliasOf }) }
      const question = { kind: { name: 'module' }, key: name, id: name } as never
      return predictions.reduce<unknown>((answer, each) => each.answer(question, answer), before)
    }
    for (const [name, aliasOf] of [['ipt_set', ['xt_set']], ['xt-set'], ['ip6t_set', ['xt_set']]] as const)
      expect(foretold(name, aliasOf && [...aliasOf])).toMatchObject({ loaded: true })
    expect(foretold('ip_set')).toMatchObject({ loaded: false })
  })

  it('reads this machine’s kernel', async () => {
    const state = await askLocally(module.probe({ name: ['no_such_module_x', 'proc'] }))
    expect(state.answers.no_such_module_x).toEqual({ loaded: false, builtin: false, available: false })
    expect(state.loaded.proc).toBe(true) // listed in /proc/filesystems
  })

  it.each(['', '-r', 'a b', '../x', "x'; touch /pwned; '", 'a\nb', 'ä', 'a #comment'])(
    'refuses the module %j',
    (name) => {
      expect(() => kernelModule({ name })).toThrow(/is not the name of a kernel module/)
    },
  )

  it.each(['../x', 'a/b', '', '.x', 'a b'])('refuses the file %j', (persistent) => {
    expect(() => kernelModule({ name: 'tun', persistent })).toThrow(/persistent/)
  })
})
