// Edits of one file in a row: planned on each other and written at once, with the outcome of one after the other.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../../engine/connection/connect.ts'
import type { Connect, Step } from '../../engine/connection/connection.ts'
import { block, handler, task } from '../../engine/index.ts'
import type { Action } from '../../engine/module.ts'
import { showScript } from '../../engine/script.ts'
import { blockInFile, command, debug, file, lineInFile, replace } from '../../modules/index.ts'
import { folderOf, type Here, here } from '../support/run-here.ts'

let lab: Here
beforeEach(() => {
  lab = here()
})
afterEach(() => lab.remove())

/** Connects and keeps every step that is sent. */
function watched(): { steps: Step[]; connect: Connect } {
  const steps: Step[] = []
  return {
    steps,
    connect: async (...args) => {
      const connection = await connect(...args)
      return {
        ...connection,
        session: async (become) => {
          const session = await connection.session(become)
          return {
            ...session,
            bundle: (sent, options) => {
              steps.push(...sent)
              return session.bundle(sent, options)
            },
          }
        },
      }
    },
  }
}

const line = (at: string, name: string, line: string, options = {}) =>
  task(name, lineInFile({ path: at, line, create: true }), options)

describe('edits in a row', () => {
  test('200 lines of one file cost one read and one write, and each is told by itself', async () => {
    const { steps, connect } = watched()
    const names = Array.from({ length: 200 }, (_, index) => `line ${index}`)
    let at = ''
    const list = (context: Parameters<typeof folderOf>[0]) => {
      at = path.join(folderOf(context), 'many')
      return names.map((name) => line(at, name, name))
    }
    const { tasks } = await lab.run(list, { connect })
    expect(tasks.map(({ status }) => status)).toEqual(names.map(() => 'changed'))
    expect(tasks[7]!.diff[0]!.patch).toContain('+line 7\n')
    expect(tasks[7]!.diff[0]!.patch).not.toContain('+line 6')
    expect(readFileSync(at, 'utf8')).toBe(`${names.join('\n')}\n`)
    const scripts = steps.map(({ script }) => showScript(script))
    expect(scripts.filter((script) => script.includes('sha256sum') && !script.includes('bytes>'))).toHaveLength(1)
    expect(scripts.filter((script) => script.includes('bytes>'))).toHaveLength(1)
    steps.length = 0
    const again = await lab.run(list, { connect })
    expect(again.tasks.map(({ status }) => status)).toEqual(names.map(() => 'ok'))
  })

  test('a dry run foretells each, and changes nothing', async () => {
    let at = ''
    const list = (context: Parameters<typeof folderOf>[0]) => {
      at = path.join(folderOf(context), 'f')
      return [line(at, 'a', 'a'), line(at, 'b', 'b'), line(at, 'a again', 'a')]
    }
    const checked = await lab.run(list, { check: true })
    const ran = await lab.run(list)
    expect(checked.tasks.map(({ task, status, diff }) => [task, status, diff])).toEqual(
      ran.tasks.map(({ task, status, diff }) => [task, status, diff]),
    )
    expect(ran.log).toEqual(['h1: a: changed', 'h1: b: changed', 'h1: a again: ok'])
  })

  test('where they cannot be written together, each is tried by itself: what is before the culprit is done', async () => {
    let at = ''
    const { log, tasks } = await lab.run((context) => {
      at = path.join(folderOf(context), 'f')
      return [
        line(at, 'a', 'a'),
        line(at, 'b', 'b'),
        task('c', lineInFile({ path: at, line: 'c', owner: 'no-such-user' })),
        line(at, 'd', 'd'),
      ]
    })
    expect(log).toEqual(['h1: a: changed', 'h1: b: changed', 'h1: c: failed'])
    expect(tasks.at(-1)!.message).toContain('no-such-user')
    expect(readFileSync(at, 'utf8')).toBe('a\nb\n')
  })

  test('a failure that is ignored or rescued takes no other edit with it', async () => {
    let at = ''
    const { log } = await lab.run((context) => {
      at = path.join(folderOf(context), 'f')
      const bad = lineInFile({ path: at, line: 'bad', owner: 'no-such-user' })
      return [
        line(at, 'a', 'a'),
        task('ignored', bad, { ignoreErrors: true }),
        line(at, 'b', 'b'),
        block([line(at, 'c', 'c'), task('bad', bad), line(at, 'never', 'never')], { rescue: [line(at, 'd', 'd')] }),
      ]
    })
    expect(log.map((each) => each.replace('h1: ', ''))).toEqual([
      'a: changed',
      'ignored: failed',
      'b: changed',
      'c: changed',
      'bad: failed',
      'd: changed',
    ])
    expect(readFileSync(at, 'utf8')).toBe('a\nb\nc\nd\n')
  })

  test('handlers of each are notified, and what stands between them sees what was done before it', async () => {
    const [one, two] = [handler('one', debug({ message: 'x' })), handler('two', debug({ message: 'x' }))]
    let at = ''
    const { log } = await lab.run([
      {
        handlers: [one, two],
        tasks: (context) => {
          at = path.join(folderOf(context), 'f')
          return [
            line(at, 'a', 'a', { notify: one }),
            line(at, 'b', 'b', { notify: two }),
            task('look', command({ cmd: ['cp', at, `${at}.seen`] })),
            line(at, 'c', 'c'),
          ]
        },
      },
    ])
    expect(readFileSync(`${at}.seen`, 'utf8')).toBe('a\nb\n')
    expect(log.slice(-2)).toEqual(['h1: one: ok', 'h1: two: ok'])
  })

  test('a copy that is kept and a check before the file is replaced are of each state in between', async () => {
    let at = ''
    await lab.run((context) => {
      at = path.join(folderOf(context), 'f')
      return [
        line(at, 'a', 'a'),
        task('b', lineInFile({ path: at, line: 'b', validate: `cp %s ${at}.checked` })),
        line(at, 'c', 'c'),
      ]
    })
    expect(readFileSync(`${at}.checked`, 'utf8')).toBe('a\nb\n')
    expect(readFileSync(at, 'utf8')).toBe('a\nb\nc\n')
  })

  test('whatever the edits, in whatever order, on two files: the same statuses and files as one after the other', async () => {
    const words = fc.constantFrom('a', 'b', 'ab', 'c')
    const edit = fc.oneof(
      fc.record({ kind: fc.constant('line' as const), word: words }),
      fc.record({ kind: fc.constant('gone' as const), word: words }),
      fc.record({ kind: fc.constant('block' as const), word: words }),
      fc.record({ kind: fc.constant('replace' as const), word: words }),
      fc.record({ kind: fc.constant('mode' as const), word: fc.constantFrom('0600', '0644') }),
    )
    const actionOf = (at: string, { kind, word }: { kind: string; word: string }): Action => {
      if (kind === 'line') return lineInFile({ path: at, line: word, regexp: `^${word}$`, create: true })
      if (kind === 'gone') return lineInFile({ path: at, regexp: word, state: 'absent' })
      if (kind === 'block') return blockInFile({ path: at, block: word, create: true })
      if (kind === 'replace') return replace({ path: at, regexp: `^${word}$`, replace: `${word}!` })
      return file({ path: at, mode: word })
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('x', 'y'), edit), { minLength: 2, maxLength: 12 }),
        async (edits) => {
          const both = here(['together', 'apart'])
          try {
            const spec = (name: string, index?: number) => ({
              hosts: name,
              tasks: (context: Parameters<typeof folderOf>[0]) =>
                edits.flatMap(([at, each], place) =>
                  index === undefined || index === place
                    ? [task(`${place}`, actionOf(path.join(folderOf(context), at), each))]
                    : [],
                ),
            })
            const folders = new Map<string, string>()
            const start = {
              tasks: (context: Parameters<typeof folderOf>[0]) => {
                folders.set(context.host.name, folderOf(context))
                for (const name of ['x', 'y']) writeFileSync(path.join(folderOf(context), name), 'a\nab\n')
                return []
              },
            }
            const ran = await both.run([start, spec('together'), ...edits.map((_, index) => spec('apart', index))])
            const of = (name: string) => ({
              log: ran.tasks.filter(({ host }) => host === name).map(({ task, status }) => `${task} ${status}`),
              files: ['x', 'y'].map((each) => readFileSync(path.join(folders.get(name)!, each), 'utf8')),
            })
            expect(of('together')).toEqual(of('apart'))
          } finally {
            await both.remove()
          }
        },
      ),
      { numRuns: 25, seed: 5 },
    )
  }, 120_000)
})
