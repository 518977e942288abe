// Digests, contents and links of many files at once, in every shell: each answer belongs to its file.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { diffLimit } from '../../engine/content.ts'
import { all, file, link, stat } from '../../engine/probe.ts'
import { fileKind } from '../../engine/question/file.ts'
import { linkKind } from '../../engine/question/link.ts'
import { askLocally } from '../support/local-host.ts'
import { folderHere } from '../support/settle-here.ts'
import { nastyNames, shellsHere } from '../support/shells.ts'

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Files with every kind of content and name. */
function files(names: readonly string[]): Map<string, Buffer> {
  const folder = folderHere()
  const contents = [
    Buffer.from('a line\n'),
    Buffer.alloc(0),
    Buffer.from('no newline'),
    Buffer.from([0, 10, 255, 10, 10]),
    Buffer.alloc(diffLimit, 'x'),
    Buffer.alloc(diffLimit + 1, 'y'),
  ]
  return new Map(
    names.map((name, index) => {
      const at = path.join(folder, name)
      writeFileSync(at, contents[index % contents.length]!)
      return [at, contents[index % contents.length]!]
    }),
  )
}

describe.each(shellsHere)('files in $name', ({ argv: shell }) => {
  it.each([
    ['with plain names', Array.from({ length: 40 }, (_, index) => `f${index}`)],
    ['with nasty names', nastyNames],
    ['of which there is one', ['one']],
  ])('%s: digest and content of each, and null where there is none', async (_name, names) => {
    const known = files(names)
    const paths = [...known.keys()].flatMap((at) => [at, `${at}.missing`])
    const answers = await askLocally(all(paths.map((at) => file(at))), shell)
    for (const [index, at] of paths.entries()) {
      const bytes = known.get(at)
      const answer = answers[index]
      if (!bytes) expect(answer, at).toBe(null)
      else {
        expect(answer?.sha256, at).toBe(digest(bytes))
        expect(answer?.content && Buffer.from(answer.content), at).toEqual(bytes.length > diffLimit ? undefined : bytes)
      }
    }
  })

  it('a content whose digest is the one asked for is not sent, others are', async () => {
    const known = [...files(['a', 'b', 'c', 'd'])]
    const answers = await askLocally(
      all(
        known.map(([at, bytes], index) =>
          file(at, { unless: index % 2 === 0 ? digest(bytes) : digest(Buffer.from('?')) }),
        ),
      ),
      shell,
    )
    expect(answers.map((answer) => answer?.content?.length)).toEqual([undefined, 0, undefined, 5])
    const same = await askLocally(all(known.map(([at, bytes]) => file(at, { unless: digest(bytes) }))), shell)
    expect(same.map((answer) => answer?.content)).toEqual([undefined, undefined, undefined, undefined])
  })

  it('targets of links are as they were written', async () => {
    const folder = folderHere()
    mkdirSync(path.join(folder, 'folder'))
    const targets = ['folder', 'nowhere', '-x', 'two\nlines', ' blanks ', 'ü', 'ends in a newline\n']
    for (const [index, target] of targets.entries()) symlinkSync(target, path.join(folder, `l${index}`))
    const paths = ['folder', ...targets.map((_, index) => `l${index}`), 'missing'].map((name) =>
      path.join(folder, name),
    )
    expect(await askLocally(all(paths.map(link)), shell)).toEqual([null, ...targets, null])
    expect(await askLocally(all([link(paths[1]!)]), shell)).toEqual(['folder'])
  })

  it('links and folders are told by stat, and files behind a link by their content', async () => {
    const folder = folderHere()
    writeFileSync(path.join(folder, 'file'), 'x')
    symlinkSync('file', path.join(folder, 'link'))
    const [type, content] = await askLocally(
      all([stat(path.join(folder, 'link')), file(path.join(folder, 'link'))] as const),
      shell,
    )
    expect(type?.type).toBe('link')
    expect(Buffer.from(content?.content ?? [])).toEqual(readFileSync(path.join(folder, 'file')))
  })
})

describe('answers that make no sense', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const key = { path: '/f', unless: undefined }
  it.each([
    ['nothing', '', /unexpected answer/],
    ['no digest', 'abc\n', /unexpected answer/],
    ['no size', `${'a'.repeat(64)} +\n`, /size is missing/],
    ['a file that grew meanwhile', `${'a'.repeat(64)} +\n 1\nxy`, /changed while it was read/],
  ])('%s', (_name, output, message) => {
    expect(() => fileKind.parse(bytes(output), [key], 0)).toThrow(message)
  })
  it('fewer targets than links', () => {
    expect(() => linkKind.parse(bytes('11\na\0'), ['/a', '/b'], 0)).toThrow(/unexpected answer/)
  })
})
