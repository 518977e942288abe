// The resident shell in every shell a host may have: outputs, failures, order, environment, quoting.
import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { outcome, shells, text, withSession } from './support.ts'

for (const { name, command, missing } of shells) {
  describe.skipIf(missing)(`a resident shell in ${name}${missing ? ' (not installed here)' : ''}`, () => {
    test('runs steps and tells outputs, errors and exit codes apart', () =>
      withSession(command, async (session) => {
        const outputs = await session.bundle([
          { script: sh`printf ${'no newline'}; echo oops >&2` },
          { script: sh`exit 7` },
          { script: sh`printf 'a\n\n'; false` },
          { script: sh`kill -9 $(exec sh -c 'echo $PPID')` },
          { script: sh.empty },
        ])
        expect(outputs.map(outcome)).toEqual([
          { code: 0, stdout: 'no newline', stderr: 'oops\n' },
          { code: 7, stdout: '', stderr: '' },
          { code: 1, stdout: 'a\n\n', stderr: '' },
          { code: 137, stdout: '', stderr: expect.any(String) },
          { code: 0, stdout: '', stderr: '' },
        ])
      }))

    test('keeps steps apart: variables, directory, traps and options of one do not reach the next', () =>
      withSession(command, async (session) => {
        const outputs = await session.bundle([
          { script: sh`cd /; left=over; set -eu; trap 'echo bye' EXIT; false; echo not reached` },
          { script: sh`pwd; echo "[$left]" "$#"` },
        ])
        expect(outputs.map(outcome)).toEqual([
          { code: 1, stdout: 'bye\n', stderr: '' },
          { code: 0, stdout: `${process.env.HOME}\n[] 0\n`, stderr: '' },
        ])
      }))

    test('has no jobs of its own that a step would wait for', () =>
      withSession(command, async (session) => {
        const outputs = await session.bundle([
          { script: sh`wait; echo on` },
          { script: sh`sleep 0.1 & wait $!; echo $?` },
        ])
        expect(outputs.map(outcome)).toEqual([
          { code: 0, stdout: 'on\n', stderr: '' },
          { code: 0, stdout: '0\n', stderr: '' },
        ])
      }))

    test('gives steps an empty stdin, and a syntax error ends one step only', () =>
      withSession(command, async (session) => {
        const outputs = await session.bundle([
          { script: sh`cat; echo end` },
          { script: sh.raw('if then (') },
          { script: sh`echo still here` },
        ])
        expect(outputs.map((output) => output?.code)).toEqual([0, expect.any(Number), 0])
        expect(outputs[1]?.code).not.toBe(0)
        expect(text(outputs[0]?.stdout)).toBe('end\n')
        expect(text(outputs[2]?.stdout)).toBe('still here\n')
      }))

    test('skips what follows a failure only where asked to', () =>
      withSession(command, async (session) => {
        const steps = [{ script: sh`echo a` }, { script: sh`false` }, { script: sh`echo c` }]
        const stopped = await session.bundle(steps, { stopOnFailure: true })
        expect(stopped.map((output) => output?.code)).toEqual([0, 1, undefined])
        const went = await session.bundle(steps)
        expect(went.map((output) => output?.code)).toEqual([0, 1, 0])
      }))

    test('gives a step its environment, and only that step', () =>
      withSession(command, async (session) => {
        const value = `it's "quoted" $HOME \`x\` \\ *\nsecond line ü`
        const outputs = await session.bundle([
          {
            script: sh`env | grep -c ^GREETING=; printf %s "$GREETING"`,
            environment: { GREETING: value, LC_ALL: 'C' },
          },
          { script: sh`echo "[$GREETING]"` },
        ])
        expect(text(outputs[0]?.stdout)).toBe(`1\n${value}`)
        expect(text(outputs[1]?.stdout)).toBe('[]\n')
        await expect(session.bundle([{ script: sh`:`, environment: { 'A;touch /pwned': '1' } }])).rejects.toThrow(
          /no name/,
        )
      }))

    test('round-trips any argument and any secret without the shell seeing it as code', () =>
      withSession(command, async (session) => {
        const nasty = fc.constantFrom(
          "'; touch /pwned; '",
          '$(touch /pwned)',
          '`touch /pwned`',
          '-n',
          '--',
          '-e \\n',
          '\n',
          'a\n\n',
          ' ',
          '',
          '*',
          '~',
          '\\',
          '"',
          '!!',
          '#',
          'ü→😀',
          '\u0081\u0088',
          '\u007f\u0001',
        )
        const printable = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((value) => !value.includes('\0'))
        await fc.assert(
          fc.asyncProperty(fc.array(fc.oneof(nasty, printable), { minLength: 1, maxLength: 8 }), async (values) => {
            const steps = values.map((value, index) => ({
              script: sh`printf '%s|' ${index % 2 === 0 ? value : secret(value)} ${value}`,
            }))
            const outputs = await session.bundle(steps)
            expect(outputs.map((output) => text(output?.stdout))).toEqual(values.map((value) => `${value}|${value}|`))
          }),
          { numRuns: 60 },
        )
      }))

    test('runs a script of 1 MB', () =>
      withSession(command, async (session) => {
        const script = sh.raw(
          `first=1\n${"# it's a comment of some length $(\n".repeat(30_000)}echo $first end # no newline`,
        )
        const [output, next] = await session.bundle([{ script }, { script: sh`echo next` }])
        expect(outcome(output)).toEqual({ code: 0, stdout: '1 end\n', stderr: '' })
        expect(text(next?.stdout)).toBe('next\n')
      }))

    test('keeps a here document and a last line without newline as they are', () =>
      withSession(command, async (session) => {
        const [output] = await session.bundle([{ script: sh.raw('cat <<EOF\n a\\\\b ü\n\nEOF') }])
        expect(text(output?.stdout)).toBe(' a\\b ü\n\n')
      }))

    test('hands out output while the step still runs', () =>
      withSession(command, async (session) => {
        const seen: string[] = []
        await session.bundle([
          {
            script: sh`echo one; sleep 0.2; echo two >&2; sleep 0.2; printf three`,
            onOutput: (stream, chunk) => seen.push(`${stream}:${text(chunk)}`),
          },
        ])
        expect(seen).toEqual(['stdout:one\n', 'stderr:two\n', 'stdout:three'])
      }))

    test('returns arbitrary binary output untouched', () =>
      withSession(command, async (session) => {
        const octal = (bytes: Uint8Array) =>
          Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
        await fc.assert(
          fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 50 }), async (out, err) => {
            const [output] = await session.bundle([{ script: sh`printf ${octal(out)}; printf ${octal(err)} >&2` }])
            expect(Buffer.from(output!.stdout).equals(out)).toBe(true)
            expect(Buffer.from(output!.stderr).equals(err)).toBe(true)
          }),
          { numRuns: 50 },
        )
      }))

    test('does not let a script see or forge the end mark', () =>
      withSession(command, async (session) => {
        const [output, next] = await session.bundle([
          { script: sh`set; set >&2; export -p` },
          { script: sh`echo next` },
        ])
        expect(output?.code).toBe(0)
        expect(text(output?.stdout)).not.toMatch(/^_tsp_o=|_tsp_o=[0-9a-f]/m)
        expect(text(next?.stdout)).toBe('next\n')
      }))

    test('queues bundles and counts one round trip for each', () =>
      withSession(command, async (session, connection) => {
        const before = connection.roundTrips
        const bundles = await Promise.all(
          [1, 2, 3, 4, 5].map((number) => session.bundle([{ script: sh`sleep 0.0${5 - number}; echo ${number}` }])),
        )
        expect(bundles.map(([output]) => text(output?.stdout))).toEqual(['1\n', '2\n', '3\n', '4\n', '5\n'])
        expect(connection.roundTrips - before).toBe(5)
        expect(await session.bundle([])).toEqual([])
      }))

    test('opens /dev/stdout and /dev/stderr, which a socket would refuse', () =>
      withSession(command, async (session) => {
        const [output] = await session.bundle([{ script: sh`echo a >/dev/stdout; echo b | tee /dev/stderr` }])
        expect(outcome(output)).toEqual({ code: 0, stdout: 'a\nb\n', stderr: 'b\n' })
      }))
  })
}

test('a signal that many bundles share is left without listeners', () =>
  withSession(['/bin/sh'], async (session) => {
    const { signal } = new AbortController()
    for (let times = 0; times < 20; times++) await session.bundle([{ script: sh`:` }], { signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  }))
