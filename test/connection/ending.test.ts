// Steps that do not end by themselves, and what they leave behind: timeouts, cancelling, daemons, shells that die.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { hostConnection } from '../../engine/connection/host-connection.ts'
import { localTransport } from '../../engine/connection/local.ts'
import { contentOf } from '../../engine/content.ts'
import { sh } from '../../engine/script.ts'
import { isAlive, localTarget, shells, text, withSession } from './support.ts'

for (const { name, command, missing } of shells) {
  describe.skipIf(missing)(`in ${name}${missing ? ' (not installed here)' : ''}`, () => {
    test('a timeout ends the whole process group, keeps the output, and the next bundle finds a new shell', () =>
      withSession(command, async (session) => {
        const started = performance.now()
        const [before, late, never] = await session.bundle([
          { script: sh`echo done` },
          { script: sh`echo $$; sleep 60 & echo $!; sh -c 'sleep 60; :'`, timeout: 0.3 },
          { script: sh`echo never` },
        ])
        expect(before?.code).toBe(0)
        expect(late).toMatchObject({ code: 124, timedOut: true })
        expect(late!.durationMs).toBeGreaterThan(290)
        expect(never).toBeUndefined()
        const pids = text(late?.stdout).trim().split('\n').map(Number)
        expect(pids).toHaveLength(2)
        for (const pid of pids) expect(isAlive(pid)).toBe(false)
        expect(performance.now() - started).toBeLessThan(1800) // what listens to TERM is not waited for
        const [next] = await session.bundle([{ script: sh`echo on` }])
        expect(text(next?.stdout)).toBe('on\n')
      }))

    test('a timeout that is not reached changes nothing', () =>
      withSession(command, async (session) => {
        const outputs = await session.bundle([
          // together they take longer than one of them may
          { script: sh`sleep 0.6`, timeout: 1.5 },
          { script: sh`sleep 0.6`, timeout: 1.5 },
          { script: sh`sleep 0.6`, timeout: 1.5 },
        ])
        expect(outputs.map((output) => output?.timedOut)).toEqual([false, false, false])
      }))

    test('cancelling ends what runs and rejects', () =>
      withSession(command, async (session) => {
        const cancel = new AbortController()
        let pid = 0
        const bundle = session.bundle(
          [
            {
              script: sh`echo $$; sleep 60`,
              onOutput: (stream, chunk) => {
                if (stream === 'stderr') return // some shells say that they were terminated
                pid = Number(text(chunk))
                cancel.abort()
              },
            },
          ],
          { signal: cancel.signal },
        )
        await expect(bundle).rejects.toMatchObject({
          kind: 'interrupted',
          message: expect.stringContaining('sleep 60'),
        })
        expect(isAlive(pid)).toBe(false)
        await expect(session.bundle([{ script: sh`:` }], { signal: cancel.signal })).rejects.toMatchObject({
          kind: 'interrupted',
        })
        expect((await session.bundle([{ script: sh`:` }]))[0]?.code).toBe(0)
      }))

    test('cancelling while content is still being sent does not wait for its source', () =>
      withSession(command, async (session) => {
        const endless = {
          ...contentOf(''),
          bytes: undefined,
          size: 100,
          stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }),
        }
        const bundle = session.bundle([{ script: sh`${endless} >/dev/null` }], { signal: AbortSignal.timeout(200) })
        await expect(bundle).rejects.toMatchObject({ kind: 'interrupted' })
      }))

    test('a daemon that keeps the outputs open holds up neither its step, nor the content that follows, nor the close', async () => {
      const started = performance.now()
      const pid = await withSession(command, async (session) => {
        const [first] = await session.bundle([{ script: sh`sleep 5 & echo $!` }])
        const [, second] = await session.bundle([
          { script: sh`${contentOf('with content')} >/dev/null; sleep 5 & :` },
          { script: sh`${contentOf('swallowed by nobody')} | cat` },
        ])
        expect(text(second?.stdout)).toBe('swallowed by nobody')
        return Number(text(first?.stdout))
      })
      expect(performance.now() - started).toBeLessThan(3000)
      expect(isAlive(pid)).toBe(true)
    })

    test('a shell that dies rejects what waits for it, and the next bundle finds a new one', () =>
      withSession(command, async (session) => {
        const bundle = session.bundle([{ script: sh`kill -9 $$; sleep 1` }])
        await expect(bundle).rejects.toMatchObject({
          kind: 'unreachable',
          message: expect.stringMatching(/here: the shell on the host was ended by signal SIGKILL, while .*kill -9/),
        })
        expect((await session.bundle([{ script: sh`:` }]))[0]?.code).toBe(0)
      }))

    test('closing the connection ends what still runs and rejects it', async () => {
      const connection = hostConnection(localTarget, localTransport(localTarget, { shell: command }))
      const session = await connection.session()
      let pid = 0
      const bundle = session.bundle([
        {
          script: sh`echo $$; sleep 60`,
          onOutput: (stream, chunk) => {
            if (stream === 'stderr') return
            pid = Number(text(chunk))
          },
        },
      ])
      const failure = expect(bundle).rejects.toMatchObject({ kind: 'interrupted' })
      while (pid === 0) await sleep(10)
      await connection.close()
      await failure
      expect(isAlive(pid)).toBe(false)
      await expect(session.bundle([{ script: sh`:` }])).rejects.toMatchObject({ kind: 'interrupted' })
      await expect(connection.session()).rejects.toMatchObject({ kind: 'interrupted' })
    })
  })
}

test('a step that ignores TERM is killed after the grace', () =>
  withSession(['/bin/sh'], async (session) => {
    const [output] = await session.bundle([
      { script: sh`sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done'`, timeout: 0.2 },
    ])
    expect(output?.timedOut).toBe(true)
    expect(isAlive(Number(text(output?.stdout)))).toBe(false)
  }))
