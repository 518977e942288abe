// What the documentation shows is true: its code compiles and runs, its tables are complete.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { differences } from '../engine/difference.ts'
import * as engine from '../engine/index.ts'
import { loadDefault } from '../engine/load/load-file.ts'
import * as modules from '../modules/index.ts'
import { expectSettles } from './support/laws.ts'

const root = path.join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const blocks = (markdown: string): string[] => [...markdown.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!)
// inside of the project, so that the examples import from the package as the project's own playbooks do
const scratch = mkdtempSync(path.join(root, 'test', '.docs-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('the code in README.md, modules/README.md and of the rules in docs/playbooks.md compiles', () => {
  const [playbook, inventory] = blocks(read('README.md'))
  const [example] = blocks(read('modules/README.md'))
  writeFileSync(path.join(scratch, 'site.ts'), playbook!.replace(', inventory,', ','))
  writeFileSync(
    path.join(scratch, 'prod.ts'),
    `import { inventory } from 'tsplay'\nimport { web } from './site.ts'\n${inventory}`,
  )
  writeFileSync(path.join(scratch, 'swappiness.ts'), example!)
  const rules = read('docs/playbooks.md').split('## Rules')[1]!
  writeFileSync(path.join(scratch, 'rules.ts'), blocks(rules)[0]!)
  writeFileSync(
    path.join(scratch, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'] }),
  )
  const { status, stdout } = spawnSync('npx', ['tsc', '--noEmit', '-p', scratch], { cwd: root, encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

test('the module of the five-minute example keeps the laws', async () => {
  const file = path.join(scratch, 'swappiness.ts')
  writeFileSync(
    file,
    `${blocks(read('modules/README.md'))[0]}\nimport { playbook, site } from 'tsplay'\nexport default Object.assign(playbook(site({ vars: z.object({}), groups: {} }), []), { swappiness })`,
  )
  const loaded = (await loadDefault(file, 'playbook', {
    modules: { tsplay: engine, 'tsplay/modules': modules },
  })) as unknown as {
    swappiness: { module: engine.Module<{ value: number }, { value: string | null }> }
  }
  const { module } = loaded.swappiness
  expectSettles(module as never, { value: 10 }, { value: '60' })
  expect(differences({ value: '60' }, module.desired({ value: 10 }, { value: '60' }))).toEqual([
    { property: 'value', before: '60', after: '10' },
  ])
})

test('modules/README.md names every module', () => {
  const table = read('modules/README.md').split('## Writing')[0]!
  const named = new Set([...table.matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(named).toEqual(new Set(Object.keys(modules).filter((name) => name !== 'hostFact')))
})

test('the dependency table of README.md names every dependency', () => {
  const table = read('README.md').split('## Dependencies')[1]!.split('##')[0]!
  for (const name of Object.keys(JSON.parse(read('package.json')).dependencies)) expect(table).toContain(name)
})
