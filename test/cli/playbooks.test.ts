// Several playbooks in one run, and runs that are gone on with: the program as a user sees it.
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Finished, type Project, project } from '../support/cli.ts'

let site: Project
beforeEach(() => {
  site = project()
  site.write(
    'hosts.yml',
    `web:
  vars: { ansible_connection: local, greeting: hello, weight: 3 }
  hosts: { w1: {}, w2: {} }
`,
  )
})
afterEach(() => site.remove())

const head = `import { handler, play, playbook, site, task, z } from 'tsplay'
import { command, copy, debug } from 'tsplay/modules'
`
const book = (schema: string, tasks: string): string => `${head}
export default playbook(site({ vars: z.object({ ${schema} }), groups: {}, otherGroups: z.looseObject({}) }), [
  play({ name: 'all of it', hosts: 'all', tasks: ({ vars, host }) => [ ${tasks} ] }),
])
`
const run = (...args: string[]): Promise<Finished> => site.tsplay(['run', ...args, '-i', 'hosts.yml', '-o', 'ndjson'])
const said = ({ tasks }: Finished): string[] =>
  tasks.map(({ host, task, status }) => `${host} ${task} ${status}`).sort()
const notices = ({ events }: Finished): string[] =>
  events.flatMap((event) => (event.type === 'notice' ? [event.message] : []))

describe('several playbooks', () => {
  test('run one after the other as one run, each with the variables of its own site (A140)', async () => {
    site.write('a.ts', book('greeting: z.string()', 'task(`${vars.greeting}`, debug({ message: "x" }))'))
    site.write(
      'b/b.ts',
      book(
        'weight: z.coerce.number()',
        'task(`${vars.weight + 1}`, copy({ src: "text", dest: `/dev/null` }), { when: false })',
      ),
    )
    const ran = await run('a.ts', 'b/b.ts')
    expect(said(ran)).toEqual(['w1 4 skipped', 'w1 hello ok', 'w2 4 skipped', 'w2 hello ok'])
    expect(ran.events.filter(({ type }) => type === 'recap')).toHaveLength(1)
    expect(ran.hosts.w1).toMatchObject({ ok: 1, skipped: 1 })
  })

  test('leave a host that has failed out of those that follow (A084)', async () => {
    site.write(
      'a.ts',
      book('greeting: z.string()', 'task("a", command({ cmd: host.name === "w1" ? "false" : "true" }))'),
    )
    site.write('b.ts', book('weight: z.coerce.number()', 'task("b", debug({ message: "x" }))'))
    const ran = await run('a.ts', 'b.ts')
    expect(said(ran)).toEqual(['w1 a failed', 'w2 a changed', 'w2 b ok'])
    expect(ran.code).toBe(2)
  })

  test('are all looked at before any host is touched', async () => {
    site.write('a.ts', book('greeting: z.string()', `task("a", copy({ content: "x", dest: "${site.dir}/made" }))`))
    site.write('b.ts', book('missing: z.string()', 'task("b", debug({ message: "x" }))'))
    const ran = await run('a.ts', 'b.ts')
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('missing')
    expect(ran.tasks).toEqual([])
  })

  test('are searched for tags and roles together (A130)', async () => {
    site.write('a.ts', book('greeting: z.string()', 'task("a", debug({ message: "x" }), { tags: "one" })'))
    site.write('b.ts', book('weight: z.coerce.number()', 'task("b", debug({ message: "x" }), { tags: "two" })'))
    expect(said(await run('a.ts', 'b.ts', '--tags', 'two'))).toEqual(['w1 b ok', 'w2 b ok'])
    const wrong = await run('a.ts', 'b.ts', '--tags', 'twoo')
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toContain("no task in a.ts or b.ts has the tag 'twoo'")
  })
})

describe('--resume', () => {
  beforeEach(() => {
    site.write(
      'book.ts',
      book(
        'greeting: z.string()',
        `task('config', copy({ content: 'x', dest: '${site.dir}/' + host.name + '.conf' }), { notify: handler('restart', command({ cmd: 'true' })) }),
         host.name === 'w1' && task('risky', command({ cmd: ['test', '-e', '${site.dir}/mended'] })),
         task('last', debug({ message: 'x' })),`,
      ),
    )
  })
  const mend = (): void => writeFileSync(path.join(site.dir, 'mended'), '')

  test('goes on at the first task not done, and runs the handlers that are due (X05, X06)', async () => {
    const first = await run('book.ts')
    expect(first.code).toBe(2)
    expect(notices(first)).toEqual([
      "still due, for the next run: handler 'restart'",
      'the same command with --resume goes on where each host stopped',
    ])
    mend()
    const second = await run('book.ts', '--resume')
    expect(second.code).toBe(0)
    expect(said(second)).toEqual(['w1 last ok', 'w1 restart changed', 'w1 risky changed'])
    expect(notices(second)[0]).toMatch(/^going on with the run of .*: 2 hosts had begun$/)
  })

  test('says so where there is nothing to go on with, and runs everything (X06)', async () => {
    mend()
    const ran = await run('book.ts', '--resume')
    expect(notices(ran)[0]).toMatch(/^there is nothing to go on with/)
    expect(ran.tasks).toHaveLength(7)
  })

  test('and --start-at-task exclude each other', async () => {
    const { code, stderr } = await run('book.ts', '--resume', '--start-at-task', 'last')
    expect(code).toBe(1)
    expect(stderr).toContain('--resume')
  })

  test('does not look at a check (X06)', async () => {
    await run('book.ts', '--check')
    rmSync(path.join(site.dir, 'mended'), { force: true })
    expect(notices(await run('book.ts', '--check', '--resume'))[0]).toMatch(/^there is nothing/)
  })
})
