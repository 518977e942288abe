// The preparation roles on real hosts of both families: what a check foretells is what a run does, and a second run does nothing.
import { describe, expect, it } from 'vitest'
import { machineLacks } from '../../engine/lab/lab.ts'
import { chronyClient } from '../../playbooks/roles/chrony-client/index.ts'
import { chronyServer } from '../../playbooks/roles/chrony-server/index.ts'
import { changedIn, failedIn, preparedHosts, type Thrice } from './prepared-hosts.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec = {
  name: 'prep',
  subnet: '10.103.0.0/28',
  hosts: [
    { name: 'd1', address: '10.103.0.2' },
    { name: 'd2', address: '10.103.0.3' },
    { name: 'r1', address: '10.103.0.4', image: 'dnf' as const },
  ],
}
const { thrice, on } = preparedHosts(spec, lacks)

/** The check foretold the run, which failed nowhere, and nothing was left for the second. */
function expectSettled({ check, first, second }: Thrice): void {
  expect(failedIn(check)).toEqual([])
  expect(failedIn(first)).toEqual([])
  expect(changedIn(check)).toEqual(changedIn(first))
  expect(changedIn(second)).toEqual([])
}

describe(lacks ? `preparation roles (skipped: ${lacks})` : 'preparation roles', () => {
  here('chrony: a client follows the time server of the cluster, and only that one (B14, V03)', async () => {
    const container = { family: 'debian' as const, setsClock: false }
    const done = await thrice(
      ({ host }) =>
        host.name === 'd1'
          ? [chronyServer({ ...container, allow: [spec.subnet], upstreams: [{ address: '127.0.0.1' }] })]
          : [chronyClient({ ...container, servers: ['10.103.0.2'] })],
      ['d1', 'd2'],
    )
    expectSettled(done)
    expect(on('d2', 'chronyc -n sources')).toMatch(/^\^\* 10\.103\.0\.2/m)
    expect(on('d2', 'chronyc -n sources').match(/^\^/gm)).toHaveLength(1)
  })
})
