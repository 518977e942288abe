// Content that rides along with a script: exact, streamed, never half taken for whole.
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Content, contentOf } from '../../engine/content.ts'
import { TsplayError } from '../../engine/error.ts'
import { sh } from '../../engine/script.ts'
import { shells, text, withSession } from './support.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tsplay-test-'))
})
afterAll(() => rm(directory, { recursive: true }))

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

/** A content that is not in memory, as that of a file. */
const streamed = (chunks: Uint8Array[], claim: Partial<Content> = {}): Content => {
  const all = Buffer.concat(chunks)
  return {
    kind: 'content',
    sha256: sha256(all),
    size: all.length,
    secret: false,
    async *stream() {
      for (const chunk of chunks) {
        await new Promise((resolve) => setTimeout(resolve, 1))
        yield chunk
      }
    },
    ...claim,
  }
}

for (const { name, command, missing } of shells) {
  describe.skipIf(missing)(`content in ${name}${missing ? ' (not installed here)' : ''}`, () => {
    test('arrives byte for byte, several to a script, with steps behind it', () =>
      withSession(command, async (session) => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.uint8Array({ maxLength: 5000 }), { minLength: 1, maxLength: 4 }),
            async (parts) => {
              const files = parts.map((_, index) => join(directory, `part ${index}`))
              const outputs = await session.bundle([
                { script: sh.join(parts.map((part, index) => sh`${contentOf(part)} > ${files[index]!} || exit`)) },
                { script: sh`echo behind` },
              ])
              expect(outputs.map((output) => output?.code)).toEqual([0, 0])
              for (const [index, part] of parts.entries()) {
                expect((await readFile(files[index]!)).equals(part)).toBe(true)
              }
            },
          ),
          { numRuns: 30 },
        )
      }))

    test('of 64 MB streams through, and the shell goes on in step', () =>
      withSession(command, async (session) => {
        const chunks = Array.from({ length: 64 }, () => randomBytes(1024 * 1024))
        const content = streamed(chunks)
        const target = join(directory, 'large')
        const outputs = await session.bundle([
          { script: sh`${content} | sha256sum` },
          { script: sh`${content} > ${target}` },
          { script: sh`echo further` },
        ])
        expect(text(outputs[0]?.stdout)).toContain(content.sha256)
        expect((await stat(target)).size).toBe(content.size)
        expect(text(outputs[2]?.stdout)).toBe('further\n')
      }))

    test('is drained when its step is skipped', () =>
      withSession(command, async (session) => {
        const content = contentOf(randomBytes(300_000))
        const outputs = await session.bundle(
          [{ script: sh`sleep 0.1; false` }, { script: sh`${content} >/dev/null` }, { script: sh`echo no` }],
          { stopOnFailure: true },
        )
        expect(outputs.map((output) => output?.code)).toEqual([1, undefined, undefined])
        const [next] = await session.bundle([{ script: sh`echo $$` }])
        expect(next?.code).toBe(0)
      }))

    test('that a failing script left unread costs the rest of the bundle, and the next one finds a new shell', () =>
      withSession(command, async (session) => {
        const content = contentOf(randomBytes(5_000_000))
        const outputs = await session.bundle([
          { script: sh`echo $$` },
          { script: sh`exit 5; ${content} >/dev/null` },
          { script: sh`echo never` },
        ])
        expect(outputs.map((output) => output?.code)).toEqual([0, 5, undefined])
        const [next] = await session.bundle([{ script: sh`echo $$` }])
        expect(next?.code).toBe(0)
        expect(text(next?.stdout)).not.toBe(text(outputs[0]?.stdout))
      }))

    test('never runs as a script when a script that succeeds leaves it unread', () =>
      withSession(command, async (session) => {
        const trap = join(directory, 'trap')
        const content = contentOf(`touch '${trap}'\n`.repeat(2000))
        const bundle = session.bundle([{ script: sh`exit 0; ${content}` }, { script: sh`echo never` }])
        await expect(bundle).rejects.toThrow(/did not read all of the content/)
        const [next] = await session.bundle([{ script: sh`ls ${trap}` }])
        expect(next?.code).not.toBe(0)
      }))

    test.each([
      ['fails', streamed([Buffer.from('half')], { size: 8, stream: failing }), /could not be read: EIO: .*gone/],
      ['is shorter than it was', streamed([Buffer.from('half')], { size: 8 }), /ended after 4 bytes/],
      ['is longer than it was', streamed([Buffer.from('long')], { size: 2 }), /longer now/],
      [
        'is another of the same size',
        streamed([Buffer.from('same')], { sha256: sha256(Buffer.from('emas')) }),
        /changed/,
      ],
    ])('whose source %s is not taken for whole', (_, content, message) =>
      withSession(command, async (session) => {
        const target = join(directory, 'whole')
        const bundle = session.bundle([
          { script: sh`${content} > ${`${target}.new`} && mv ${`${target}.new`} ${target}` },
        ])
        const error = await bundle.catch((reason: unknown) => reason)
        expect(error).toBeInstanceOf(TsplayError)
        expect((error as TsplayError).message).toMatch(message)
        expect((error as TsplayError).message).toContain('while this was running: <')
        const [next] = await session.bundle([{ script: sh`ls ${target}` }])
        expect(next?.code).not.toBe(0)
      }),
    )
  })
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half')
  throw new Error('EIO: the disk is gone')
}
