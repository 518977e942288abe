import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../engine/event.ts'
import { junit } from '../../engine/report/junit.ts'
import { recapOf, reported, taskEvent } from './events.ts'

describe('junit (A152)', () => {
  test('has a suite for each play and a case for each task on each host', () => {
    const events: RunEvent[] = [
      { type: 'play', play: 'prepare', hosts: ['m1'] },
      { type: 'play', play: 'etcd & co', hosts: ['m1'] },
      taskEvent({ play: 'etcd & co', status: 'changed', durationMs: 1500 }),
      taskEvent({ play: 'etcd & co', status: 'skipped', message: 'not here' }),
      taskEvent({
        play: 'etcd & co',
        status: 'failed',
        message: 'a < "b"',
        hint: 'mend it',
        code: 2,
        stdout: 'out\x1b[1m',
        stderr: 'err',
      }),
      taskEvent({ play: 'etcd & co', status: 'failed', ignored: true, message: 'never mind' }),
      taskEvent({
        play: 'etcd & co',
        host: 'm2',
        status: 'unreachable',
        message: 'refused',
        role: null,
        handler: true,
      }),
      { type: 'recap', hosts: { m1: recapOf() }, durationMs: 2000 },
    ]
    expect(reported(junit, events)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="tsplay" tests="5" failures="1" errors="1" skipped="1" time="2.000">
  <testsuite name="prepare" tests="0" failures="0" errors="0" skipped="0" time="0.000">
  </testsuite>
  <testsuite name="etcd &amp; co" tests="5" failures="1" errors="1" skipped="1" time="1.980">
    <testcase classname="m1" name="etcd : config" time="1.500"/>
    <testcase classname="m1" name="etcd : config" time="0.120"><skipped message="not here"/></testcase>
    <testcase classname="m1" name="etcd : config" time="0.120"><failure message="a &lt; &quot;b&quot;" type="failed">a &lt; "b"
hint: mend it
exit code 2</failure><system-out>out[1m</system-out><system-err>err</system-err></testcase>
    <testcase classname="m1" name="etcd : config" time="0.120"/>
    <testcase classname="m2" name="config (handler)" time="0.120"><error message="refused" type="unreachable">refused</error></testcase>
  </testsuite>
</testsuites>
`)
  })

  test('counts no error where an unreachable host is ignored, and names who did a task (A028, A030)', () => {
    const shown = reported(junit, [
      taskEvent({ status: 'unreachable', ignored: true, message: 'refused' }),
      taskEvent({ host: 'web1', delegate: 'lb1' }),
      { type: 'recap', hosts: {}, durationMs: 1 },
    ])
    expect(shown).toContain('tests="2" failures="0" errors="0" skipped="0"')
    expect(shown).not.toContain('<error')
    expect(shown).toContain('classname="web1 -&gt; lb1"')
  })

  test('is XML whatever hosts print: markup, quotes, ends of CDATA, characters that XML has not', () => {
    const evil = ']]>"\'<&>\u0000\u0008\ufffe\ud800\n\t\r'
    const shown = reported(junit, [
      taskEvent({
        play: evil,
        role: evil,
        task: evil,
        host: evil,
        delegate: evil,
        status: 'failed',
        message: evil,
        hint: evil,
        stdout: evil,
        stderr: evil,
      }),
      { type: 'recap', hosts: {}, durationMs: 1 },
    ])
    expect(shown).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/)
    // without its elements, no markup is left
    const texts = shown.replace(/<\?xml[^>]*\?>|<\/?[a-z-]+(?: [a-z]+="[^"<]*")*\/?>/g, '')
    expect(texts).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)/)
    expect(texts).toContain(']]&gt;')
  })

  test('writes nothing before the run is over', () => {
    expect(reported(junit, [taskEvent()])).toBe('')
  })
})
