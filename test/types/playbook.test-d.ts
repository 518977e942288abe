// X01: a playbook that is wrong does not compile. Checked by `tsc --noEmit`; every line below an expected error is one.
import { block, handler, outsider, pattern, play, playbook, sync, task, topic } from 'tsplay'
import { background, command, copy, directory, jobStatus, lineInFile, systemd, template } from 'tsplay/modules'
import { cluster, etcd, restart, shop } from './site.ts'

// what is right compiles, and its types are what the schemas say
playbook(cluster, [
  play({
    name: 'all',
    hosts: 'all',
    tasks: ({ vars }) => [directory({ path: vars.apiHost, mode: `0${vars.apiPort.toFixed()}` })],
  }),
  play({
    name: 'masters',
    hosts: 'masters',
    tasks: ({ host, groups, facts, check }) => [
      task('config', directory({ path: `/opt/${host.vars.etcdName}` }), {
        notify: restart,
        when: facts.os.id === 'debian' && !check,
      }),
      groups.lb.map((lb) => directory({ path: lb.vars.vip })),
      etcd({ dataDir: '/var/lib/etcd' }).with({ tags: 'etcd' }),
      block([directory({ path: '/x' })], { rescue: [false], always: [null] }),
    ],
  }),
  play({ name: 'first', hosts: 'masters[0]', tasks: ({ host }) => [directory({ path: host.vars.etcdName })] }),
  play({
    name: 'some',
    hosts: ['masters[1]', 'masters[2]'],
    tasks: ({ host }) => [directory({ path: host.vars.etcdName })],
  }),
  play({ name: 'pattern', hosts: pattern('m*:!m2'), serial: [1, '30%'], tasks: () => [] }),
  play({ name: 'sizes', hosts: 'masters', serial: ({ vars }) => [1, vars.apiPort], tasks: () => [] }),
])

// a group that there is not
playbook(cluster, [
  play({
    name: 'x',
    // @ts-expect-error: the site has no group 'mastres'
    hosts: 'mastres',
    tasks: () => [],
  }),
  play({
    name: 'x',
    // @ts-expect-error: nor as one of several
    hosts: ['masters', 'nodes'],
    tasks: () => [],
  }),
  play({
    name: 'x',
    hosts: 'masters',
    // @ts-expect-error: a name is no size of a batch
    serial: ({ vars }) => vars.apiHost,
    tasks: () => [],
  }),
  play({
    name: 'x',
    // @ts-expect-error: nor by position
    hosts: 'mastres[0]',
    tasks: () => [],
  }),
  play({
    name: 'x',
    hosts: 'masters',
    // @ts-expect-error: nor among the groups of the context
    tasks: ({ groups }) => [groups.mastres.map(() => directory({ path: '/x' }))],
  }),
])

// a variable that there is not
playbook(cluster, [
  // @ts-expect-error: 'apiHots' is no variable of the site
  play({ name: 'x', hosts: 'all', tasks: ({ vars }) => [directory({ path: vars.apiHots })] }),
  // @ts-expect-error: 'vip' is a variable of another group
  play({ name: 'x', hosts: 'masters', tasks: ({ host }) => [directory({ path: host.vars.vip })] }),
  // @ts-expect-error: a host of any group has none of a group's variables
  play({ name: 'x', hosts: 'all', tasks: ({ host }) => [directory({ path: host.vars.etcdName })] }),
  // @ts-expect-error: a number is no path
  play({ name: 'x', hosts: 'all', tasks: ({ vars }) => [directory({ path: vars.apiPort })] }),
  play({
    name: 'x',
    hosts: 'masters',
    // @ts-expect-error: it may be missing
    tasks: ({ host }) => [task(host.vars.weight.toFixed(), directory({ path: '/x' }))],
  }),
  // @ts-expect-error: there is no such fact
  play({ name: 'x', hosts: 'all', tasks: ({ facts }) => [directory({ path: facts.os.nmae })] }),
])

