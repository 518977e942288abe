import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type GitParams, git } from '../../modules/git.ts'
import { shells } from '../support/fake-commands.ts'
import { askLocally, runLocally } from '../support/local-host.ts'
import { poorShell } from '../support/root-with.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'

const run = (cwd: string, ...args: string[]): string =>
  execFileSync(
    'git',
    ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'protocol.file.allow=always', ...args],
    {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  ).trim()

const commit = (repo: string, text: string): string => {
  writeFileSync(join(repo, 'file'), text)
  run(repo, 'add', '.')
  run(repo, 'commit', '-q', '-m', text)
  return run(repo, 'rev-parse', 'HEAD')
}

/** A repository with a branch, tags of both kinds and three commits. */
function world() {
  const folder = folderHere()
  const repo = join(folder, "the repo's")
  mkdirSync(repo)
  run(repo, 'init', '-q', '-b', 'trunk')
  const one = commit(repo, 'one')
  run(repo, 'tag', 'light')
  run(repo, 'tag', '-a', '-m', 'x', 'v1')
  const two = commit(repo, 'two')
  run(repo, 'branch', 'dev/x')
  const three = commit(repo, 'three')
  return { folder, repo, dest: join(folder, 'opt', 'it is here'), one, two, three }
}

const result = async (params: GitParams) => git.module.result!(params, await askLocally(git.module.probe(params)))

