// tsplay lint: everything that is wrong, in one go, without a host; and rules that stop a run.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Project, project } from '../support/cli.ts'

let site: Project
beforeEach(() => {
  site = project()
  inventory('ssh')
  site.write(
    'world.ts',
    `import { site, z } from 'tsplay'
export const world = site({
  vars: z.object({ podCidr: z.string().default('10.244.0.0/16'), low: z.number().default(1) }),
  groups: { web: z.object({}), db: z.object({}) },
})
`,
  )
})

const inventory = (transport: string): string =>
  site.write(
    'inventories/faulty.ts',
    `import { inventory } from 'tsplay'
import { world } from '../world.ts'
export default inventory(world, {
  vars: {
    podCidr: '192.168.0.0/12',
    transport: '${transport}',
  },
  groups: { web: { hosts: { w1: { address: '127.0.0.1' }, w2: { address: '127.0.0.2', low: 5 } } }, db: { hosts: {} } },
})
`,
  )
afterEach(() => site.remove())

const book = (tasks: string, rules = '', plays = ''): string =>
  site.write(
    'book.ts',
    `import { play, playbook, task, type Finding } from 'tsplay'
import { copy, shell, template } from 'tsplay/modules'
import { world } from './world.ts'
export default playbook(world, [
  play({ name: 'main', hosts: 'web', tasks: ({ vars, facts }) => [
${tasks}
  ] }),
${plays}
], { rules: [${rules}] })
`,
  )

const hostBits = `({ vars }) => [vars.podCidr === '192.168.0.0/12' && { level: 'error', rule: 'cidr', message: 'the pod network has host bits set', hint: 'it is 192.160.0.0/12', variable: 'podCidr' } as const]`
const low = `({ vars, host }) => [vars.low > 3 && { level: 'warning', rule: 'low', message: 'low is high', variable: 'low', host: host.name } as const]`

describe('tsplay lint', () => {
  test('tells all errors and warnings with their places, and exits 1', async () => {
    book(
      `    task('a', template({ src: 'missing.ejs', dest: '/tmp/x' })),
    task('b', copy({ src: 'nowhere', dest: '/tmp/x' })),
    task('c', copy({ content: '', dest: '/tmp/x' })),
    task('c', copy({ content: '', dest: '/tmp/y' })),`,
      `${hostBits}, ${low}`,
      "  play({ name: 'nobody', hosts: 'db', tasks: () => [] }),",
    )
    const { code, stdout, stderr } = await site.tsplay(['lint', 'book.ts', '-i', 'faulty'])
    expect(stderr).toBe('')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^error \[cidr\] the pod network has host bits set\n {2}at inventories\/faulty\.ts:5:\d+ \(podCidr\)\n {2}hint: it is 192\.160\.0\.0\/12$/m,
    )
    expect(stdout).toMatch(
      /^warning \[low\] low is high\n {2}at inventories\/faulty\.ts:8:\d+ \(low\)\n {2}hosts: w2$/m,
    )
    expect(stdout).toMatch(/^error \[task\] play 'main', task 'a': .*missing\.ejs/m)
    expect(stdout).toMatch(/^error \[task\] play 'main', task 'b': .*nowhere/m)
    expect(stdout).toMatch(/^warning \[same-name\] play 'main' has several tasks 'c'/m)
    expect(stdout).toMatch(/^warning \[no-hosts\] play 'nobody' is for no host of this inventory\n {2}at book\.ts:11/m)
    expect(stdout).toMatch(/\nbook\.ts: 3 errors, 3 warnings\n$/)
    expect(stdout.indexOf('warning')).toBeGreaterThan(stdout.lastIndexOf('error ['))
  })

  test('of a playbook in which nothing is wrong says so, and what it could not look at', async () => {
    book(`    task('c', copy({ content: facts.os.id, dest: '/tmp/x' })),`)
    const { code, stdout } = await site.tsplay(['lint', 'book.ts', '-i', 'faulty'])
    expect(stdout).toBe(
      "not looked at: the tasks of play 'main' on w1, w2, which depend on facts\nbook.ts: nothing found\n",
    )
    expect(code).toBe(0)
  })

  test('exits 0 where there are only warnings', async () => {
    book('', low)
    expect((await site.tsplay(['lint', 'book.ts', '-i', 'faulty'])).code).toBe(0)
  })

  test('gives programs a line of JSON for each finding', async () => {
    book('', hostBits)
    const { stdout, code } = await site.tsplay(['lint', 'book.ts', '-i', 'faulty', '-o', 'ndjson'])
    expect(code).toBe(1)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        type: 'finding',
        playbook: 'book.ts',
        level: 'error',
        rule: 'cidr',
        message: 'the pod network has host bits set',
        place: { file: expect.stringMatching(/inventories\/faulty\.ts$/), line: 5, column: expect.any(Number) },
        variable: 'podCidr',
        hosts: ['w1', 'w2'],
        hint: 'it is 192.160.0.0/12',
      },
    ])
  })

  test('says that a default is meant where the inventory says nothing', async () => {
    book('', `() => [{ level: 'error', rule: 'x', message: 'no', variable: 'other.deep' } as const]`)
    const { stdout } = await site.tsplay(['lint', 'book.ts', '-i', 'faulty'])
    expect(stdout).toContain('error [x] no\n  of other.deep, which the inventory leaves at its default\n')
  })
})

describe('the rules of a playbook', () => {
  test('stop a run before a host is touched, and name everything', async () => {
    inventory('local')
    const touched = path.join(site.dir, 'touched')
    book(`    task('touch', shell({ cmd: ': > ${touched}' })),`, hostBits)
    const one = await site.tsplay(['run', 'book.ts', '-i', 'faulty'])
    expect(one.code).toBe(1)
    expect(one.stderr).toMatch(
      /the pod network has host bits set\n {2}at inventories\/faulty\.ts:5:\d+\n {2}hint: it is 192/,
    )
    book(
      `    task('touch', shell({ cmd: ': > ${touched}' })),`,
      `${hostBits}, () => [{ level: 'error', rule: 'x', message: 'another' } as const]`,
    )
    const two = await site.tsplay(['run', 'book.ts', '-i', 'faulty', '--check'])
    expect(two.code).toBe(1)
    expect(two.stderr).toMatch(/2 errors in the inventory of book\.ts:\nerror \[cidr\][\s\S]*error \[x\] another/)
    expect(existsSync(touched)).toBe(false)
  })

  test('that only warn stop nothing', async () => {
    inventory('local')
    book(`    task('c', copy({ content: 'x', dest: '${path.join(site.dir, 'out')}' })),`, low)
    const { code, stderr } = await site.tsplay(['run', 'book.ts', '-i', 'faulty'])
    expect(stderr).toContain('warning [low] low is high')
    expect(code).toBe(0)
    expect(existsSync(path.join(site.dir, 'out'))).toBe(true)
  })

  test('that fail themselves say which host they were looking at', async () => {
    book('', `({ host }) => [(host as never as { a: { b: never } }).a.b]`)
    const { code, stderr } = await site.tsplay(['lint', 'book.ts', '-i', 'faulty'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/a rule of the playbook fails for host 'w1': Cannot read properties.*/)
  })
})
