// Plays on real hosts: a rolling update with delegation, tasks that run once, jobs, connections that are opened anew.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { labConnection } from '../../engine/lab/connection.ts'
import { type LabSpec, labDown, labUp, machineLacks } from '../../engine/lab/lab.ts'
import { type Finished, type Project, project } from '../support/cli.ts'

const lacks = await machineLacks()
const spec: LabSpec = {
  name: 'plays',
  subnet: '10.90.0.0/24',
  hosts: [
    { name: 'w1', address: '10.90.0.11' },
    { name: 'w2', address: '10.90.0.12' },
    { name: 'lb', address: '10.90.0.21' },
  ],
}

const world = `import { site, z } from 'tsplay'
export const world = site({ vars: z.object({ release: z.string() }), groups: { web: z.object({}), lb: z.object({}) } })
`

/** One host after the other: out of the pool, changed and restarted, back into the pool. */
const rolling = `import { block, flushHandlers, handler, play, playbook, task } from 'tsplay'
import { command, copy, debug, directory, lineInFile, shell, systemd, waitFor } from 'tsplay/modules'
import { world } from './world.ts'

const restart = handler('restart app', systemd({ name: 'app', state: 'restarted' }))
const unit = '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n'

export default playbook(world, [
  play({ name: 'pool', hosts: 'lb', tasks: () => [task('pool', copy({ content: '', dest: '/etc/pool', force: false }))] }),
  play({
    name: 'web',
    hosts: 'web',
    serial: 1,
    order: 'reverse_sorted',
    maxFailPercentage: 0,
    tasks: ({ vars, host, groups }) => [
      task('service', copy({ content: unit, dest: '/etc/systemd/system/app.service' })),
      task('running', systemd({ name: 'app', state: 'started', enabled: true }), { absorbs: restart }),
      task('release', copy({ content: vars.release + '\\n', dest: '/etc/release-of-app' }), { notify: restart }),
      flushHandlers(),
      task('in the pool', lineInFile({ path: '/etc/pool', line: host.name }), { delegateTo: groups.lb[0]! }),
    ],
  }),
  play({
    name: 'once',
    hosts: 'web',
    tasks: ({ host }) => [
      task('migrate', command({ cmd: ['touch', '/root/migrated'], creates: '/root/migrated' }), {
        runOnce: true,
        when: host.name !== 'w1',
      }),
    ],
  }),
])
`

