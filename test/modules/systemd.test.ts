import { describe, expect, it } from 'vitest'
import { changeOf } from '../../engine/difference.ts'
import type { UnitAnswer } from '../../engine/probe.ts'
import type { Question } from '../../engine/question/question.ts'
import { type SystemdParams, systemd } from '../../modules/systemd.ts'
import { type Fakes, runFaked, scriptFor, scriptText, shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'

const { module } = systemd
const unit = (changes: Partial<UnitAnswer> = {}): UnitAnswer => ({
  systemd: true,
  id: 'x.service',
  load: 'loaded',
  active: 'active',
  enabled: 'enabled',
  needsReload: false,
  ...changes,
})
const stateOf = (answer: UnitAnswer) => module.probe({ name: 'x' }).read(<T>(_question: Question<T>) => answer as T)
const systemctl = async (
  params: Omit<SystemdParams, 'name'>,
  answer: Partial<UnitAnswer>,
  shell?: readonly string[],
  fakes: Fakes = {},
) => {
  const script = scriptFor(module, { name: 'x', ...params }, stateOf(unit(answer)))
  if (!script) return []
  const { calls } = await runFaked(script, { systemctl: '', journalctl: '', ...fakes }, shell)
  return calls.map(([, , ...rest]) => rest.join(' '))
}

const stopped = { active: 'inactive', enabled: 'disabled' }
const absent = { load: 'not-found', active: 'inactive', enabled: '' }

describe('systemd (M11)', () => {
  it.each(shells)('starts and enables what is stopped and disabled, and only that (%s)', async (...shell) => {
    expect(await systemctl({ state: 'started', enabled: true }, stopped, shell)).toEqual([
      'enable x.service',
      'start x.service',
    ])
    expect(await systemctl({ state: 'started', enabled: true }, {}, shell)).toEqual([])
    expect(await systemctl({ state: 'stopped', enabled: false }, {}, shell)).toEqual([
      'disable x.service',
      'stop x.service',
    ])
    expect(await systemctl({ state: 'stopped', enabled: false }, stopped, shell)).toEqual([])
    expectSettles(module, { name: 'x', state: 'started', enabled: true }, stateOf(unit(stopped)))
  })

  it('takes a unit that is still starting for one that is not started, and a failed one for a stopped one', async () => {
    expect(await systemctl({ state: 'started' }, { active: 'activating' })).toEqual(['start x.service'])
    expect(await systemctl({ state: 'started' }, { active: 'failed' })).toEqual(['start x.service'])
    expect(await systemctl({ state: 'stopped' }, { active: 'failed' })).toEqual([])
    expect(await systemctl({ state: 'started' }, { active: 'reloading' })).toEqual([])
  })

  it('restarts and reloads always; a stopped unit is started instead of reloaded', async () => {
    expect(await systemctl({ state: 'restarted' }, {})).toEqual(['restart x.service'])
    expect(await systemctl({ state: 'reloaded' }, {})).toEqual(['reload x.service'])
    expect(await systemctl({ state: 'reloaded' }, stopped)).toEqual(['start x.service'])
    expectSettles(module, { name: 'x', state: 'restarted' }, stateOf(unit()))
  })

  it('takes it that an unknown unit is stopped and disabled', async () => {
    expect(await systemctl({ state: 'stopped', enabled: false, masked: false }, absent)).toEqual([])
    expect(await systemctl({ state: 'stopped', masked: true }, absent)).toEqual(['daemon-reload', 'mask x.service'])
    expect(await systemctl({ state: 'stopped' }, { ...absent, active: 'active' })).toEqual([
      'daemon-reload',
      'stop x.service',
    ])
  })

  it('names an unknown unit that is to be started or enabled', () => {
    for (const params of [{ state: 'started' }, { enabled: true }, { state: 'restarted' }] as const)
      expect(() => module.desired({ name: 'x', ...params }, stateOf(unit(absent)))).toThrow(
        'unit x.service does not exist',
      )
  })

  it('acts on the unit behind an alias', async () => {
    expect(await systemctl({ enabled: true }, { id: 'chrony.service', enabled: 'disabled' })).toEqual([
      'enable chrony.service',
    ])
  })

  it.each(['static', 'indirect', 'generated', 'transient'])(
    'neither enables nor disables a %s unit',
    async (enabled) => {
      expect(await systemctl({ enabled: true }, { enabled })).toEqual([])
      expect(await systemctl({ enabled: false }, { enabled })).toEqual([])
    },
  )

  it('enables for good what is only enabled until the next boot', async () => {
    expect(await systemctl({ enabled: true }, { enabled: 'enabled-runtime' })).toEqual(['enable x.service'])
  })

  it('has systemd read changed unit files before anything else', async () => {
    const stale = { ...stopped, needsReload: true }
    expect(await systemctl({ state: 'started' }, stale)).toEqual(['daemon-reload', 'start x.service'])
    expect(await systemctl({ state: 'started', daemonReload: false }, stale)).toEqual(['start x.service'])
    expect(await systemctl({ state: 'started' }, { needsReload: true })).toEqual([])
    expect(await systemctl({ daemonReload: true }, { needsReload: true })).toEqual(['daemon-reload'])
    expect(await systemctl({ daemonReload: true }, {})).toEqual([])
    expect(await systemctl({ daemonReload: true, state: 'started' }, absent)).toEqual([
      'daemon-reload',
      'start x.service',
    ])
    expectSettles(module, { name: 'x', daemonReload: true }, stateOf(unit({ needsReload: true })))
  })

  it('masks after stopping, and unmasks before starting', async () => {
    const masked = { load: 'masked', enabled: 'masked', active: 'inactive' }
    expect(await systemctl({ state: 'stopped', enabled: false, masked: true }, {})).toEqual([
      'disable x.service',
      'stop x.service',
      'mask x.service',
    ])
    expect(await systemctl({ state: 'stopped', enabled: false, masked: true }, masked)).toEqual([])
    expect(await systemctl({ state: 'started', enabled: true, masked: false }, masked)).toEqual([
      'unmask x.service',
      'enable x.service',
      'start x.service',
    ])
    expect(() => module.desired({ name: 'x', state: 'started' }, stateOf(unit(masked)))).toThrow(
      'unit x.service is masked',
    )
  })

  it('does not wait where it is asked not to', async () => {
    expect(await systemctl({ state: 'started', noBlock: true }, stopped)).toEqual(['--no-block start x.service'])
  })

  it.each(shells)('shows what the unit said when it does not start (%s)', async (...shell) => {
    const script = scriptFor(module, { name: 'x', state: 'started' }, stateOf(unit(stopped)))!
    const fakes = { systemctl: 'echo "Job for x.service failed" >&2; exit 3', journalctl: 'echo "x: no such option"' }
    const run = await runFaked(script, fakes, shell)
    expect(run).toMatchObject({ code: 3, stdout: '', stderr: 'Job for x.service failed\nx: no such option\n' })
    expect(run.calls[1]).toEqual(['journalctl', '--system', '-u', 'x.service', '-n', '20', '--no-pager', '-o', 'cat'])
  })

  it('finds the user’s systemd also without a login session', async () => {
    const script = scriptFor(module, { name: 'x', state: 'started', scope: 'user' }, stateOf(unit(stopped)))!
    const run = await runFaked(script, { systemctl: 'echo "$XDG_RUNTIME_DIR"' })
    expect(run.stdout).toMatch(/^\/\S+\n$/)
    expect(run.calls).toEqual([['systemctl', '--user', 'start', 'x.service']])
  })

  it('says that a host does not run systemd', () => {
    expect(() => module.desired({ name: 'x', state: 'stopped' }, stateOf(unit({ systemd: false })))).toThrow(
      /does not run systemd/,
    )
  })

  it('depends on the files that systemd loads the unit from', () => {
    const reads = module.probe({ name: 'getty@tty1' }).questions[0]!
    expect(reads.kind.reads(reads.key as never)).toEqual(
      expect.arrayContaining([
        'unit:getty@tty1.service',
        'file:/etc/systemd/system/getty@.service',
        'file:/etc/systemd/system/getty@tty1.service.d',
      ]),
    )
  })

  it('foretells what a later probe finds', () => {
    const params = { name: 'chronyd', state: 'started', enabled: true } as const
    const actual = stateOf(unit({ ...stopped, id: 'chrony.service' }))
    const predictions = module.predict!(params, changeOf(actual, module.desired(params, actual)))
    for (const name of ['chronyd', 'chrony.service']) {
      const question = { kind: { name: 'unit' }, key: { name, scope: 'system' }, id: name } as never
      const after = predictions.reduce((answer: unknown, each) => each.answer(question, answer), actual.answer)
      expect(after).toMatchObject({ active: 'active', enabled: 'enabled' })
    }
    expect(scriptText(module, params, stateOf(unit()))).toBeUndefined()
  })

  it('runs systemd anew each time it is asked to, before anything else', async () => {
    expect(await systemctl({ daemonReexec: true, state: 'started' }, stopped)).toEqual([
      'daemon-reexec',
      'start x.service',
    ])
    expect(await systemctl({ daemonReexec: true }, {})).toEqual(['daemon-reexec'])
    expectSettles(module, { name: 'x', daemonReexec: true }, stateOf(unit()))
    expect(module.touches!({ name: 'x', daemonReexec: true })).toBeUndefined()
  })

  it('replaces links in the way only where it is forced', async () => {
    expect(await systemctl({ enabled: true, force: true }, stopped)).toEqual(['enable --force x.service'])
    expect(await systemctl({ masked: true, force: true }, stopped)).toEqual(['mask --force x.service'])
    expect(await systemctl({ enabled: false, force: true }, {})).toEqual(['disable x.service'])
  })

  it('goes on without a unit that may be missing, and fails at once for one that may not', async () => {
    const wishes = { state: 'started', enabled: true, masked: false } as const
    expect(await systemctl({ ...wishes, missingOk: true }, absent)).toEqual([])
    expect(await systemctl({ masked: true, missingOk: true }, absent)).toEqual([])
    expect(await systemctl({ ...wishes, missingOk: true }, stopped)).toEqual(['enable x.service', 'start x.service'])
    expect(() => module.desired({ name: 'x', state: 'stopped', missingOk: false }, stateOf(unit(absent)))).toThrow(
      'unit x.service does not exist',
    )
  })

  it('enables for all users what is enabled for none, and starts nothing there', async () => {
    expect(await systemctl({ enabled: true, scope: 'global' }, stopped)).toEqual(['enable x.service'])
    expect(await systemctl({ enabled: true, scope: 'global' }, { ...stopped, needsReload: true })).toEqual([
      'enable x.service',
    ])
    expect(() => systemd({ name: 'x', state: 'started', scope: 'global' })).toThrow(/nothing runs in the scope global/)
  })

  it('knows a template from its instances', () => {
    expect(() => systemd({ name: 'getty@.service', enabled: true })).not.toThrow()
    expect(() => systemd({ name: 'getty@', state: 'started' })).toThrow(/is a template: name an instance/)
    expect(() => systemd({ name: 'getty@tty2', state: 'started' })).not.toThrow()
  })

  it('refuses to enable what it masks', () => {
    expect(() => systemd({ name: 'x', enabled: true, masked: true })).toThrow(/a masked unit cannot be enabled/)
  })

  it('foretells for its own scope and no other', () => {
    const params = { name: 'x', enabled: true, scope: 'user' } as const
    const actual = stateOf(unit(stopped))
    const predictions = module.predict!(params, changeOf(actual, module.desired(params, actual)))
    const asked = (scope: string) =>
      predictions.reduce(
        (answer: unknown, each) =>
          each.answer({ kind: { name: 'unit' }, key: { name: 'x', scope }, id: scope } as never, answer),
        actual.answer,
      )
    expect(asked('user')).toMatchObject({ enabled: 'enabled' })
    expect(asked('system')).toMatchObject({ enabled: 'disabled' })
  })

  it.each(['', '-x', 'a b', '*', "x'; touch /pwned; '", 'a\nb', 'ä', 'a/b', '$(id)'])('refuses the unit %j', (name) => {
    expect(() => systemd({ name })).toThrow(/is not the name of a unit/)
  })

  it('takes escaped and templated names', () => {
    expect(() => systemd({ name: 'dev-disk-by\\x2duuid-1.swap', masked: true })).not.toThrow()
    expect(() => systemd({ name: 'getty@tty1' })).not.toThrow()
  })
})