// a parameter that there is not, is missing or is of another type
// @ts-expect-error: 'mod' is no parameter
directory({ path: '/opt', mod: '0755' })
// @ts-expect-error: a mode is a text
directory({ path: '/opt', mode: 755 })
// @ts-expect-error: a path is needed
directory({ mode: '0755' })
// @ts-expect-error: 'dst' is no parameter
copy({ src: 'a', dst: '/a' })
// @ts-expect-error: 'var' is no parameter
template({ src: 'a.ejs', dest: '/a', var: {} })
// @ts-expect-error: 'start' is no state
systemd({ name: 'etcd', state: 'start' })
// @ts-expect-error: 'lines' is no parameter
lineInFile({ path: '/a', lines: 'x' })
// @ts-expect-error: 'command' is no parameter
command({ command: 'date' })

// a field of a result that there is not
task('x', command({ cmd: 'date' })).register((result) => [
  result.stdout.includes('x') && result.code === 0 && result.changed && !result.failed && directory({ path: '/x' }),
  // @ts-expect-error: it is called stdout
  result.output.includes('x') && directory({ path: '/x' }),
  // @ts-expect-error: a code is a number
  result.code === '0' && directory({ path: '/x' }),
])
// @ts-expect-error: a directory prints nothing
task('x', directory({ path: '/x' })).register((result) => [result.stdout && directory({ path: '/x' })])
// @ts-expect-error: nor in a condition
task('x', directory({ path: '/x' }), { until: (result) => result.code === 0 })
// @ts-expect-error: it is called changedWhen
task('x', command({ cmd: 'date' }), { changed_when: false })

// what may be notified is a handler
// @ts-expect-error: its name is not enough
task('x', directory({ path: '/x' }), { notify: 'restart etcd' })
// @ts-expect-error: nor is a task
task('x', directory({ path: '/x' }), { notify: [restart, task('y', directory({ path: '/x' }))] })

// a topic is something of its own
const renewed = topic('certificates are renewed')
task('x', directory({ path: '/x' }), { notify: [restart, renewed] })
handler('reload', command({ cmd: 'true' }), { listen: renewed })
// @ts-expect-error: its name is not enough
handler('reload', command({ cmd: 'true' }), { listen: 'certificates are renewed' })

// what a rescue is given, and where a task may be delegated
block([], {
  rescue: ({ task: name, result }) => [result.failed && task(name.toUpperCase(), directory({ path: '/x' }))],
})
// @ts-expect-error: what a task gave is unknown until it is looked at
block([], { rescue: ({ result }) => [directory({ path: result.path })] })
playbook(cluster, [
  play({
    name: 'x',
    hosts: 'masters',
    strategy: 'linear',
    tasks: ({ groups, hosts }) => [
      task('x', directory({ path: '/x' }), { delegateTo: groups.masters[0]! }),
      task('x', directory({ path: '/x' }), { delegateTo: hosts[0]!.name }),
      task('x', directory({ path: '/x' }), { delegateTo: outsider('192.0.2.1', { user: 'root' }) }),
      sync('together'),
    ],
  }),
  // @ts-expect-error: that is called 'independent'
  play({ name: 'x', hosts: 'all', strategy: 'free', tasks: () => [] }),
])
// @ts-expect-error: an outsider is not a list of hosts
task('x', directory({ path: '/x' }), { delegateTo: [outsider('192.0.2.1')] })

// what runs on is a job, and only what runs
task('x', background({ run: command({ cmd: 'date' }), seconds: 1 })).register(({ job }) => [jobStatus({ job })])
// @ts-expect-error: a job is not its number
jobStatus({ job: '1' })
// @ts-expect-error: a job gives its output when it is looked at
task('x', background({ run: command({ cmd: 'date' }), seconds: 1 })).register(({ stdout }) => [stdout && restart])

// what is no task
// @ts-expect-error: a text is no task
playbook(cluster, [play({ name: 'x', hosts: 'all', tasks: () => ['mkdir /opt'] })])
// @ts-expect-error: a task needs an action
task('x', 'mkdir /opt')
// @ts-expect-error: the role needs its parameters
etcd()
// @ts-expect-error: of their type
etcd({ dataDir: 1 })

// a play of one site in another's playbook
const masters = play<typeof cluster, 'masters'>({ name: 'x', hosts: 'masters', tasks: () => [] })
playbook(cluster, [masters])
// @ts-expect-error: the shop has no masters
playbook(shop, [masters])
