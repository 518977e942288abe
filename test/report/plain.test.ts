import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../engine/event.ts'
import { plain } from '../../engine/report/plain.ts'
import type { ReportOptions } from '../../engine/report/report-options.ts'
import { recapOf, reported, taskEvent } from './events.ts'

const text = (events: RunEvent[], options?: ReportOptions) => reported((write) => plain(write, options), events)

describe('plain (A152, A153)', () => {
  test('has a line for each task that changed or failed, and a table of all hosts', () => {
    const events: RunEvent[] = [
      { type: 'start', playbook: 'site', check: false, hosts: ['m1', 'm2'] },
      { type: 'play', play: 'etcd', hosts: ['m1', 'm2'] },
      { type: 'host', host: 'm1', state: 'connecting' },
      taskEvent({ status: 'changed' }),
      taskEvent({ host: 'm2' }),
      taskEvent({ status: 'skipped', task: 'data', message: 'its condition does not hold' }),
      taskEvent({
        status: 'failed',
        role: null,
        task: 'health',
        message: 'non-zero exit code',
        hint: 'look at the log',
        code: 2,
        stderr: 'no quorum\n',
        durationMs: 1500,
        attempts: 3,
      }),
      taskEvent({ status: 'changed', task: 'restart etcd', handler: true, host: 'm2' }),
      {
        type: 'recap',
        durationMs: 2345,
        hosts: {
          m1: recapOf({ ok: 10, changed: 1, failed: 1, skipped: 1, roundTrips: 6 }),
          m2: recapOf({ ok: 2, changed: 1 }),
        },
      },
    ]
    expect(text(events)).toBe(
      `
PLAY etcd [m1 m2]
m1 | changed | etcd : config (0.12s)
m1 | failed | health (1.50s, 3 tries)
    non-zero exit code
    hint: look at the log
    exit code 2
    stderr:
      no quorum
m2 | changed | etcd : restart etcd (handler) (0.12s)

host  ok  changed  unreachable  failed  skipped  rescued  ignored  roundTrips
m1    10        1            0       1        1        0        0           6
m2     2        1            0       0        0        0        0           0
2 hosts in 2.35s
`.replace('2.35s', '2.35s'),
    )
  })

  test('says that a dry run is one, and which play has no hosts', () => {
    expect(
      text([
        { type: 'start', playbook: 'site', check: true, hosts: [] },
        { type: 'play', play: 'volumes', hosts: [] },
      ]),
    ).toBe('dry run: nothing is changed\n\nPLAY volumes [no hosts]\n')
  })

  test('shows what a debug says, notices, retries and a failure that is ignored', () => {
    expect(
      text([
        taskEvent({ module: 'debug', role: null, task: 'note', message: 'two\nlines' }),
        { type: 'notice', message: 'nothing to do', host: 'm1' },
        { type: 'notice', message: 'two plays were left out' },
        { type: 'retry', play: 'etcd', host: 'm1', task: 'health', attempt: 1, retries: 10 },
        taskEvent({ status: 'failed', ignored: true, message: 'no' }),
        taskEvent({ status: 'unreachable', message: 'connection refused' }),
      ]),
    ).toBe(`m1 | ok | note (0.12s)
    two
    lines
m1 | nothing to do
two plays were left out
m1 | retry 1/10 | health
m1 | failed, ignored | etcd : config (0.12s)
    no
m1 | unreachable | etcd : config (0.12s)
    connection refused
`)
  })

  test('with -v has ok and skipped tasks and their output', () => {
    expect(
      text(
        [
          taskEvent({ stdout: 'a\nb\n', code: 0 }),
          taskEvent({ status: 'skipped', task: 'data', message: 'its condition does not hold' }),
        ],
        { verbosity: 1 },
      ),
    ).toBe(`m1 | ok | etcd : config (0.12s)
    stdout:
      a
      b
m1 | skipped | etcd : data (0.12s)
    its condition does not hold
`)
  })

  test('with -vv has output as it comes, once (X07), and with -vvv what hosts are doing', () => {
    const events: RunEvent[] = [
      { type: 'host', host: 'm1', state: 'applying' },
      { type: 'output', play: 'etcd', host: 'm1', task: 'health', stream: 'stdout', text: 'a\nb\n' },
      taskEvent({ task: 'health', role: null, stdout: 'a\nb\n' }),
    ]
    expect(text(events, { verbosity: 2 })).toBe('m1 | health | a\nm1 | health | b\nm1 | ok | health (0.12s)\n')
    expect(text(events, { verbosity: 3 })).toMatch(/^m1 \| applying\n/)
  })

  test('with -vv has what did not come while the task ran below it: a last line without a newline, all of a background job', () => {
    const output = (text: string): RunEvent => ({
      type: 'output',
      play: 'etcd',
      host: 'm1',
      task: 'health',
      stream: 'stdout',
      text,
    })
    const ended = taskEvent({ task: 'health', role: null, stdout: 'a\nb\nlast', stderr: 'warning\n' })
    expect(text([output('a'), output('b'), ended], { verbosity: 2 })).toBe(`m1 | health | a
m1 | health | b
m1 | ok | health (0.12s)
    stdout:
      last
    stderr:
      warning
`)
    expect(text([ended], { verbosity: 2 })).toContain('    stdout:\n      a\n      b\n      last\n')
  })

  test('with -vv counts the lines of the last try only, and of each host for itself', () => {
    const output = (host: string, text: string): RunEvent => ({
      type: 'output',
      play: 'etcd',
      host,
      task: 'health',
      stream: 'stdout',
      text,
    })
    const ended = (host: string) => taskEvent({ task: 'health', role: null, host, stdout: 'x\ny\n' })
    expect(
      text(
        [
          output('m1', 'x'),
          output('m1', 'y'),
          { type: 'retry', play: 'etcd', host: 'm1', task: 'health', attempt: 1, retries: 3 },
          output('m1', 'x'),
          ended('m2'),
          ended('m1'),
        ],
        { verbosity: 2 },
      ),
    ).toBe(`m1 | health | x
m1 | health | y
m1 | retry 1/3 | health
m1 | health | x
m2 | ok | health (0.12s)
    stdout:
      x
      y
m1 | ok | health (0.12s)
    stdout:
      y
`)
  })

  test('with -vvv has the script that was sent', () => {
    const event = taskEvent({ status: 'changed', script: "install -d '/opt/etcd'\nprintf %s *** > /opt/etcd/token\n" })
    expect(text([event], { verbosity: 3 })).toBe(`m1 | changed | etcd : config (0.12s)
    script:
      install -d '/opt/etcd'
      printf %s *** > /opt/etcd/token
`)
    expect(text([event], { verbosity: 2 })).toBe('m1 | changed | etcd : config (0.12s)\n')
  })

  test('shows who did a task for another host (A030)', () => {
    expect(
      text([
        taskEvent({ host: 'web1', delegate: 'lb1', status: 'changed' }),
        taskEvent({ host: 'web1', delegate: 'lb1', status: 'changed', handler: true, task: 'reload' }),
      ]),
    ).toBe('web1 -> lb1 | changed | etcd : config (0.12s)\nweb1 -> lb1 | changed | etcd : reload (handler) (0.12s)\n')
  })

  test('shows a host that could not be reached and went on (A028)', () => {
    const event = taskEvent({ status: 'unreachable', ignored: true, message: 'connection refused' })
    expect(text([event])).toBe('m1 | unreachable, ignored | etcd : config (0.12s)\n    connection refused\n')
    expect(text([event], { color: true })).toContain('\x1b[33munreachable, ignored\x1b[39m')
    expect(text([{ ...event, ignored: false }], { color: true })).toContain('\x1b[31munreachable\x1b[39m')
  })

  test('does not repeat standard error that the message already says', () => {
    expect(text([taskEvent({ status: 'failed', message: 'no such file', stderr: 'no such file\n' })])).not.toContain(
      'stderr',
    )
  })

  test('shows differences only when asked (A151)', () => {
    const event = taskEvent({
      status: 'changed',
      diff: [
        {
          property: 'content',
          before: { sha256: 'a', size: 1 },
          after: { sha256: 'b', size: 2 },
          patch: '--- /etc/x\tbefore\n+++ /etc/x\tafter\n@@ -1 +1 @@\n-a\n+b\n',
        },
        { property: 'mode', before: '0644', after: '0600' },
        { property: 'owner', before: null, after: 'etcd user' },
        { property: 'target', before: '/old', after: null },
        { property: '', before: null, after: {} },
        { property: 'token', before: '***', after: '***' },
        { property: 'list', before: [1], after: [1, 2] },
        { property: 'file', before: null, after: { sha256: 'c'.repeat(64), size: 104857600 } },
      ],
    })
    expect(text([event])).toBe('m1 | changed | etcd : config (0.12s)\n')
    expect(text([event], { diff: true })).toBe(`m1 | changed | etcd : config (0.12s)
    --- /etc/x	before
    +++ /etc/x	after
    @@ -1 +1 @@
    -a
    +b
    ~ mode: 0644 → 0600
    + owner: "etcd user"
    - target: /old
    + created
    ~ token: *** → ***
    ~ list: [1] → [1,2]
    + file: sha256 cccccccccccc…, 104857600 bytes
`)
  })

  test('lets a task say whether its diff is shown (A034)', () => {
    const diff = [{ property: 'mode', before: '0644', after: '0600' }]
    const shown = (showDiff: boolean | undefined, flag: boolean) =>
      text([taskEvent({ status: 'changed', diff, ...(showDiff !== undefined && { showDiff }) })], {
        diff: flag,
      }).includes('mode')
    expect([shown(true, false), shown(true, true), shown(false, true), shown(undefined, true)]).toEqual([
      true,
      true,
      false,
      true,
    ])
  })

  test('says why a content is not shown: large, binary, or both a new mode and a secret (A151)', () => {
    const sha = (letter: string) => ({ sha256: letter.repeat(64) })
    const event = taskEvent({
      status: 'changed',
      diff: [
        { property: 'content', before: sha('a'), after: { ...sha('b'), size: 200_000 }, withheld: 'large' },
        { property: 'content', before: null, after: { ...sha('c'), size: 12 }, withheld: 'binary' },
        { property: 'content', before: sha('d'), after: null, withheld: 'binary' },
        { property: 'content', before: '***', after: '***' },
        { property: 'mode', before: '0644', after: '0600' },
      ],
    })
    expect(text([event], { diff: true })).toBe(`m1 | changed | etcd : config (0.12s)
    ~ content: sha256 aaaaaaaaaaaa… → sha256 bbbbbbbbbbbb…, 200000 bytes (above 104,448 bytes, not shown)
    + content: sha256 cccccccccccc…, 12 bytes (binary, not shown)
    - content: sha256 dddddddddddd… (binary, not shown)
    ~ content: *** → ***
    ~ mode: 0644 → 0600
`)
  })

  test('writes control characters out wherever they come from', () => {
    const evil = '\x1b]0;title\x07\x1b[2Jx\ry\u202ez'
    const shown = text(
      [
        { type: 'play', play: evil, hosts: [evil] },
        taskEvent({
          status: 'failed',
          host: evil,
          role: evil,
          task: evil,
          message: evil,
          hint: evil,
          stdout: evil,
          stderr: `${evil}2`,
          code: 1,
          diff: [
            { property: evil, before: evil, after: [evil] },
            { property: 'p', before: '', after: '', patch: `+${evil}\n` },
          ],
        }),
        { type: 'output', play: evil, host: evil, task: evil, stream: 'stdout', text: evil },
        { type: 'notice', message: evil, host: evil },
        { type: 'retry', play: evil, host: evil, task: evil, attempt: 1, retries: 2 },
        { type: 'recap', hosts: { [evil]: recapOf() }, durationMs: 1 },
      ],
      { diff: true, verbosity: 3 },
    )
    expect(shown).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/)
    expect(shown).toContain('\\x1b]0;title\\x07\\x1b[2Jx\\ry\\u202ez')
  })

  test('is coloured when asked, and never else', () => {
    expect(text([taskEvent({ status: 'changed' })], { color: true })).toContain('\x1b[33mchanged\x1b[39m')
    expect(text([taskEvent({ status: 'changed' })])).not.toContain('\x1b')
  })

  test('takes 10,000 events in less than a second', () => {
    const events = Array.from({ length: 10_000 }, () =>
      taskEvent({
        status: 'changed',
        stdout: 'x'.repeat(200),
        diff: [{ property: 'mode', before: '0644', after: '0600' }],
      }),
    )
    const start = performance.now()
    text(events, { diff: true, verbosity: 1 })
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
