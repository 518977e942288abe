// Plans that are saved, looked at and applied: exactly that, or nothing. The program as a user sees it.
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Finished, type Project, project } from '../support/cli.ts'

let site: Project
beforeEach(() => {
  site = project()
  site.write('hosts.yml', 'web:\n  vars: { ansible_connection: local }\n  hosts: { w1: {}, w2: {} }\n')
  book()
})
afterEach(() => site.remove())

/** A file for each host, one secret in it, a handler, a command that looks and what follows from it. */
function book(more = ''): void {
  site.write(
    'book.ts',
    `import { block, handler, play, playbook, secret, site, task, z } from 'tsplay'
import { command, copy, directory } from 'tsplay/modules'
const schema = site({ vars: z.object({ word: z.string().default('hello') }), groups: {}, otherGroups: z.looseObject({}) })
export default playbook(schema, [
  play({ name: 'main', hosts: 'all', tasks: ({ vars, host }) => {
    const dir = '${site.dir}/' + host.name
    return [
      task('folder', directory({ path: dir })),
      task('file', copy({ content: vars.word + '\\n', dest: dir + '/file' }), { notify: handler('restart', command({ cmd: ['touch', dir + '/restarted'] })) }),
      task('secret', copy({ content: secret('s3cret-' + host.name), dest: dir + '/secret', mode: '0600' })),
      task('look', command({ cmd: 'true' })).register(() => [task('behind', copy({ content: 'x', dest: dir + '/behind' }))]),
      ${more}
    ]
  } }),
])
`,
  )
}

const plan = (...args: string[]): Promise<Finished> =>
  site.tsplay(['run', 'book.ts', '-i', 'hosts.yml', '--check', '--save-plan', 'plan.json', '-o', 'ndjson', ...args])
const apply = (...args: string[]): Promise<Finished> => site.tsplay(['apply', 'plan.json', '-o', 'ndjson', ...args])
const at = (...parts: string[]): string => path.join(site.dir, ...parts)
const changed = ({ tasks }: Finished): string[] =>
  tasks
    .filter((task) => task.changed)
    .map(({ host, task }) => `${host} ${task}`)
    .sort()

