// tsplay doc as it is installed.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Project, project } from '../../support/cli.ts'

let site: Project
beforeAll(() => {
  site = project()
})
afterAll(() => site.remove())

describe('tsplay doc', () => {
  test('lists all modules in a line each', async () => {
    const { code, stdout } = await site.tsplay(['doc'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^command {2,}Runs a program without a shell$/m)
    expect(stdout).toMatch(/\ntsplay doc MODULE shows/)
  })

  test('prints a module with parameters, results and examples', async () => {
    const { code, stdout } = await site.tsplay(['doc', 'command'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^command {2}\(modules\/command\.ts\)\n {2}Runs a program without a shell\./)
    expect(stdout).toMatch(/\n {2}cmd {2}string \| string\[\], needed\n/)
    expect(stdout).toMatch(/\n {2}stdoutLines {2}string\[\]\n/)
    expect(stdout).toMatch(/\n {2}task\('keys', command\(\{ cmd: \['ssh-keygen', '-A'\]/)
  })

  test('gives the same as JSON, of several modules as well', async () => {
    const { stdout } = await site.tsplay(['doc', 'line_in_file', 'ansible.builtin.user', '--format', 'json'])
    expect((JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)).toEqual(['lineInFile', 'user'])
    const all = JSON.parse((await site.tsplay(['doc', '--all', '--format', 'json'])).stdout) as { params: unknown[] }[]
    expect(all.length).toBeGreaterThan(30)
    expect(all.every(({ params }) => Array.isArray(params))).toBe(true)
  })

  test('refuses what is no module as any wrong input, with what was meant', async () => {
    const { code, stdout, stderr } = await site.tsplay(['doc', 'copyy'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe("tsplay: doc: there is no module 'copyy'\n  hint: did you mean 'copy'?\n")
    expect((await site.tsplay(['doc', '--format', 'xml'])).code).toBe(1)
  })
})

test('what it prints is part of the package, what makes it is not', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: path.join(import.meta.dirname, '../../..'),
    encoding: 'utf8',
  })
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }]
  const ours = files.map((file) => file.path).filter((file) => file.startsWith('dist/engine/cli/doc/'))
  expect(ours).toContain('dist/engine/cli/doc/modules.json')
  expect(ours.filter((file) => /extract|generate/.test(file))).toEqual([])
})
