// File modules through the engine's own shell: streams arrive whole, and a check foretells what a run does.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { secret, type TaskList, task } from '../../engine/index.ts'
import { blockInFile, command, copy, directory, file, lineInFile, link, shell, template } from '../../modules/index.ts'
import { folderOf, type Here, here } from '../support/run-here.ts'

let lab: Here
beforeEach(() => {
  lab = here(['h1'])
  mkdirSync(join(lab.dir, 'files/tree/sub'), { recursive: true })
  writeFileSync(join(lab.dir, 'files/large'), Buffer.alloc(5 * 1024 * 1024 + 3, 'abcdefg\n'))
  writeFileSync(join(lab.dir, 'files/tree/large'), Buffer.alloc(2 * 1024 * 1024 + 5, '0123456'))
  for (let index = 0; index < 50; index++) writeFileSync(join(lab.dir, `files/tree/sub/f${index}`), `${index}\n`)
  writeFileSync(join(lab.dir, 't.ejs'), 'name=<%= name %>\nkey=<%= key %>\n')
})
afterEach(() => lab.remove())

/** Tasks that build on each other, on a host that has nothing yet. */
const site = (dir: string): TaskList => [
  task('folder', directory({ path: `${dir}/opt/etcd/cfg`, mode: '0750' })),
  task('beside', copy({ content: 'x\n', dest: `${dir}/opt/etcd/beside` })),
  task(
    'config',
    template({
      src: 't.ejs',
      dest: `${dir}/opt/etcd/cfg/`.concat('etcd'),
      vars: { name: 'm1', key: secret('hunter2') },
    }),
  ),
  task('line', lineInFile({ path: `${dir}/opt/etcd/beside`, line: 'y' })),
  task('block', blockInFile({ path: `${dir}/opt/etcd/hosts`, block: '10.0.0.1 m1', create: true })),
  task('large', copy({ src: 'large', dest: `${dir}/opt/` })),
  task('tree', copy({ src: 'tree', dest: `${dir}/opt/copied` })),
  task('link', link({ path: `${dir}/opt/current`, target: 'etcd' })),
  task('mode', file({ path: `${dir}/opt/etcd/hosts`, mode: '0600' })),
  task('gone', file({ path: `${dir}/opt/etcd/beside`, state: 'absent' })),
]

describe('file modules in a run', () => {
  it('do in the run what the check has said, and nothing the second time', async () => {
    const checked = await lab.run((context) => site(folderOf(context)), { check: true })
    expect(checked.tasks.filter(({ status }) => status === 'failed')).toEqual([])
    expect(checked.outcome.hosts.h1).toMatchObject({ failed: 0 })
    const first = await lab.run((context) => site(folderOf(context)))
    expect(first.outcome.hosts.h1).toMatchObject({ failed: 0, changed: 10 })
    expect(checked.log).toEqual(first.log)
    // gone was made and removed again, so both tasks have something to do each time
    const second = await lab.run((context) =>
      site(folderOf(context)).filter((each) => !['beside', 'line', 'gone'].includes((each as { name: string }).name)),
    )
    expect(second.outcome.hosts.h1).toMatchObject({ failed: 0, changed: 0, ok: 7 })
  })

  it('bring every byte, of one file and of a whole folder', async () => {
    let dir = ''
    await lab.run((context) => {
      dir = folderOf(context)
      return site(dir)
    })
    expect(readFileSync(`${dir}/opt/large`).equals(readFileSync(join(lab.dir, 'files/large')))).toBe(true)
    expect(readFileSync(`${dir}/opt/copied/tree/large`).equals(readFileSync(join(lab.dir, 'files/tree/large')))).toBe(
      true,
    )
    expect(readdirSync(`${dir}/opt/copied/tree/sub`)).toHaveLength(50)
    expect(readFileSync(`${dir}/opt/etcd/cfg/etcd`, 'utf8')).toBe('name=m1\nkey=hunter2\n')
  })

  it('go on after a copy that fails half way: the rest of its stream runs nowhere', async () => {
    const { log, task: find } = await lab.run((context) => [
      task('refused', copy({ src: 'large', dest: `${folderOf(context)}/large`, validate: 'false %s' }), {
        ignoreErrors: true,
      }),
      task(
        'early',
        copy({ content: 'x'.repeat(300_000), dest: `${folderOf(context)}/f`, owner: 'no-such-user-here' }),
        { ignoreErrors: true },
      ),
      task('after', copy({ content: 'fine\n', dest: `${folderOf(context)}/fine` })),
    ])
    expect(log).toEqual(['h1: refused: failed', 'h1: early: failed', 'h1: after: changed'])
    expect(find('refused').message).toContain('validation failed')
    expect(find('early').message).toContain('no-such-user-here')
  })

  it('hide a secret that a command is fed and gives back', async () => {
    const { task: find, events } = await lab.run(() => [
      task('echo', command({ cmd: 'cat', stdin: secret('hunter2-hunter2') })),
      task('unread', shell({ cmd: 'exit 0', stdin: 'x'.repeat(200_000) })),
      task('next', command({ cmd: ['printf', 'still here'] })),
    ])
    expect(find('echo').stdout).toBe('***\n')
    expect(JSON.stringify(events)).not.toContain('hunter2')
    expect(find('next')).toMatchObject({ stdout: 'still here' })
  })
})
