// The journal between runs: handlers that are due, where hosts stopped, facts. Real files, and the real engine on local hosts.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { block, flushHandlers, handler, secret, type TaskList, task } from '../../engine/index.ts'
import { type FileJournal, openJournal } from '../../engine/journal/file-journal.ts'
import type { PlayContext } from '../../engine/play.ts'
import { reveal } from '../../engine/secret.ts'
import type { Site } from '../../engine/site.ts'
import { command, copy, debug, fact, hostFact, setFact } from '../../modules/index.ts'
import { folderOf, type Here, here, type Ran } from '../support/run-here.ts'

let lab: Here
let dir: string
beforeEach(() => {
  lab = here(['h1', 'h2'])
  dir = path.join(lab.dir, 'journal')
})
afterEach(() => lab.remove())

const open = (options: { resume?: boolean; readOnly?: boolean; selection?: string } = {}): FileJournal =>
  openJournal({ dir, name: 'site', selection: '{}', resume: false, readOnly: false, ...options })

type Plays = Parameters<Here['run']>[0]

/** A run that keeps a journal. `killed`: nobody closes it, and its process is gone. */
async function run(
  plays: Plays,
  options: { resume?: boolean; killed?: boolean; check?: boolean; selection?: string } = {},
): Promise<Ran> {
  const journal = open({ ...options, readOnly: options.check ?? false })
  const ran = await lab.run(plays, { journal, check: options.check ?? false })
  if (!options.killed)
    journal.close(Object.values(ran.outcome.hosts).every(({ failed, unreachable }) => failed + unreachable === 0))
  else for (const file of files()) writeFileSync(file, readFileSync(file, 'utf8').replace(/"pid":\d+/, '"pid":4194305'))
  return ran
}

const files = (): string[] => (existsSync(dir) ? readdirSync(dir).map((name) => path.join(dir, name)) : [])
const notices = ({ events }: Ran): string[] =>
  events.flatMap((event) => (event.type === 'notice' ? [`${event.host}: ${event.message}`] : []))
const namesOn = ({ log }: Ran, host: string): string[] =>
  log.filter((line) => line.startsWith(`${host}: `)).map((line) => line.split(': ').slice(1).join(' '))

const say = (name: string) => task(name, debug({ message: 'x' }))
const restart = handler('restart', debug({ message: 'x' }))
/** Fails on h1 as long as the file `broken` is there. */
const risky = (context: PlayContext<Site>) =>
  context.host.name === 'h1' && task('risky', command({ cmd: ['test', '!', '-e', path.join(lab.dir, 'broken')] }))
const config = (context: PlayContext<Site>) =>
  task('config', copy({ content: 'x\n', dest: `${folderOf(context)}/config` }), { notify: restart })
const breakIt = (): void => writeFileSync(path.join(lab.dir, 'broken'), '')
const mendIt = (): void => rmSync(path.join(lab.dir, 'broken'))

