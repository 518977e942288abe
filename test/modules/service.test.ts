import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { changeOf } from '../../engine/difference.ts'
import type { Action } from '../../engine/module.ts'
import type { UnitAnswer } from '../../engine/probe.ts'
import type { Question } from '../../engine/question/question.ts'
import { type ServiceParams, service } from '../../modules/service.ts'
import { passElsewhere } from '../support/elsewhere.ts'
import { runFaked, scriptFor, shells } from '../support/fake-commands.ts'
import { expectPredicts, expectSettles } from '../support/laws.ts'
import { rootWith } from '../support/root-with.ts'

const { module } = service

/** A daemon that is a file: `status` looks for it, unless it is one that does not know `status`. */
const daemon = (status: boolean) => `#!/bin/sh
root=\${0%/etc/*}; verb=$1; shift
printf '%s\\n' "$verb $*" >> "$root/log"
case $verb in
  start) : > "$root/running" ;;
  stop) rm -f "$root/running" ;;
  restart|reload) [ -e "$root/running" ] ;;
  status) ${status ? '[ -e "$root/running" ]' : 'echo usage >&2; exit 2'} ;;
esac
`
const updateRc = `#!/bin/sh
root=\${0%/bin/*}
case $2 in
  enable) : > "$root/etc/rc3.d/S01web" ;;
  disable) rm -f "$root/etc/rc3.d/S01web" ;;
esac
`
const rcUpdate = `#!/bin/sh
root=\${0%/bin/*}
case $1 in add) : > "$root/etc/runlevels/$3/$2" ;; del) rm -f "$root/etc/runlevels/$3/$2" ;; esac
`
const rcService = '#!/bin/sh\nroot=${0%/bin/*}; name=$1; shift; exec sh "$root/etc/init.d/$name" "$@"\n'

function host(kind: 'sysv' | 'openrc' | 'none', status = true) {
  const root = rootWith({
    ...(kind !== 'none' && { 'etc/init.d/web': daemon(status) }),
    'etc/rc3.d/': '',
    'etc/runlevels/default/': '',
    'bin/update-rc.d': updateRc,
    'bin/rc-update': rcUpdate,
    'bin/rc-service': rcService,
  })
  const moved = {
    '/run/systemd/system': '/nowhere',
    '/etc/init.d': `${root}/etc/init.d`,
    '/etc/rc': `${root}/etc/rc`,
    '/etc/runlevels': `${root}/etc/runlevels`,
    'command -v rc-service': kind === 'openrc' ? 'command -v sh' : 'command -v no-such-program',
    'command -v update-rc.d': 'command -v sh',
    'update-rc.d web': `sh ${root}/bin/update-rc.d web`,
    'rc-update ': `sh ${root}/bin/rc-update `,
    'rc-service web': `sh ${root}/bin/rc-service web`,
    // what the folder holds was written without rights to run
    '[ -x "$_file" ]': '[ -f "$_file" ]',
    '"$_file" status': 'sh "$_file" status',
    '/etc/init.d/web st': `sh ${root}/etc/init.d/web st`,
    '/etc/init.d/web re': `sh ${root}/etc/init.d/web re`,
  }
  const log = () => (existsSync(`${root}/log`) ? readFileSync(`${root}/log`, 'utf8').trim().split('\n') : [])
  const run = async (action: Action, shell?: readonly string[]) => {
    const pass = await passElsewhere(action, moved, shell && { shell })
    if (pass.output) expect(pass.output).toMatchObject({ code: 0 })
    expect(pass.left.filter((property) => property !== 'state')).toEqual([])
    return pass.differences
  }
  return { root, run, log: () => log().flatMap((line) => (line.startsWith('status') ? [] : [line.trim()])) }
}

describe.each(['sysv', 'openrc'] as const)('service by %s (M12), which is shell scripts in a folder', (kind) => {
  it.each(shells)('starts, enables, stops and disables what is not so (%s)', async (...shell) => {
    const { run, log } = host(kind)
    const on = service({ name: 'web', state: 'started', enabled: true })
    expect(await run(on, shell)).toEqual(['state', 'enabled'])
    expect(await run(on, shell)).toEqual([])
    const off = service({ name: 'web', state: 'stopped', enabled: false })
    expect(await run(off, shell)).toEqual(['state', 'enabled'])
    expect(await run(off, shell)).toEqual([])
    expect(log()).toEqual(['start', 'stop'])
  })

  it('restarts and reloads always; what is stopped is started instead', async () => {
    const { run, log } = host(kind)
    await run(service({ name: 'web', state: 'reloaded' }))
    await run(service({ name: 'web', state: 'reloaded' }))
    await run(service({ name: 'web', state: 'restarted' }))
    await run(service({ name: 'web', state: 'restarted', sleep: 0.01, arguments: ['--a b', '$(id)'] }))
    expect(log()).toEqual(['start', 'reload', 'restart', 'stop --a b $(id)', 'start --a b $(id)'])
  })
})

