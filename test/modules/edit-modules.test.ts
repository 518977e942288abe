// lineInFile, blockInFile and replace on real files.
import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Action } from '../../engine/module.ts'
import { secret } from '../../engine/secret.ts'
import { blockInFile } from '../../modules/block-in-file.ts'
import { lineInFile } from '../../modules/line-in-file.ts'
import { replace } from '../../modules/replace.ts'
import { runLocally } from '../support/local-host.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyNames, nastyTexts, nothingRan, shellsHere } from '../support/shells.ts'

const isRoot = process.getuid?.() === 0

/** A file of its own with this text. */
function withFile(text: string | Buffer): string {
  const path = join(folderHere(), 'file')
  writeFileSync(path, text)
  chmodSync(path, 0o640)
  return path
}
const text = (path: string) => readFileSync(path, 'utf8')

describe.each(shellsHere)('edits in $name', ({ argv: shell }) => {
  it.each<[string, (path: string) => Action, string]>([
    ['lineInFile (M04)', (path) => lineInFile({ path, regexp: '^b=', line: "b='x'; $y" }), "a=1\nb='x'; $y\nc\n"],
    [
      'blockInFile (M05)',
      (path) => blockInFile({ path, block: 'x\ny' }),
      'a=1\nb=2\nc\n# BEGIN TSPLAY MANAGED BLOCK\nx\ny\n# END TSPLAY MANAGED BLOCK\n',
    ],
    ['replace (M06)', (path) => replace({ path, regexp: '\\d', replace: 'N' }), 'a=N\nb=N\nc\n'],
  ])('%s changes the text, keeps the mode, leaves no rest', async (_name, action, wanted) => {
    const path = withFile('a=1\nb=2\nc\n')
    const { differences } = await settleHere(action(path), { shell })
    expect(differences.map(({ property }) => property)).toEqual(['content'])
    expect(differences[0]?.patch).toContain('@@')
    expect(text(path)).toBe(wanted)
    expect(statSync(path).mode & 0o777).toBe(0o640)
    expect(readdirSync(join(path, '..'))).toEqual(['file'])
  })

  it('edits what a link leads to, and keeps the link (B10)', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'config'), 'SELINUX=enforcing\n')
    symlinkSync('config', join(dir, 'selinux'))
    await settleHere(lineInFile({ path: join(dir, 'selinux'), regexp: '^SELINUX=', line: 'SELINUX=disabled' }), {
      shell,
    })
    await settleHere(replace({ path: join(dir, 'selinux'), regexp: 'disabled', replace: 'permissive', mode: '0600' }), {
      shell,
    })
    expect(readlinkSync(join(dir, 'selinux'))).toBe('config')
    expect(lstatSync(join(dir, 'config')).isFile()).toBe(true)
    expect(text(join(dir, 'config'))).toBe('SELINUX=permissive\n')
  })

  it('validates before it replaces, and keeps a copy', async () => {
    const path = withFile('a\n')
    const edit = { path, line: 'b', backup: true }
    const refused = await runLocally(lineInFile({ ...edit, validate: '! grep -q b %s' }), { shell })
    expect(refused.output?.stderr).toContain('validation failed')
    expect(text(path)).toBe('a\n')
    const action = lineInFile({ ...edit, validate: 'grep -q b %s' })
    const { output } = await settleHere(action, { shell })
    const { backupFile } = action.module.result!(action.params, null, output) as { backupFile: string }
    expect(text(backupFile)).toBe('a\n')
  })

  it('takes any text as a line, a block and a replacement, and any name', async () => {
    const dir = folderHere()
    for (const [index, name] of nastyNames.entries()) {
      const path = join(dir, name)
      const nasty = nastyTexts[index]!
      const [line] = nasty.split('\n')
      await settleHere(lineInFile({ path, line: line!, create: true }), { shell })
      await settleHere(blockInFile({ path, block: nasty, marker: `# {mark} ${line}` }), { shell })
      expect(text(path)).toBe(`${line}\n# BEGIN ${line}\n${nasty}\n# END ${line}\n`)
    }
    expect(nothingRan()).toBe(true)
  })
})

