import { describe, expect, it } from 'vitest'
import type { Question } from '../../engine/question/question.ts'
import { serviceFacts } from '../../modules/service-facts.ts'
import { passElsewhere } from '../support/elsewhere.ts'
import { shells } from '../support/fake-commands.ts'
import { rootWith } from '../support/root-with.ts'

const { module } = serviceFacts
const servicesIn = (stdout: string) =>
  module.probe({}).read(<T>(_question: Question<T>) => ({ code: 0, stdout }) as T).services

describe('serviceFacts (M12)', () => {
  it('reads what systemd says of files and of units', () => {
    const services = servicesIn(`systemd
cron.service                enabled         enabled
getty@.service              enabled         enabled
off.service                 disabled        enabled
masked.service              masked          enabled
--
cron.service      loaded    active   running Regular background program
once.service      loaded    active   exited  Once
bad.service       loaded    failed   failed  Bad
slow.service      loaded    activating start Slow
getty@tty1.service loaded active running Getty on tty1
ghost.service     not-found inactive dead    ghost.service
`)
    expect(Object.values(services).map(({ name, state, status }) => `${name} ${state} ${status}`)).toEqual([
      'bad.service failed unknown',
      'cron.service running enabled',
      'getty@tty1.service running enabled',
      'ghost.service stopped not-found',
      'masked.service stopped masked',
      'off.service stopped disabled',
      'once.service exited unknown',
      'slow.service starting unknown',
    ])
    expect(services['cron.service']!.source).toBe('systemd')
  })

  it('reads what OpenRC says', () => {
    const services = servicesIn('openrc\nsshd enabled\n--\n sshd   [  started  ]\n web [ stopped ]\n db [ crashed ]\n')
    expect(services).toMatchObject({
      sshd: { state: 'running', status: 'enabled', source: 'openrc' },
      web: { state: 'stopped', status: 'disabled' },
      db: { state: 'failed' },
    })
  })

  it.each(shells)('asks init scripts where nothing else manages services (%s)', async (...shell) => {
    const root = rootWith({
      'etc/init.d/web': 'exit 0',
      'etc/init.d/db': 'exit 3',
      'etc/init.d/rcS': 'touch "${0%/*}/../../run"',
      'etc/rc3.d/S01web': '',
    })
    const moved = {
      '/run/systemd/system': '/nowhere',
      'command -v rc-status': 'command -v no-such-program',
      '/etc/': `${root}/etc/`,
      '[ -x "$_f" ]': '[ -f "$_f" ]',
      '"$_f" status': 'sh "$_f" status',
    }
    expect(await passElsewhere(serviceFacts({}), moved, { shell })).toMatchObject({
      differences: [],
      result: {
        services: {
          web: { state: 'running', status: 'enabled', source: 'sysv' },
          db: { state: 'stopped', status: 'disabled' },
        },
      },
    })
  })

  it('finds none where there is no manager of services', () => {
    expect(servicesIn('')).toEqual({})
  })
})