describe('service (M12)', () => {
  it.each(shells)('finds a daemon whose script knows no status by its command line (%s)', async (...shell) => {
    const { run, log } = host('sysv', false)
    const asked = (pattern: string) => run(service({ name: 'web', state: 'started', pattern }), shell)
    expect(await asked("no such ' * process")).toEqual(['state'])
    // vitest's own
    expect(await asked('node')).toEqual([])
    expect(log()).toEqual(['start'])
  })

  it('enables in the runlevel that is asked for', async () => {
    const { root, run } = host('openrc')
    await expect(run(service({ name: 'web', enabled: true, runlevel: 'default' }))).resolves.toEqual(['enabled'])
    expect(existsSync(`${root}/etc/runlevels/default/web`)).toBe(true)
  })

  it('names a service that is not there, and a host that has no services', async () => {
    const { run } = host('sysv')
    await expect(run(service({ name: 'db', state: 'started' }))).rejects.toThrow('there is no service db on the host')
    expect(await run(service({ name: 'db', state: 'stopped', enabled: false }))).toEqual([])
    const bare = { manager: 'none', exists: false, running: false, enabled: false } as const
    expect(() =>
      module.desired({ name: 'x', state: 'started' }, { state: 'stopped', enabled: false, unit: null, init: bare }),
    ).toThrow(/no manager of services/)
  })

  it('leaves a host with systemd to systemd’s module', async () => {
    const unit: UnitAnswer = {
      systemd: true,
      id: 'x.service',
      load: 'loaded',
      active: 'inactive',
      enabled: 'disabled',
      needsReload: true,
    }
    const answers = <T>(question: Question<T>) =>
      (question.kind.name === 'unit' ? unit : { code: 0, stdout: 'systemd\n' }) as T
    const params: ServiceParams = {
      name: 'x',
      state: 'started',
      enabled: true,
      sleep: 1,
      pattern: 'x',
      arguments: ['x'],
    }
    const actual = module.probe(params).read(answers)
    const { calls } = await runFaked(scriptFor(module, params, actual)!, { systemctl: '' })
    expect(calls.map((words) => words.slice(2).join(' '))).toEqual([
      'daemon-reload',
      'enable x.service',
      'start x.service',
    ])
    expectSettles(module, params, actual)
    const predictions = module.predict!(params, changeOf(actual, module.desired(params, actual)))
    const after = predictions.reduce(
      (answer: unknown, each) => each.answer({ kind: { name: 'unit' }, key: { name: 'x' }, id: 'x' } as never, answer),
      unit,
    )
    expect(after).toMatchObject({ active: 'active', enabled: 'enabled' })
    const gone = module
      .probe(params)
      .read(
        <T>(question: Question<T>) =>
          (question.kind.name === 'unit' ? { ...unit, load: 'not-found' } : { code: 0, stdout: 'systemd\n' }) as T,
      )
    expect(() => module.desired(params, gone)).toThrow('unit x.service does not exist')
  })

  it('enables by links what systemd has made of a script', async () => {
    const unit: UnitAnswer = {
      systemd: true,
      id: 'x.service',
      load: 'loaded',
      active: 'active',
      enabled: 'generated',
      needsReload: false,
    }
    const answers = <T>(question: Question<T>) =>
      (question.kind.name === 'unit' ? unit : { code: 0, stdout: 'systemd yes no no\n' }) as T
    const params: ServiceParams = { name: 'x', state: 'started', enabled: true }
    const actual = module.probe(params).read(answers)
    const { calls } = await runFaked(scriptFor(module, params, actual)!, { 'update-rc.d': '', systemctl: '' })
    expect(calls).toEqual([
      ['update-rc.d', 'x', 'defaults'],
      ['update-rc.d', 'x', 'enable'],
    ])
    expectPredicts(module, params, answers)
    expectSettles(module, params, actual)
  })

  it('asks scripts only where there is no systemd', () => {
    const questions = module.probe({ name: 'x' }).questions
    expect(questions.map(({ kind }) => kind.name).sort()).toEqual(['script', 'unit'])
  })

  it.each([
    [{ name: '../x' }, /name of a unit/],
    [{ name: 'x', sleep: -1 }, /sleep/],
    [{ name: 'x', pattern: '' }, /part of a command line/],
    [{ name: 'x', runlevel: '../x' }, /name of a runlevel/],
  ] as [ServiceParams, RegExp][])('refuses %j', (params, message) => {
    expect(() => service(params)).toThrow(message)
  })
})
