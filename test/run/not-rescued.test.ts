// What no rescue takes up: a host that cannot be reached, and an error in the playbook’s own code.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect } from '../../engine/connection/connect.ts'
import type { Connect } from '../../engine/connection/connection.ts'
import { TsplayError } from '../../engine/error.ts'
import { block, handler, task } from '../../engine/index.ts'
import { command, debug } from '../../modules/index.ts'
import { type Here, here } from '../support/run-here.ts'

let lab: Here
beforeEach(() => {
  lab = here(['h1', 'h2'])
})
afterEach(() => lab.remove())

const say = (name: string) => task(name, debug({ message: 'x' }))

/** h1 refuses every login; h2 is there. */
const refusing: Connect = (target, signal) =>
  target.name === 'h1'
    ? Promise.reject(new TsplayError('no key fits', { kind: 'unreachable' }))
    : connect(target, signal)

test('a host that cannot be reached is not rescued: it leaves, and the others go on (A043)', async () => {
  const restart = handler('restart', debug({ message: 'x' }))
  const { log, outcome } = await lab.run(
    () => [
      block([task('first', command({ cmd: 'true' }), { notify: restart })], {
        rescue: [say('mend')],
        always: [say('tidy')],
      }),
      say('next'),
    ],
    { connect: refusing },
  )
  expect(log.filter((line) => line.startsWith('h1'))).toEqual(['h1: first: unreachable'])
  expect(log.filter((line) => line.startsWith('h2'))).toEqual([
    'h2: first: changed',
    'h2: tidy: ok',
    'h2: next: ok',
    'h2: restart: ok',
  ])
  expect(outcome.hosts.h1).toMatchObject({ unreachable: 1, rescued: 0, failed: 0, ok: 0 })
  expect(outcome.hosts.h2).toMatchObject({ unreachable: 0, rescued: 0, failed: 0 })
})

test('an error in what the playbook itself does is not rescued: mending it is not the host’s business (A043)', async () => {
  const { log, tasks, outcome } = await lab.run(() => [
    block(
      [
        task('look', command({ cmd: 'true' }), { changedWhen: false }).register(() => {
          throw new Error('no such field')
        }),
      ],
      { rescue: [say('mend')] },
    ),
    say('next'),
  ])
  expect(log.filter((line) => /mend|next/.test(line))).toEqual([])
  expect(tasks.filter(({ status }) => status === 'failed')[0]!.message).toContain('no such field')
  expect(outcome.hosts.h1).toMatchObject({ rescued: 0, failed: 1 })
})
