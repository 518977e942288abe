// What is written about modules: every one says what it does, what each parameter is, and shows examples that compile.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { listMarkdown } from '../../../engine/cli/doc/doc-markdown.ts'
import { listText, moduleText } from '../../../engine/cli/doc/doc-text.ts'
import { extractModuleDocs } from '../../../engine/cli/doc/extract.ts'
import { findDoc } from '../../../engine/cli/doc/find-doc.ts'
import type { ModuleDoc } from '../../../engine/cli/doc/module-doc.ts'
import * as engine from '../../../engine/index.ts'
import * as modules from '../../../modules/index.ts'

const root = path.join(import.meta.dirname, '../../..')
const docs = extractModuleDocs(root)
const scratch = mkdtempSync(path.join(root, 'test', '.examples-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('what is written about modules', () => {
  it('is there for every module that is exported', () => {
    const exported = Object.entries(modules).flatMap(([name, value]) => ('module' in value ? [name] : []))
    expect(docs.map(({ name }) => name)).toEqual(exported.sort())
    expect(docs.filter(({ text }) => text === '').map(({ name }) => name)).toEqual([])
  })

  it('says of every parameter what it is', () => {
    const silent = docs.flatMap(({ name, params }) =>
      params.filter(({ text }) => text === '').map((field) => `${name}.${field.name}`),
    )
    expect(silent).toEqual([])
  })

  it('says of every parameter that may be left out what it is then', () => {
    const told = /\bdefault|\bleft out\b/i
    // it may be said once for all of them
    const silent = docs
      .filter(({ paramsText }) => !told.test(paramsText))
      .flatMap(({ name, params }) =>
        params.filter((field) => !field.required && !told.test(field.text)).map((field) => `${name}.${field.name}`),
      )
    expect(silent).toEqual([])
  })

  it('knows the same parameters as the schema', () => {
    for (const { name, params } of docs) {
      const { shape } = (modules as unknown as Record<string, { module: { params: { shape?: object } } }>)[name]!.module
        .params
      if (shape) expect(params.map((field) => field.name).sort(), name).toEqual(Object.keys(shape).sort())
    }
  })

  it('shows two or three examples of each, with titles', () => {
    const wrong = docs.filter(
      ({ examples }) =>
        examples.length < 2 || examples.length > 3 || examples.some(({ title, code }) => title === '' || code === ''),
    )
    expect(wrong.map(({ name, examples }) => `${name}: ${examples.length}`)).toEqual([])
  })

  it('shows examples that compile as items of a task list', () => {
    writeFileSync(path.join(scratch, 'examples.ts'), examplesFile(docs))
    writeFileSync(
      path.join(scratch, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'] }),
    )
    const { stdout } = spawnSync('npx', ['tsc', '--noEmit', '-p', scratch], { cwd: root, encoding: 'utf8' })
    // what is wrong in the modules themselves is another test's
    expect(stdout.split('\n').filter((line) => line.includes(path.basename(scratch)))).toEqual([])
  })
})

/** All examples, each with the names that a play's tasks have at hand. */
function examplesFile(all: readonly ModuleDoc[]): string {
  const theirs = Object.keys(modules).filter((name) => name !== 'package')
  const ours = Object.keys(engine).filter((name) => !theirs.includes(name))
  return [
    `import { ${ours.join(', ')}, type Facts, type Host, type TaskList } from 'tsplay'`,
    `import { ${theirs.join(', ')}, package as pkg } from 'tsplay/modules'`,
    'interface Context { vars: any; host: Host<any>; hosts: readonly Host[]; groups: any; facts: Facts; check: boolean }',
    ...all.flatMap(({ name, examples }) => {
      // some modules are called as something that a play's tasks have at hand, which then stands before them
      const atHand = ['vars', 'host', 'hosts', 'groups', 'facts', 'check'].filter((each) => each !== name)
      return examples.map(
        ({ title, code }, index) =>
          `// ${name}: ${title}\nexport const ${name}_${index + 1} = ({ ${atHand.join(', ')} }: Context): TaskList => [\n${code},\n]`,
      )
    }),
  ].join('\n')
}

const doc: ModuleDoc = {
  name: 'some',
  file: 'modules/some.ts',
  text: 'Does something. And more of it.\nA second paragraph.',
  paramsText: 'A place.',
  params: [
    { name: 'path', type: 'string', required: true, text: 'Where.' },
    { name: 'kind', type: "'a' | 'b'", required: false, text: 'Which. Default `a`.', default: '`a`' },
  ],
  result: [{ name: 'size', type: 'number', required: true, text: 'Bytes.' }],
  examples: [{ title: 'one', code: "task('x', some({\n  path: '/x',\n}))" }],
}
const look = { width: 40, heading: (text: string) => `*${text}*` }

describe('shown in a terminal', () => {
  it('a module has its parameters, results and examples', () => {
    expect(moduleText(doc, look)).toBe(`*some*  (modules/some.ts)
  Does something. And more of it.
  A second paragraph.

*Parameters*
  A place.
  *path*  string, needed
      Where.
  *kind*  'a' | 'b'
      Which. Default \`a\`.

*Result*
  \`changed\` and \`failed\`, as of every
  task.
  *size*  number
      Bytes.

*Examples*
  // one
  task('x', some({
    path: '/x',
  }))
`)
  })

  it('a list has the first sentence of each', () => {
    const long = { ...doc, name: 'muchLonger', text: 'Is long enough to need a second line here. Really.' }
    expect(listText([doc, long], look)).toBe(`*some*        Does something
*muchLonger*  Is long enough to need a
            second line here
`)
  })

  it('no line of any module is wider than the terminal, but for code, types and addresses', () => {
    for (const each of docs) {
      const [text] = moduleText(each, { width: 80, heading: String }).split('\nExamples\n')
      const wide = text!.split('\n').filter((line) => line.length > 80 && line.trim().includes(' '))
      expect(wide, each.name).toEqual([])
    }
  })
})

it('a page has a table for each module, and bars in types do not end its cells', () => {
  const page = listMarkdown([doc])
  expect(page).toContain('- [`some`](#some): Does something\n')
  expect(page).toContain("| **path** | `string` | Where. |\n| kind | `'a' \\| 'b'` | Which. Default `a`. |\n")
  expect(page).toContain("one:\n\n```ts\ntask('x', some({\n  path: '/x',\n}))\n```")
})

describe('asked for', () => {
  it.each([
    ['waitFor', 'waitFor'],
    ['wait_for', 'waitFor'],
    ['ansible.builtin.lineinfile', 'lineInFile'],
    ['modprobe', 'kernelModule'],
  ])('%s is %s', (given, name) => {
    expect(findDoc(docs, given).name).toBe(name)
  })

  it.each([
    ['copyy', "doc: there is no module 'copyy'", "did you mean 'copy'?"],
    ['add_host', "doc: 'add_host' belongs to a playbook", expect.stringContaining('tsplay run')],
    ['constructor', "doc: there is no module 'constructor'", expect.anything()],
  ])('%s is none', (given, message, hint) => {
    expect(() => findDoc(docs, given)).toThrow(expect.objectContaining({ message, hint }))
  })
})
