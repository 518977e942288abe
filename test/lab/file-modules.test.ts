// The file and running modules on a real host, through the program: a check foretells, a run applies, a second changes nothing, an undo takes it back.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LabSpec, labDown, labUp, machineLacks } from '../../engine/lab/lab.ts'
import { type Finished, inventoryOf, type Project, playbookOf, project } from '../support/cli.ts'

const lacks = await machineLacks()
const spec: LabSpec = { name: 'filemods', subnet: '10.82.0.0/24', hosts: [{ name: 'one', address: '10.82.0.11' }] }

const tasks = `
task('directory', directory({ path: '/srv/app', mode: '0750' })),
task('copy', copy({ content: 'a = 1\\nb = 2\\n', dest: '/srv/app/conf', mode: '0640', force: false })),
task('copy of a file', copy({ src: 'big', dest: '/srv/app/' })),
task('copy of a folder', copy({ src: 'tree/', dest: '/srv/app/tree', directoryMode: '0711' })),
task('template', template({ src: 'unit.ejs', dest: '/srv/app/unit', vars: { name: host.name }, validate: 'grep -q one %s' })),
task('file', file({ path: '/srv/app/conf', mode: '0600' })),
task('link', link({ path: '/srv/current', target: 'app' })),
task('lineInFile', lineInFile({ path: '/srv/app/conf', regexp: '^a =', line: 'a = 3' })),
task('blockInFile', blockInFile({ path: '/srv/app/conf', block: 'c = 4\\nd = 5' })),
task('replace', replace({ path: '/srv/app/conf', regexp: '^b = 2$', replace: 'b = 6' })),
task('command', command({ cmd: ['touch', '/srv/app/ran'], creates: '/srv/app/ran' })),
task('shell', shell({ cmd: 'echo done > /srv/app/done', creates: '/srv/app/done' })),
task('assert', assert({ that: facts.os.id === 'debian' })),
task('waitFor', waitFor({ port: 22 })),
`

describe.skipIf(lacks !== undefined)(
  `file modules on a real host${lacks === undefined ? '' : ` (skipped: ${lacks})`}`,
  () => {
    let site: Project
    beforeAll(async () => {
      await labDown(spec)
      await labUp(spec)
      const all = 'blockInFile, file, link, replace, waitFor, assert,'
      const book = (text: string): string =>
        playbookOf(text).replace('assert,', all).replace('groups })', 'groups, facts })')
      site = project({
        'book.ts': book(tasks),
        'undo.ts': book(
          "task('undo', file({ path: '/srv/app', state: 'absent' })), task('undo link', file({ path: '/srv/current', state: 'absent' })),",
        ),
      })
      site.write(
        'inventories/home.ts',
        inventoryOf(
          "{ web: { hosts: { one: { ...labConnection('filemods'), address: '10.82.0.11', transport: 'ssh' } } } }",
        ).replace('{ inventory }', '{ inventory, labConnection }'),
      )
      site.write('templates/unit.ejs', 'name=<%= name %> "&" $HOME \\\n%s\n')
      writeFileSync(path.join(site.dir, 'big'), Buffer.alloc(3 << 20, 'x'))
      for (const folder of ['a', 'b/c']) {
        mkdirSync(path.join(site.dir, 'tree', folder), { recursive: true })
        for (let index = 0; index < 100; index++)
          writeFileSync(path.join(site.dir, 'tree', folder, `f${index}`), `${folder} ${index}\n`)
      }
    })
    afterAll(async () => {
      site?.remove()
      if (!lacks) await labDown(spec)
    })
    const run = (...args: string[]) => site.tsplay(['run', 'book.ts', '-i', 'home', '-o', 'ndjson', ...args])
    const changed = ({ tasks, code, stdout }: Finished): string[] => {
      expect(code, stdout).toBe(0)
      return tasks.filter((event) => event.changed).map(({ task }) => task)
    }

    test('a check foretells the run, a second run changes nothing', async () => {
      const foretold = changed(await run('--check'))
      const first = changed(await run())
      expect(first).toEqual(foretold)
      expect(first).toEqual([
        'directory',
        'copy',
        'copy of a file',
        'copy of a folder',
        'template',
        'file',
        'link',
        'lineInFile',
        'blockInFile',
        'replace',
        'command',
        'shell',
      ])
      // a mode that two tasks disagree on would change for ever: the first one is not asked again
      site.write(
        'book.ts',
        playbookOf(tasks.replace("mode: '0640', ", ''))
          .replace('assert,', 'blockInFile, file, link, replace, waitFor, assert,')
          .replace('groups })', 'groups, facts })'),
      )
      expect(changed(await run())).toEqual([])
      expect(changed(await run('--check'))).toEqual([])
    })

    test('the files are what was asked for', async () => {
      const exec = (cmd: string) => site.tsplay(['exec', 'one', '-i', 'home', '-m', 'shell', '-a', cmd])
      expect(
        (await exec('cat /srv/app/conf; stat -c %a /srv/app /srv/app/conf /srv/app/tree; readlink /srv/current'))
          .stdout,
      ).toBe(
        'one | CHANGED | rc=0 >>\na = 3\nb = 6\n# BEGIN TSPLAY MANAGED BLOCK\nc = 4\nd = 5\n# END TSPLAY MANAGED BLOCK\n750\n600\n711\napp\n',
      )
      expect(
        (await exec('find /srv/app/tree -type f | wc -l; ls -A /srv /srv/app | grep -c tsplay || true')).stdout,
      ).toContain('200\n0\n')
    })

    test('an undo takes it back, and once', async () => {
      const undo = () => site.tsplay(['run', 'undo.ts', '-i', 'home', '-o', 'ndjson'])
      expect(changed(await undo())).toEqual(['undo', 'undo link'])
      expect(changed(await undo())).toEqual([])
    })
  },
)