describe('git', () => {
  it.each(shells)('clones the main branch, a branch, a tag of either kind, a commit (M15, %s)', async (...shell) => {
    const { repo, dest, one, two, three } = world()
    for (const [version, head] of [
      [undefined, three],
      ['dev/x', two],
      ['v1', one],
      ['light', one],
      [two, two],
      ['refs/heads/dev/x', two],
    ] as const) {
      const to = `${dest} ${version?.replaceAll('/', '_')}`
      const { output } = await settleHere(git({ repo, dest: to, ...(version && { version }) }), { shell })
      expect(output!.stdout).toBe(`commit ${head}\n`)
      expect(run(to, 'rev-parse', 'HEAD')).toBe(head)
      expect(run(to, 'status', '--porcelain')).toBe('')
      expect(readdirSync(join(to, '..')).filter((name) => name.includes('tsplay'))).toEqual([])
    }
    expect(run(`${dest} undefined`, 'rev-parse', '--abbrev-ref', 'HEAD', '@{upstream}')).toBe('trunk\norigin/trunk')
    expect(run(`${dest} dev_x`, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('dev/x')
  })

  it.each(shells)('follows a branch, moves between versions, and tells before and after (%s)', async (...shell) => {
    const { repo, dest, one, three } = world()
    await settleHere(git({ repo, dest }), { shell })
    const four = commit(repo, 'four')
    expect(await result({ repo, dest })).toEqual({ before: three, after: three })
    const { output } = await settleHere(git({ repo, dest }), { shell })
    expect(git.module.result!({ repo, dest }, { commit: three } as never, output)).toEqual({
      before: three,
      after: four,
    })
    expect(readFileSync(join(dest, 'file'), 'utf8')).toBe('four')
    await settleHere(git({ repo, dest, version: 'v1' }), { shell })
    expect(run(dest, 'rev-parse', 'HEAD')).toBe(one)
    commit(repo, 'five')
    run(repo, 'tag', 'v2')
    await settleHere(git({ repo, dest, version: 'v2' }), { shell })
    expect(readFileSync(join(dest, 'file'), 'utf8')).toBe('five')
    run(repo, 'tag', '-f', 'v2', four)
    await settleHere(git({ repo, dest, version: 'v2' }), { shell })
    expect(run(dest, 'rev-parse', 'HEAD')).toBe(four)
  })

  it('fetches no more history than is asked for', async () => {
    const { repo, dest, three } = world()
    const address = `file://${repo.replaceAll(' ', '%20')}`
    await settleHere(git({ repo: address, dest, depth: 1 }))
    expect(run(dest, 'rev-list', '--count', 'HEAD')).toBe('1')
    commit(repo, 'four')
    commit(repo, 'five')
    await settleHere(git({ repo: address, dest, depth: 1 }))
    expect(run(dest, 'rev-list', '--count', 'HEAD')).toBe('1')
    await settleHere(git({ repo: address, dest, depth: 1, version: three }))
    expect(readFileSync(join(dest, 'file'), 'utf8')).toBe('three')
    await settleHere(git({ repo: address, dest: `${dest}2`, depth: 2, singleBranch: false, version: 'v1' }))
    expect(run(`${dest}2`, 'branch', '-r')).toContain('origin/dev/x')
  })

  it('fails where files were changed, unless they may be thrown away; unknown ones stay', async () => {
    const { repo, dest } = world()
    await settleHere(git({ repo, dest }))
    writeFileSync(join(dest, 'file'), 'mine')
    writeFileSync(join(dest, 'unknown'), 'mine')
    await expect(runLocally(git({ repo, dest }))).rejects.toThrow(/has local changes: file$/)
    await expectSettled(git({ repo, dest, update: false }))
    await settleHere(git({ repo, dest, force: true }))
    expect(readFileSync(join(dest, 'file'), 'utf8')).toBe('three')
    expect(readFileSync(join(dest, 'unknown'), 'utf8')).toBe('mine')
  })

  it('does not overwrite a file that git does not know, unless forced', async () => {
    const { repo, dest } = world()
    await settleHere(git({ repo, dest }))
    writeFileSync(join(repo, 'new'), 'theirs')
    commit(repo, 'four')
    writeFileSync(join(dest, 'new'), 'mine')
    const { output } = await runLocally(git({ repo, dest }))
    expect(output!.code).toBe(1)
    expect(output!.stderr).toMatch(/untracked working tree files would be overwritten/)
    expect(readFileSync(join(dest, 'new'), 'utf8')).toBe('mine')
    await settleHere(git({ repo, dest, force: true }))
    expect(readFileSync(join(dest, 'new'), 'utf8')).toBe('theirs')
  })

  it('leaves what is there alone without update, and makes nothing without clone', async () => {
    const { repo, dest } = world()
    await expectSettled(git({ repo, dest, clone: false }))
    await settleHere(git({ repo, dest }))
    commit(repo, 'four')
    await expectSettled(git({ repo: '/nonexistent', dest, update: false }))
    await settleHere(git({ repo, dest, clone: false }))
  })

  it('changes the address of the remote', async () => {
    const { folder, repo, dest } = world()
    await settleHere(git({ repo, dest, remote: 'upstream' }))
    symlinkSync(repo, join(folder, 'other'))
    const { differences } = await settleHere(git({ repo: join(folder, 'other'), dest, remote: 'upstream' }))
    expect(differences.map(({ property }) => property)).toEqual(['remote'])
    expect(run(dest, 'remote', '-v')).toMatch(/^upstream\t.*other \(fetch\)/)
  })

  it('checks out submodules, and brings them to the commit that is recorded', async () => {
    const { folder, repo, dest } = world()
    const inner = join(folder, 'inner')
    mkdirSync(inner)
    run(inner, 'init', '-q')
    commit(inner, 'inner one')
    run(repo, 'submodule', '--quiet', 'add', inner, 'sub')
    commit(repo, 'with sub')
    // git fetches submodules over the file protocol only where it is told to
    const config = join(folder, 'gitconfig')
    writeFileSync(config, '[protocol "file"]\n\tallow = always\n')
    const shell = ['env', `GIT_CONFIG_GLOBAL=${config}`, '/bin/sh']
    await settleHere(git({ repo, dest, recursive: false }), { shell })
    expect(existsSync(join(dest, 'sub', 'file'))).toBe(false)
    const { differences } = await settleHere(git({ repo, dest }), { shell })
    expect(differences.map(({ property }) => property)).toEqual(['submodules'])
    expect(readFileSync(join(dest, 'sub', 'file'), 'utf8')).toBe('inner one')
    commit(inner, 'inner two')
    run(join(repo, 'sub'), 'pull', '-q')
    commit(repo, 'newer sub')
    await settleHere(git({ repo, dest }), { shell })
    expect(readFileSync(join(dest, 'sub', 'file'), 'utf8')).toBe('inner two')
    await settleHere(git({ repo, dest: `${dest}2` }), { shell })
    expect(readFileSync(join(`${dest}2`, 'sub', 'file'), 'utf8')).toBe('inner two')
  })

  it('keeps a bare repository as its remote is', async () => {
    const { repo, dest } = world()
    await settleHere(git({ repo, dest, bare: true }))
    expect(run(dest, 'rev-parse', '--is-bare-repository', 'refs/tags/light')).toMatch(/^true\n/)
    const four = commit(repo, 'four')
    await settleHere(git({ repo, dest, bare: true }))
    expect(run(dest, 'rev-parse', 'trunk')).toBe(four)
    await settleHere(git({ repo, dest, bare: true, version: 'dev/x' }))
    expect(run(dest, 'symbolic-ref', 'HEAD')).toBe('refs/heads/dev/x')
  })

  it('goes into an empty folder, and never over what is there', async () => {
    const { repo, dest } = world()
    mkdirSync(dest, { recursive: true })
    await settleHere(git({ repo, dest }))
    const full = `${dest}-full`
    mkdirSync(full)
    writeFileSync(join(full, '.hidden'), '')
    await expect(runLocally(git({ repo, dest: full }))).rejects.toThrow(/is not a git repository, and not empty/)
    await expect(runLocally(git({ repo, dest: join(full, '.hidden') }))).rejects.toThrow(/not a git repository/)
  })

  it('is not misled by a repository further up', async () => {
    const { repo } = world()
    const dest = join(repo, 'within')
    mkdirSync(join(dest, '.git'), { recursive: true })
    await expect(runLocally(git({ repo, dest }))).rejects.toThrow(/not a git repository/)
  })

  it('says what is missing: the version, the repository, git itself', async () => {
    const { repo, dest, one } = world()
    await expect(runLocally(git({ repo, dest, version: 'nosuch' }))).rejects.toThrow(/has no branch or tag 'nosuch'/)
    await expect(runLocally(git({ repo: '/nonexistent', dest }))).rejects.toThrow(/^\/nonexistent cannot be read: /)
    await expect(runLocally(git({ repo, dest, version: one.slice(0, 8) }))).rejects.toMatchObject({
      hint: 'a commit is given with all of its 40 digits',
    })
    const absent = await runLocally(git({ repo, dest, version: '0'.repeat(40) }))
    expect(absent.output).toMatchObject({ code: 1 })
    expect(existsSync(dest)).toBe(false)
    await expect(runLocally(git({ repo, dest }), { shell: poorShell([]) })).rejects.toMatchObject({
      message: 'the host has no git',
      hint: "install it first: package({ name: 'git' })",
    })
  })

  it.each<[Partial<GitParams>, RegExp]>([
    [{ repo: '--upload-pack=x' }, /'repo': .* is neither the address/],
    [{ repo: 'relative/path' }, /'repo': .* is neither the address/],
    [{ repo: 'https://me:word@example.com/x' }, /'repo': a password in the address would stand in .git\/config/],
    [{ dest: 'relative' }, /'dest'/],
    [{ version: '-b' }, /'version': "-b" is not the name/],
    [{ version: 'a b' }, /'version'/],
    [{ version: 'a..b' }, /'version'/],
    [{ remote: '-x' }, /'remote': is the name of a remote/],
    [{ depth: 0 }, /'depth'/],
    [{ bare: true, force: true }, /'bare': there are no files/],
  ])('refuses %j', (params, message) => {
    expect(() => git({ repo: 'https://example.com/x.git', dest: '/srv/x', ...params })).toThrow(message)
  })
})