describe.skipIf(lacks !== undefined)(`plays on real hosts${lacks === undefined ? '' : ` (skipped: ${lacks})`}`, () => {
  let site: Project
  beforeAll(async () => {
    await labDown(spec)
    await labUp(spec)
    const { privateKeys, knownHosts, hostKeys } = labConnection(spec.name)
    site = project()
    site.write('world.ts', world)
    site.write('rolling.ts', rolling)
    site.write(
      'hosts.ts',
      `import { inventory } from 'tsplay'
import { world } from './world.ts'
export default inventory(world, {
  vars: { release: '1', user: 'root', privateKeys: ${JSON.stringify(privateKeys)}, knownHosts: '${knownHosts}', hostKeys: '${hostKeys}' },
  groups: {
    web: { hosts: { w1: { address: '10.90.0.11' }, w2: { address: '10.90.0.12' } } },
    lb: { hosts: { lb: { address: '10.90.0.21' } } },
  },
})
`,
    )
  })
  afterAll(async () => {
    site?.remove()
    if (!lacks) await labDown(spec)
  })

  const run = (file: string, ...args: string[]): Promise<Finished> =>
    site.tsplay(['run', file, '-i', 'hosts.ts', '-o', 'ndjson', ...args])
  const done = ({ tasks }: Finished): unknown[] =>
    tasks
      .filter(({ status }) => status !== 'skipped')
      .map(({ host, task, delegate, status, diff }) => ({ host, task, delegate, status, diff }))
  const on = async (host: string, script: string): Promise<string> => {
    const { tasks } = await site.tsplay(['exec', host, '-i', 'hosts.ts', '-o', 'ndjson', '-m', 'shell', '-a', script])
    return tasks[0]!.stdout!.trim()
  }
  const book = (name: string, tasks: string, spec = ''): string =>
    site.write(
      name,
      `import { play, playbook, resetConnection, task } from 'tsplay'
import { background, command, debug, group, shell, user } from 'tsplay/modules'
import { world } from './world.ts'
export default playbook(world, [play({ name: 'main', hosts: 'web', ${spec} tasks: ({ host }) => [ ${tasks} ] })])
`,
    )

  test('a rolling update goes host by host, edits the balancer from there, and is predicted exactly (A007, A030, A031, A050, X04)', async () => {
    const check = await run('rolling.ts', '--check')
    const first = await run('rolling.ts')
    expect(first.code, first.stderr).toBe(0)
    expect(done(check)).toEqual(done(first))
    expect(first.tasks.filter(({ play }) => play === 'web').map(({ host, task }) => `${host} ${task}`)).toEqual(
      ['w2', 'w1'].flatMap((host) =>
        ['service', 'running', 'release', 'restart app', 'in the pool'].map((task) => `${host} ${task}`),
      ),
    )
    expect(await on('lb', 'cat /etc/pool')).toBe('w2\nw1')
    expect([await on('w1', 'ls /root'), await on('w2', 'ls /root')]).toEqual(['', 'migrated'])
    const second = await run('rolling.ts')
    expect(Object.values(second.hosts).map(({ changed }) => changed)).toEqual([0, 0, 0])
    expect(second.tasks.some(({ handler }) => handler)).toBe(false)
  })

  test('a saved plan is applied as it was seen, and by no means to a host that has drifted (X02)', async () => {
    const plan = await run('rolling.ts', '--check', '--save-plan', 'plan.json', '-e', 'release=1.1')
    expect(plan.code, plan.stderr).toBe(0)
    const apply = () => site.tsplay(['apply', 'plan.json', '-o', 'ndjson', '-e', 'release=1.1'])
    await on('w1', 'echo by hand > /etc/release-of-app')
    const refused = await apply()
    expect(refused.code).toBe(2)
    expect(refused.tasks.map(({ host, task }) => `${host} ${task}`)).toEqual(['w1 release'])
    expect(await on('w2', 'cat /etc/release-of-app')).toBe('1')
    await on('w1', 'echo 1 > /etc/release-of-app')
    const applied = await apply()
    expect(applied.code, applied.stdout).toBe(0)
    const changed = ({ tasks }: Finished) =>
      tasks.filter((task) => task.changed).map(({ host, task, diff }) => ({ host, task, diff }))
    expect(changed(applied)).toEqual(changed(plan))
    expect(await on('w2', 'cat /etc/release-of-app')).toBe('1.1')
    expect((await run('rolling.ts')).code).toBe(0)
  })

  test('a failure in the middle leaves the hosts that follow as they are, and the next run the handler (A009, X05, X06)', async () => {
    await on(
      'w2',
      'mkdir -p /etc/systemd/system/app.service.d && printf "[Service]\nType=exec\nExecStart=\nExecStart=/nowhere\n" > /etc/systemd/system/app.service.d/broken.conf && systemctl daemon-reload',
    )
    const failed = await run('rolling.ts', '-e', 'release=2')
    expect(failed.code).toBe(2)
    expect(failed.tasks.some(({ host, play }) => host === 'w1' && play === 'web')).toBe(false)
    await on('w2', 'rm -r /etc/systemd/system/app.service.d && systemctl daemon-reload')
    const resumed = await run('rolling.ts', '-e', 'release=2', '--resume')
    expect(resumed.code, resumed.stdout).toBe(0)
    expect(resumed.tasks.filter(({ host }) => host === 'w2').map(({ task }) => task)).toContain('restart app')
    expect(await on('web', 'cat /etc/release-of-app')).toBe('2')
    expect(await on('w1', 'cat /etc/release-of-app')).toBe('2')
  })

  test('an async task leaves neither process nor file, and a job outlives the run that started it (A036, X13)', async () => {
    book(
      'jobs.ts',
      `task('long', shell({ cmd: 'sleep 1; echo done' }), { async: 30, poll: 0.5 }),
       task('start', background({ run: shell({ cmd: 'sleep 2; echo later' }), seconds: 60 })).register(({ job }) => [
         task('id', debug({ message: job.id })),
       ]),`,
    )
    const { tasks, code } = await run('jobs.ts', '--limit', 'w1')
    expect(code).toBe(0)
    expect(tasks.find(({ task }) => task === 'long')).toMatchObject({ status: 'changed', stdout: 'done\n' })
    const { message: id } = tasks.find(({ task }) => task === 'id')!
    const status = async () =>
      (
        await site.tsplay([
          'exec',
          'w1',
          '-i',
          'hosts.ts',
          '-o',
          'ndjson',
          '-m',
          'shell',
          '-a',
          `cat ~/.tsplay/jobs/${id}/code 2>/dev/null || true`,
        ])
      ).tasks[0]!.stdout!.trim()
    expect(await status()).toBe('')
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(await status()).toBe('0')
    expect(await on('w1', `cat ~/.tsplay/jobs/${id}/out; ls ~/.tsplay/jobs; pgrep -fc '^sh .*/run' || true`)).toBe(
      `later\n${id}\n0`,
    )
  })

  test('a connection that is opened anew knows the groups a user has got (A051)', async () => {
    book(
      'groups.ts',
      `task('group', group({ name: 'crew' })),
       task('user', user({ name: 'worker' })),
       task('before', command({ cmd: ['id', '-nG'] }), { become: 'worker', changedWhen: false }),
       task('join', user({ name: 'worker', groups: ['crew'], append: true })),
       task('same shell', command({ cmd: ['id', '-nG'] }), { become: 'worker', changedWhen: false }),
       resetConnection(),
       task('new shell', command({ cmd: ['id', '-nG'] }), { become: 'worker', changedWhen: false }),`,
    )
    const { tasks, code, stdout } = await run('groups.ts', '--limit', 'w2', '--become-method', 'su')
    expect(code, stdout).toBe(0)
    const said = (name: string) => tasks.find(({ task }) => task === name)!.stdout!.trim()
    expect([said('before'), said('same shell'), said('new shell')]).toEqual(['worker', 'worker', 'worker crew'])
  })

  test('linear and pinned plays do on real hosts what independent ones do (A080, A081, A082)', async () => {
    for (const strategy of ['independent', 'linear', 'pinned']) {
      book(
        'strategy.ts',
        `task('one', command({ cmd: ['sleep', host.name === 'w1' ? '0.5' : '0'] })), task('two', debug({ message: 'x' }))`,
        `strategy: '${strategy}',`,
      )
      const { tasks } = await run('strategy.ts')
      const order = tasks.map(({ host, task }) => `${host} ${task}`)
      if (strategy === 'linear') expect(order.slice(0, 2).sort()).toEqual(['w1 one', 'w2 one'])
      else expect(order).toEqual(['w2 one', 'w2 two', 'w1 one', 'w1 two'])
    }
  })
})
