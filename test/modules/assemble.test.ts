import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type AssembleParams, assemble } from '../../modules/assemble.ts'
import { assembled, chosen } from '../../modules/common/assembled.ts'
import { runLocally } from '../support/local-host.ts'
import { controlIn, expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyNames, nothingRan, shellsHere } from '../support/shells.ts'

const text = (path: string) => readFileSync(path, 'utf8')

/** A folder `d` with these fragments. */
function withFragments(fragments: Record<string, string | Buffer>) {
  const dir = folderHere()
  mkdirSync(join(dir, 'd'))
  for (const [name, content] of Object.entries(fragments)) writeFileSync(join(dir, 'd', name), content)
  return { dir, src: join(dir, 'd'), dest: join(dir, 'dest') }
}

describe('assembled (M07)', () => {
  const bytes = (content: string) => new TextEncoder().encode(content)
  it.each<[string, string[], string | undefined, string]>([
    ['nothing of nothing', [], '-', ''],
    ['fragments one after the other', ['a\n', 'b\n'], undefined, 'a\nb\n'],
    ['each on a line of its own, the last as it is', ['a', 'b'], undefined, 'a\nb'],
    ['delimiters between them on lines of their own', ['a', 'b\n', 'c'], '--', 'a\n--\nb\n--\nc'],
    ['delimiters with an end of their own', ['a\n', 'b\n'], '\n#\n', 'a\n\n#\nb\n'],
    ['empty fragments, too', ['a\n', '', 'b'], '-', 'a\n-\n\n-\nb'],
  ])('%s', (_name, fragments, delimiter, wanted) => {
    const parts = fragments.map((content, index) => ({ name: String(index), bytes: bytes(content) }))
    expect(new TextDecoder().decode(assembled(parts, delimiter === undefined ? {} : { delimiter }))).toBe(wanted)
  })

  it('takes fragments in the order of their names, whatever the locale', () => {
    const names = ['b', 'a', 'B', '.h', '10', '9', 'ä', '\u{1F600}', '\uFF61']
    expect(chosen(names, {})).toEqual(['.h', '10', '9', 'B', 'a', 'b', 'ä', '\uFF61', '\u{1F600}'])
    expect(chosen(names, { ignoreHidden: true, regexp: /^[.\da]/ })).toEqual(['10', '9', 'a'])
  })
})

describe.each(shellsHere)('assemble in $name', ({ argv: shell }) => {
  it('puts fragments of the host together, and nothing the second time (M07)', async () => {
    const { dir, src, dest } = withFragments({ '20-b': 'b\n', '10-a': 'a', '.hidden': 'h\n', bad: 'x' })
    symlinkSync('10-a', join(src, '30-link'))
    symlinkSync('nowhere', join(src, '40-dangling'))
    mkdirSync(join(src, '50-folder'))
    const params = { src, dest, regexp: '^\\d', mode: '0640', delimiter: '# next' }
    await settleHere(assemble(params), { shell })
    expect(text(dest)).toBe('a\n# next\nb\n# next\na')
    expect(statSync(dest).mode & 0o777).toBe(0o640)
    writeFileSync(join(src, '20-b'), 'c\n')
    const { differences } = await settleHere(assemble({ ...params, backup: true }), { shell })
    expect(differences.map(({ property }) => property)).toEqual(['content'])
    expect(differences[0]!.patch).toContain('-b\n+c')
    expect(readdirSync(dir).some((name) => /^dest\..*~$/.test(name))).toBe(true)
    await settleHere(assemble({ src, dest, ignoreHidden: true }), { shell })
    expect(text(dest)).toBe('a\nc\na\nx')
  })

  it('brings fragments of the control side, links and all', async () => {
    const { dir, dest } = withFragments({ b: Buffer.alloc(1_200_000, 'b'), a: 'a' })
    symlinkSync('a', join(dir, 'd/c'))
    mkdirSync(join(dir, 'd/sub'))
    await settleHere(assemble({ src: 'd', remoteSrc: false, dest }), { shell, control: controlIn(dir) })
    expect(text(dest)).toBe(`a\n${'b'.repeat(1_200_000)}\na`)
  })

  it('takes any name, and bytes as they are', async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
    const { src, dest } = withFragments(
      Object.fromEntries(nastyNames.map((name) => [name, Buffer.concat([all, Buffer.from('\n')])])),
    )
    await settleHere(assemble({ src, dest: `${dest}${nastyNames[0]}` }), { shell })
    expect(readFileSync(`${dest}${nastyNames[0]}`).length).toBe(257 * nastyNames.length)
    expect(nothingRan()).toBe(true)
  })

  it('keeps the old file where validate fails', async () => {
    const { src, dest } = withFragments({ a: 'bad\n' })
    writeFileSync(dest, 'good\n')
    const { output } = await runLocally(assemble({ src, dest, validate: 'grep -q good %s' }), { shell })
    expect(output?.stderr).toContain('validation failed')
    expect(text(dest)).toBe('good\n')
  })
})

describe('assemble', () => {
  it('says what is wrong with the folder', async () => {
    const { src, dest } = withFragments({ large: Buffer.alloc(200_000) })
    await expect(runLocally(assemble({ src: `${src}/none`, dest }))).rejects.toThrow(/none is not a directory/)
    await expect(runLocally(assemble({ src, dest }))).rejects.toThrow(/large has 200000 bytes/)
    await settleHere(assemble({ src, dest, regexp: 'none' }))
    await expectSettled(assemble({ src, dest, regexp: 'none' }))
    expect(text(dest)).toBe('')
  })

  it.each<[Partial<Record<keyof AssembleParams | 'force', unknown>>, RegExp]>([
    [{ src: 'relative', dest: '/x' }, /'src': is an absolute path/],
    [{ src: '/a', dest: '/x/' }, /name of the file/],
    [{ src: '/a', dest: '/x', regexp: '(' }, /'regexp'/],
    [{ src: '/a', dest: '/x', force: true }, /unknown parameter 'force'/],
  ])('refuses %j', (params, message) => {
    expect(() => assemble(params as never)).toThrow(message)
  })
})