describe('handlers that are due', () => {
  const plays: Plays = [{ tasks: (context) => [config(context), risky(context)] }]

  test('run in the next run, which says why, where their host has failed (X05, A049)', async () => {
    breakIt()
    const first = await run(plays)
    expect(namesOn(first, 'h1')).toEqual(['config changed', 'risky failed'])
    expect(namesOn(first, 'h2')).toEqual(['config changed', 'restart ok'])
    expect(notices(first)).toEqual(["h1: still due, for the next run: handler 'restart'"])
    mendIt()
    const second = await run(plays)
    expect(namesOn(second, 'h1')).toEqual(['config ok', 'risky changed', 'restart ok'])
    expect(namesOn(second, 'h2')).toEqual(['config ok'])
    expect(notices(second)[0]).toMatch(
      /^h1: handler 'restart' is due: 'config' changed something in the run of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, which ended before it$/,
    )
    expect(files()).toEqual([])
    expect(namesOn(await run(plays), 'h1')).toEqual(['config ok', 'risky changed'])
  })

  test('are known though the process was killed between the task and the flush (X05)', async () => {
    breakIt()
    await run(plays, { killed: true })
    mendIt()
    expect(namesOn(await run(plays), 'h1')).toEqual(['config ok', 'risky changed', 'restart ok'])
  })

  test('stay due until they have run, however many runs fail before (X05)', async () => {
    breakIt()
    await run(plays)
    await run(plays, { killed: true })
    await run(plays)
    mendIt()
    const ran = await run(plays)
    expect(namesOn(ran, 'h1')).toEqual(['config ok', 'risky changed', 'restart ok'])
    expect(files()).toEqual([])
  })

  test('are due again when they fail themselves (X05)', async () => {
    const broken = handler('restart', command({ cmd: ['test', '!', '-e', path.join(lab.dir, 'broken')] }))
    const failing: Plays = [
      {
        hosts: 'h1',
        tasks: (context) => [
          task('config', copy({ content: 'x\n', dest: `${folderOf(context)}/config` }), { notify: broken }),
        ],
      },
    ]
    breakIt()
    expect(namesOn(await run(failing), 'h1')).toEqual(['config changed', 'restart failed'])
    mendIt()
    expect(namesOn(await run(failing), 'h1')).toEqual(['config ok', 'restart changed'])
    expect(namesOn(await run(failing), 'h1')).toEqual(['config ok'])
  })

  test('show in a check, which leaves them due (X05, A150)', async () => {
    breakIt()
    await run(plays)
    mendIt()
    const check = await run(plays, { check: true })
    expect(namesOn(check, 'h1')).toEqual(['config ok', 'risky changed', 'restart ok'])
    expect(namesOn(await run(plays), 'h1')).toContain('restart ok')
  })

  test('are due, and said to be unsure, where the run was killed while the task was being applied (X05)', async () => {
    await run([{ tasks: (context) => [{ ...config(context), options: {} }] }])
    const journal = open()
    journal.record('play 1', 'h1').reached('config')
    journal.record('play 1', 'h1').intends('config', ['restart'])
    for (const file of files())
      writeFileSync(file, `${readFileSync(file, 'utf8').replace(/"pid":\d+/, '"pid":4194305')}{"is":"at","pl`)
    const ran = await run(plays)
    expect(namesOn(ran, 'h1')).toEqual(['config ok', 'risky changed', 'restart ok'])
    expect(notices(ran).join()).toContain("'config' may have changed something")
  })

  test('are not due where the task has changed nothing after all', () => {
    const record = open().record('play 1', 'h1')
    record.intends('config', ['restart'])
    expect(record.due()).toEqual(['restart'])
    record.withdraws('config', ['restart'])
    expect(record.due()).toEqual([])
    record.notified('config', ['restart'])
    record.intends('other', ['restart'])
    record.withdraws('other', ['restart'])
    expect(record.due()).toEqual(['restart'])
  })

  test('are found where only a result brings them up (X05)', async () => {
    const behind: Plays = [
      {
        tasks: (context) => [
          task('look', command({ cmd: 'true' }), { changedWhen: false }).register(() => [config(context)]),
          risky(context),
        ],
      },
    ]
    breakIt()
    await run(behind)
    mendIt()
    const ran = await run(behind)
    expect(namesOn(ran, 'h1')).toEqual(['look ok', 'config ok', 'risky changed', 'restart ok'])
    expect(notices(ran)).toHaveLength(1)
  })

  test('are told where the playbook has them no more (X05)', async () => {
    breakIt()
    await run(plays)
    const ran = await run([{ tasks: () => [say('something else')] }])
    expect(notices(ran).join()).toMatch(
      /handler 'restart' is due since the run of .*, but no task of the play notifies it any more/,
    )
  })

  test('of a run that still goes on are left to it', async () => {
    breakIt()
    const other = open()
    other.record('play 1', 'h1').notified('config', ['restart'])
    rmSync(path.join(lab.dir, 'broken'))
    expect(namesOn(await run(plays), 'h2')).toEqual(['config changed', 'restart ok'])
    expect(open().record('play 1', 'h1').due()).toEqual([])
    other.close(false)
    expect(open().record('play 1', 'h1').due()).toEqual(['restart'])
  })

  test('lie in files that only their owner may read', async () => {
    breakIt()
    await run(plays)
    expect(files().map((file) => statSync(file).mode & 0o777)).toEqual([0o600])
    expect(statSync(dir).mode & 0o777).toBe(0o700)
  })
})

