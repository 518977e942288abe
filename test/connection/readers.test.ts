// Hosts differ in what reads an exact number of bytes: whatever is there, contents and long scripts must come out whole.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bootstrap } from '../../engine/connection/bootstrap.ts'
import { contentOf } from '../../engine/content.ts'
import { sh } from '../../engine/script.ts'
import { succeeds, text, withSession } from './support.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tsplay-test-'))
})
afterAll(() => rm(directory, { recursive: true }))

/** A directory of commands: links to real ones, or scripts. */
async function commands(
  name: string,
  links: Record<string, string>,
  scripts: Record<string, string> = {},
): Promise<string> {
  const path = join(directory, name)
  await mkdir(path, { recursive: true })
  for (const [command, target] of Object.entries(links)) await symlink(target, join(path, command))
  for (const [command, script] of Object.entries(scripts)) {
    await writeFile(join(path, command), `#!/bin/sh\n${script}\n`)
    await chmod(join(path, command), 0o755)
  }
  return path
}

const missing = !succeeds('busybox', ['true'])

describe.skipIf(missing)(`exact readers${missing ? ' (busybox is not installed here)' : ''}`, () => {
  const cases = {
    'GNU dd': () => commands('gnu', { dd: '/usr/bin/dd', cat: '/usr/bin/cat' }),
    'busybox dd': () =>
      commands('busybox', { dd: '/usr/bin/busybox', head: '/usr/bin/busybox', cat: '/usr/bin/busybox' }),
    'head where dd is old': () =>
      commands('head', { head: '/usr/bin/head', cat: '/usr/bin/cat' }, { dd: 'echo "unknown option" >&2; exit 1' }),
    'dd byte by byte where head reads ahead': () =>
      commands(
        'byte',
        { head: '/usr/bin/busybox', cat: '/usr/bin/cat' },
        { dd: 'case "$*" in *iflag*) echo "unknown option" >&2; exit 1;; *) exec /usr/bin/dd "$@";; esac' },
      ),
  }

  test.each(Object.entries(cases))('%s', async (_, path) => {
    const target = join(directory, 'target')
    const data = randomBytes(300_001)
    await withSession(['env', `PATH=${await path()}`, '/bin/sh'], async (session) => {
      const long = sh.raw(`${'# a comment\n'.repeat(1000)}echo long`)
      const outputs = await session.bundle([
        { script: sh`${contentOf(data)} > ${target}` },
        { script: long },
        { script: sh`${contentOf('short')} | cat; ${contentOf('')}; echo .` },
      ])
      expect(outputs.map((output) => text(output?.stdout))).toEqual(['', 'long\n', 'short.\n'])
      expect((await readFile(target)).equals(data)).toBe(true)
    })
  })
})

describe('the bootstrap', () => {
  test('has nothing that csh or fish would touch within single quotes', () => {
    expect(bootstrap('token')).not.toMatch(/['\\!\n]/)
  })

  const serve = (input: string) =>
    spawnSync('/bin/sh', ['-c', bootstrap('token'), 'tsplay'], { input: `nonce mark\n${input}`, encoding: 'utf8' })

  test('runs what comes with its nonce', () => {
    const { stdout, status } = serve('nonce 1 1 0 0 0\necho hello\n#nonce\n')
    expect(stdout).toMatch(/^token \d+ \d+\nhello\nmark 1 0 done\n$/)
    expect(status).toBe(0)
  })

  test.each([
    ['another nonce', 'other 1 1 0 0 0\necho pwned\n#nonce\n'],
    ['no nonce', 'echo pwned\n'],
    ['a script that is cut off', 'nonce 1 1 0 0 0\necho pwned\n'],
    ['a long script that is cut off', `nonce 1 1 0 5000 0\necho pwned\n`],
    ['a script of another nonce', 'nonce 1 1 0 24 0\necho pwned; exit 0\n#other'],
  ])('ends without running anything at %s', (_, input) => {
    const { stdout, status } = serve(input)
    expect(stdout).toMatch(/^token \d+ \d+\n(mark - 0 sync\n)?$/)
    expect(status).toBe(3)
  })

  test('does not take a content for whole that is cut off', () => {
    const { stdout } = serve('nonce 1 1 0 0 16\n_tsp_content 10 && echo whole\n#nonce\n0123456789non')
    expect(stdout).toMatch(/^token \d+ \d+\n0123456789mark 1 1 lost\n$/)
  })
})
