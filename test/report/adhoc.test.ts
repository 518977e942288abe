import { describe, expect, test } from 'vitest'
import type { TaskEvent } from '../../engine/event.ts'
import { adhoc } from '../../engine/report/adhoc.ts'
import type { ReportOptions } from '../../engine/report/report-options.ts'
import { recapOf, reported, taskEvent } from './events.ts'

const text = (part: Partial<TaskEvent>, options?: ReportOptions) =>
  reported((write) => adhoc(write, options), [taskEvent({ role: null, ...part })])

describe('the output of an ad-hoc command (A141)', () => {
  test('of a command is its exit code and what it printed', () => {
    expect(text({ status: 'changed', code: 0, stdout: 'Permissive\n', stderr: '' })).toBe(
      'm1 | CHANGED | rc=0 >>\nPermissive\n',
    )
    expect(text({ status: 'changed', code: 0 })).toBe('m1 | CHANGED | rc=0 >>\n')
  })

  test('of a command that failed has its errors, too', () => {
    expect(text({ status: 'failed', code: 3, stdout: 'out', stderr: 'err\n', message: 'err' })).toBe(
      'm1 | FAILED | rc=3 >>\nout\nerr\nnon-zero return code\n',
    )
    expect(text({ status: 'failed', code: 0, stdout: 'out', message: 'failedWhen says so' })).toBe(
      'm1 | FAILED | rc=0 >>\nout\nfailedWhen says so\n',
    )
  })

  test('of another module is an object', () => {
    expect(text({ status: 'ok' })).toBe('m1 | SUCCESS => {\n    "changed": false\n}\n')
    expect(text({ status: 'failed', message: '/opt is a file', hint: 'remove it' })).toBe(
      'm1 | FAILED! => {\n    "changed": false,\n    "message": "/opt is a file",\n    "hint": "remove it"\n}\n',
    )
    const diff = [{ property: 'mode', before: '0644', after: '0755' }]
    expect(text({ status: 'changed', diff })).toBe('m1 | CHANGED => {\n    "changed": true\n}\n')
    expect(JSON.parse(text({ status: 'changed', diff }, { diff: true }).replace('m1 | CHANGED => ', ''))).toEqual({
      changed: true,
      diff,
    })
  })

  test('of a host that cannot be reached says so', () => {
    expect(text({ status: 'unreachable', message: 'connection refused' })).toBe(
      'm1 | UNREACHABLE! => {\n    "changed": false,\n    "message": "connection refused"\n}\n',
    )
  })

  test('has no control characters and no table at the end', () => {
    expect(text({ status: 'changed', code: 0, stdout: '\x1b[2J' })).toBe('m1 | CHANGED | rc=0 >>\n\\x1b[2J\n')
    expect(reported((write) => adhoc(write), [{ type: 'recap', hosts: { m1: recapOf() }, durationMs: 1 }])).toBe('')
    expect(reported((write) => adhoc(write), [{ type: 'notice', message: 'no hosts' }])).toBe('no hosts\n')
  })
})