describe('edits', () => {
  it.runIf(isRoot)('keep the owner of the file; skipped without root', async () => {
    const path = withFile('a\n')
    chownSync(path, 1234, 1235)
    await settleHere(lineInFile({ path, line: 'b' }))
    expect(statSync(path)).toMatchObject({ uid: 1234, gid: 1235 })
  })

  it('make a missing file only with create, mode 0644, and never its folder', async () => {
    const path = join(folderHere(), 'new')
    await expect(runLocally(lineInFile({ path, line: 'a' }))).rejects.toThrow(/does not exist/)
    await expect(runLocally(blockInFile({ path, block: 'a' }))).rejects.toThrow(/does not exist/)
    await expect(runLocally(replace({ path, regexp: 'a' }))).rejects.toThrow(/does not exist/)
    await expect(runLocally(lineInFile({ path: `${path}/in`, line: 'a', create: true }))).rejects.toThrow(
      /is not a directory on the host/,
    )
    await settleHere(lineInFile({ path, line: 'a', create: true }))
    expect(text(path)).toBe('a\n')
    expect(statSync(path).mode & 0o777).toBe(0o644)
  })

  it('have nothing to remove from a file that is not there', async () => {
    const path = join(folderHere(), 'none')
    await expectSettled(lineInFile({ path, line: 'a', state: 'absent' }))
    await expectSettled(blockInFile({ path, block: 'a', state: 'absent' }))
    await expectSettled(blockInFile({ path, block: '' }))
  })

  it('set mode and owner also where the text is right', async () => {
    const path = withFile('a\n')
    const { differences } = await settleHere(lineInFile({ path, line: 'a', mode: '0600' }))
    expect(differences.map(({ property }) => property)).toEqual(['mode'])
  })

  it('fail where every run would change the file again, and leave it alone (B11, B12)', async () => {
    const path = withFile('/dev/sda2 none swap sw 0 0\n')
    const trap = /would change with every run/
    await expect(runLocally(replace({ path, regexp: '.*swap.*', replace: '#$&' }))).rejects.toThrow(trap)
    const growing = { path, regexp: '^(.*swap.*)$', line: '#\\1', backrefs: true }
    await expect(runLocally(lineInFile(growing))).rejects.toThrow(trap)
    writeFileSync(path, 'server a\nserver b\n')
    await expect(runLocally(lineInFile({ path, regexp: '^server', line: 'pool c' }))).rejects.toThrow(trap)
    expect(text(path)).toBe('server a\nserver b\n')
  })

  it('fail where the file is large, binary, or none', async () => {
    await expect(runLocally(lineInFile({ path: withFile('x'.repeat(200_000)), line: 'a' }))).rejects.toThrow(
      /has 200000 bytes/,
    )
    await expect(runLocally(replace({ path: withFile(Buffer.from([0xff, 0xfe, 10])), regexp: 'a' }))).rejects.toThrow(
      /no text in UTF-8/,
    )
    await expect(runLocally(lineInFile({ path: folderHere(), line: 'a' }))).rejects.toThrow(
      /is a directory, not a file/,
    )
  })

  it('show no diff of what a secret goes into', async () => {
    const path = withFile('a\n')
    for (const action of [
      lineInFile({ path, line: secret('password=hunter2') }),
      blockInFile({ path, block: secret('one\nhunter2'), marker: '# {mark}' }),
    ]) {
      const { differences } = await runLocally(action, { check: true })
      expect(differences).toEqual([{ property: 'content', before: '***', after: '***' }])
      await settleHere(action)
    }
    expect(text(path)).toBe('a\npassword=hunter2\n# BEGIN\none\nhunter2\n# END\n')
    await expect(runLocally(lineInFile({ path, line: secret('a\nb', 'key') }))).rejects.toThrow(
      /'key' is more than one/,
    )
    await expect(runLocally(blockInFile({ path, block: secret('# END', 'key'), marker: '# {mark}' }))).rejects.toThrow(
      /'key' holds one of the block's own markers/,
    )
  })

  it('name the file whose markers are damaged', async () => {
    const path = withFile('# BEGIN TSPLAY MANAGED BLOCK\nx\n')
    await expect(runLocally(blockInFile({ path, block: 'a' }))).rejects.toThrow(`${path}: line 1 begins a block`)
  })

  it.each<[() => Action, RegExp]>([
    [() => lineInFile({ path: '/x' }), /line/],
    [() => lineInFile({ path: '/x', line: 'a\nb' }), /no newline/],
    [() => lineInFile({ path: '/x', line: 'a', regexp: '(' }), /regexp.*not a regular expression/],
    [() => lineInFile({ path: '/x', line: 'a', regexp: '' }), /matches everything/],
    [() => lineInFile({ path: '/x', line: 'a', regexp: 'a', search: 'a' }), /either regexp or search/],
    [() => lineInFile({ path: '/x', line: 'a', insertAfter: 'a', insertBefore: 'a' }), /either insertAfter/],
    [() => lineInFile({ path: '/x', line: 'a', backrefs: true }), /needs regexp/],
    [() => lineInFile({ path: '/x', line: '\\2', regexp: '(a)', backrefs: true }), /\\2 names a group/],
    [() => lineInFile({ path: '/x', line: '\\1', regexp: '* (a', backrefs: true }), /regexp.*not a regular expression/],
    [() => lineInFile({ path: '/x', line: '\\g<b>', regexp: '(?<a>a)', backrefs: true }), /names a group/],
    [() => lineInFile({ path: '/x', state: 'absent' }), /what should be removed/],
    [() => blockInFile({ path: '/x', block: 'a', marker: '# no mark' }), /\{mark\}/],
    [() => blockInFile({ path: '/x', block: 'a\n# END TSPLAY MANAGED BLOCK' }), /its own markers/],
    [() => blockInFile({ path: '/x' }), /'block': is needed/],
    [() => blockInFile({ path: '/x', block: 'a', markerBegin: 'END' }), /'markerEnd': is the same/],
    [() => blockInFile({ path: '/x', block: 'a', markerEnd: 'two\nlines' }), /'markerEnd': .*one line/],
    [() => blockInFile({ path: '/x', block: '# <', markerBegin: '<', marker: '# {mark}' }), /its own markers/],
    [() => replace({ path: 'x', regexp: 'a' }), /absolute/],
    [() => replace({ path: '/x', regexp: 'a', with: 'b' } as never), /unknown parameter 'with'/],
  ])('refuse what cannot be meant: %s', (call, message) => {
    expect(call).toThrow(message)
  })
})
