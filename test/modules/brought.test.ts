// What comes from hosts to the control side, through the whole engine: foretold, brought, and once.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { task } from '../../engine/task.ts'
import { fetch, shell, synchronize } from '../../modules/index.ts'
import { folderOf, here } from '../support/run-here.ts'

it('fetch and a pull are foretold, made and not made again, for several hosts (M07)', async () => {
  const hosts = here(['h1', 'h2'])
  onTestFinished(() => hosts.remove())
  const plays = (context: Parameters<typeof folderOf>[0]) => {
    const folder = folderOf(context)
    return [
      task(
        'make',
        shell({
          cmd: `mkdir -p tree/sub; echo ${context.host.name} > tree/sub/f`,
          chdir: folder,
          creates: join(folder, 'tree'),
        }),
      ),
      task('fetch', fetch({ src: join(folder, 'tree/sub/f'), dest: `out/${context.host.name}/file`, flat: true })),
      task(
        'pull',
        synchronize({ src: join(folder, 'tree/'), dest: `out/${context.host.name}/tree`, direction: 'pull' }),
      ),
    ]
  }
  const out = (...names: string[]) => join(hosts.dir, 'out', ...names)
  const made = await hosts.run(plays)
  expect([...made.log].sort()).toEqual(
    ['h1', 'h2'].flatMap((host) => ['fetch', 'make', 'pull'].map((name) => `${host}: ${name}: changed`)),
  )
  for (const host of ['h1', 'h2'])
    for (const name of ['file', 'tree/sub/f']) expect(readFileSync(out(host, name), 'utf8')).toBe(`${host}\n`)
  expect((await hosts.run(plays)).log.filter((line) => line.endsWith('changed'))).toEqual([])
  rmSync(out('h1'), { recursive: true })
  mkdirSync(out('h2/tree/own'))
  writeFileSync(out('h2/tree/own/x'), '')
  const foretold = await hosts.run(plays, { check: true })
  expect(foretold.log.filter((line) => line.endsWith('changed')).sort()).toEqual([
    'h1: fetch: changed',
    'h1: pull: changed',
  ])
  expect(existsSync(out('h1'))).toBe(false)
  expect((await hosts.run(plays)).log.filter((line) => line.endsWith('changed')).sort()).toEqual(
    foretold.log.filter((line) => line.endsWith('changed')).sort(),
  )
  expect(readFileSync(out('h1/file'), 'utf8')).toBe('h1\n')
})

it('the same file fetched twice in a run is brought once: the second task looks when it is reached', async () => {
  const hosts = here(['h1'])
  onTestFinished(() => hosts.remove())
  const plays = (context: Parameters<typeof folderOf>[0]) => {
    const src = join(folderOf(context), 'f')
    return [
      task('make', shell({ cmd: `echo x > ${src}` })),
      task('fetch', fetch({ src, dest: 'out/', flat: true })),
      task('again', fetch({ src, dest: 'out/', flat: true })),
    ]
  }
  expect((await hosts.run(plays)).log).toEqual(['h1: make: changed', 'h1: fetch: changed', 'h1: again: ok'])
})