describe('a saved plan (X02)', () => {
  test('is applied as it was seen, with what only the run could know', async () => {
    const made = await plan()
    expect(made.code).toBe(0)
    expect(made.stderr).toContain('a plan of 10 tasks on 2 hosts, 2 of which only the run can know: plan.json')
    expect(existsSync(at('w1'))).toBe(false)
    const applied = await apply()
    expect(applied.code, applied.stdout + applied.stderr).toBe(0)
    expect(changed(applied)).toEqual(
      ['w1', 'w2'].flatMap((host) =>
        ['behind', 'file', 'folder', 'look', 'restart', 'secret'].map((task) => `${host} ${task}`),
      ),
    )
    expect(readFileSync(at('w1', 'file'), 'utf8')).toBe('hello\n')
    expect(existsSync(at('w2', 'restarted'))).toBe(true)
  })

  test('is applied a second time without a change but for what always runs', async () => {
    await plan()
    await apply()
    const again = await apply()
    expect(again.code).toBe(0)
    expect(changed(again)).toEqual(['w1 look', 'w2 look'])
  })

  test('does what is left of it where some is done already', async () => {
    await plan()
    mkdirSync(at('w1'))
    const applied = await apply()
    expect(applied.code).toBe(0)
    expect(changed(applied)).not.toContain('w1 folder')
  })

  test('changes nothing anywhere where a host has drifted, and shows the difference', async () => {
    await plan()
    await apply()
    await plan('-e', 'word=new')
    writeFileSync(at('w2', 'file'), 'by hand\n')
    const refused = await apply('-e', 'word=new', '--diff')
    expect(refused.code).toBe(2)
    expect(refused.tasks).toMatchObject([
      {
        host: 'w2',
        task: 'file',
        status: 'failed',
        message: expect.stringMatching(/^differs from the plan, which says content: /),
        diff: [{ property: 'content', patch: expect.stringContaining('-by hand') }],
      },
    ])
    expect(refused.hosts).toEqual({ w2: expect.objectContaining({ failed: 1, changed: 0 }) })
    expect(readFileSync(at('w1', 'file'), 'utf8')).toBe('hello\n')
  })

  test('is refused where something would change that it does not have', async () => {
    await plan()
    await apply()
    await plan()
    writeFileSync(at('w1', 'file'), 'by hand\n')
    const refused = await apply()
    expect(refused.code).toBe(2)
    expect(refused.tasks.map(({ host, task, message }) => `${host} ${task}: ${message}`)).toEqual([
      'w1 file: would change something, and the plan says that there is nothing to do',
      'w1 restart: would change something, and the plan says that there is nothing to do',
    ])
    expect(readFileSync(at('w1', 'file'), 'utf8')).toBe('by hand\n')
  })

  test('notices that a secret on the host is another, though neither is shown', async () => {
    mkdirSync(at('w1'))
    writeFileSync(at('w1', 'secret'), 'old', { mode: 0o600 })
    await plan()
    const text = readFileSync(at('plan.json'), 'utf8')
    expect(text).not.toContain('s3cret')
    expect(statSync(at('plan.json')).mode & 0o777).toBe(0o600)
    writeFileSync(at('w1', 'secret'), 'other')
    const refused = await apply()
    expect(refused.code).toBe(2)
    expect(refused.tasks.map(({ host, task, message }) => `${host} ${task}: ${message}`)).toEqual([
      'w1 secret: differs from the plan in what is not shown',
    ])
  })

  test('is no plan any more where the playbook has other tasks', async () => {
    await plan()
    book("task('one more', directory({ path: dir + '/more' })),")
    const refused = await apply()
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('the tasks of w1, w2 are others than those of the plan')
  })

  test('wants the variables of the command line again, and does not hold them', async () => {
    await plan('-e', 'word=s3same')
    expect(readFileSync(at('plan.json'), 'utf8')).not.toContain('"s3same"')
    expect((await apply()).stderr).toContain('give -e as then: word')
    expect((await apply('-e', 'word=another')).stderr).toContain('a variable has another value than in the plan')
    expect((await apply('-e', 'word=s3same')).code).toBe(0)
    expect(readFileSync(at('w1', 'file'), 'utf8')).toBe('s3same\n')
  })

  test('leaves a rescue to do its work: no check knows what will fail', async () => {
    book(
      "block([task('fails', command({ cmd: 'false' }))], { rescue: [task('mend', copy({ content: 'x', dest: dir + '/mended' }))] }),",
    )
    await plan()
    const applied = await apply()
    expect(applied.code, applied.stdout).toBe(0)
    expect(applied.hosts.w1).toMatchObject({ rescued: 1, failed: 0 })
    expect(existsSync(at('w1', 'mended'))).toBe(true)
  })

  test('keeps to its hosts and tasks', async () => {
    await plan('--limit', 'w1')
    const applied = await apply()
    expect(Object.keys(applied.hosts)).toEqual(['w1'])
    expect(existsSync(at('w2'))).toBe(false)
  })

  test('is made by a check only, and only by one that gets through', async () => {
    const without = await site.tsplay(['run', 'book.ts', '-i', 'hosts.yml', '--save-plan', 'plan.json'])
    expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('add --check')])
    book("task('fails', command({ cmd: 'false' }), { check: false }),")
    const failed = await plan()
    expect(failed.code).toBe(2)
    expect(failed.stderr).toContain('no plan is saved')
    expect(existsSync(at('plan.json'))).toBe(false)
  })

  test.each([
    ['is not there', undefined, 'cannot be read'],
    ['is no JSON', 'x', 'is no plan'],
    ['is something else', '{}', 'is no plan'],
    ['is of another format', '{"tsplayPlan":2}', 'is a plan of format 2'],
    ['is half a plan', '{"tsplayPlan":1}', 'was changed since it was written'],
  ])('that %s is refused', async (_title, text, message) => {
    if (text !== undefined) writeFileSync(at('plan.json'), text)
    const { code, stderr } = await apply()
    expect(code).toBe(1)
    expect(stderr).toContain(`plan.json: ${message}`)
  })

  test('that was edited by hand is refused', async () => {
    await plan()
    writeFileSync(at('plan.json'), readFileSync(at('plan.json'), 'utf8').replace('"w1"', '"w2"'))
    expect((await apply()).stderr).toContain('was changed since it was written')
    appendFileSync(at('plan.json'), ' ')
    expect((await apply()).code).toBe(1)
  })
})