describe('a run that is resumed', () => {
  const plays = (tasks: (context: PlayContext<Site>) => TaskList): Plays => [
    { tasks },
    { tasks: () => [say('second play')] },
  ]

  test('goes on at the first task not done, on each host at its own (X06)', async () => {
    const site = plays((context) => [say('one'), config(context), risky(context), say('two')])
    breakIt()
    await run(site)
    mendIt()
    const ran = await run(site, { resume: true })
    expect(namesOn(ran, 'h1')).toEqual(['risky changed', 'two ok', 'restart ok', 'second play ok'])
    expect(namesOn(ran, 'h2')).toEqual([])
    expect(files()).toEqual([])
  })

  test('runs everything without the flag, and where nothing was left (X06)', async () => {
    const site = plays((context) => [say('one'), risky(context)])
    breakIt()
    await run(site)
    mendIt()
    expect(namesOn(await run(site), 'h1')).toEqual(['one ok', 'risky changed', 'second play ok'])
    expect(open({ resume: true }).resumed).toBeUndefined()
    expect(namesOn(await run(site, { resume: true }), 'h1')).toEqual(['one ok', 'risky changed', 'second play ok'])
  })

  test('repeats the task whose result a list came from, and a block from where it failed (X06)', async () => {
    const site = plays((context) => [
      say('one'),
      task('ask', command({ cmd: 'true' })).register(() => [say('followed'), risky(context)]),
      say('two'),
    ])
    breakIt()
    await run(site)
    mendIt()
    expect(namesOn(await run(site, { resume: true }), 'h1')).toEqual([
      'ask changed',
      'followed ok',
      'risky changed',
      'two ok',
      'second play ok',
    ])
    const blocks = plays((context) => [
      block([say('open'), risky(context), say('behind')], { always: [say('close')] }),
      say('last'),
    ])
    breakIt()
    await run(blocks)
    mendIt()
    const ran = await run(blocks, { resume: true })
    expect(namesOn(ran, 'h1')).toEqual(['risky changed', 'behind ok', 'close ok', 'last ok', 'second play ok'])
  })

  test('takes a host that was killed before it began from the beginning (X06)', async () => {
    const site = plays(({ host }) => [say('one'), host.name === 'h1' && say('two')])
    const journal = open()
    journal.record('play 1', 'h1').reached('two')
    for (const file of files()) writeFileSync(file, readFileSync(file, 'utf8').replace(/"pid":\d+/, '"pid":4194305'))
    const ran = await run(site, { resume: true })
    expect(namesOn(ran, 'h1')).toEqual(['two ok', 'second play ok'])
    expect(namesOn(ran, 'h2')).toEqual(['one ok', 'second play ok'])
  })

  test('starts a list anew where the task at which it stopped is gone (X06)', async () => {
    breakIt()
    await run(plays((context) => [say('one'), risky(context)]))
    const ran = await run(
      plays(() => [say('one'), say('instead')]),
      { resume: true },
    )
    expect(namesOn(ran, 'h1')).toEqual(['one ok', 'instead ok', 'second play ok'])
  })

  test('knows the facts that skipped tasks have left, secret ones too (X06, A063)', async () => {
    const token = hostFact<{ word: string }>('token')
    const site = plays((context) => [
      context.host.name === 'h2' && task('keep', setFact(token, { word: 'open sesame' })),
      flushHandlers(),
      say('kept'),
    ])
    const reads: Plays = [
      ...(site as []),
      {
        tasks: (context) => [
          risky(context),
          fact(token, { host: 'h2' }).register(({ word }) => [say(`the word is ${word}`)]),
        ],
      },
    ]
    breakIt()
    await run(reads)
    mendIt()
    expect(namesOn(await run(reads, { resume: true }), 'h1')).toContain('the word is open sesame ok')
    const journal = open()
    journal.fact('h1', 'password', secret('hidden', 'p'))
    journal.fact('h1', 'not data', () => 1)
    journal.record('play 1', 'h1').reached('x')
    journal.close(false)
    const kept = [...open({ resume: true }).facts()]
    expect(kept.map(({ key }) => key)).toEqual(['password'])
    expect(reveal(kept[0]!.value as string)).toBe('hidden')
  })

  test('is the last with the same tasks; a run of others in between does not end it (X06)', async () => {
    const site = plays((context) => [say('one'), risky(context)])
    breakIt()
    await run(site)
    mendIt()
    await run(site, { selection: '{"roles":["x"]}' })
    expect(namesOn(await run(site, { resume: true }), 'h1')).toEqual(['risky changed', 'second play ok'])
  })
})
