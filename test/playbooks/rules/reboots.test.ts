// Hosts that are rebooted together: when etcd would lose its majority.
import { expect, test } from 'vitest'
import { rebootFindings } from '../../../playbooks/rules/reboots.ts'

test.each<[masters: number, hosts: number, serial: Parameters<typeof rebootFindings>[0]['serial'], together?: number]>([
  [3, 5, 1],
  [3, 5, [1]],
  [3, 5, [1, 1, 1, 5]],
  // the last of a list repeats
  [3, 5, [1, 1, 1, '20%']],
  [5, 50, 2],
  [5, 50, '4%'],
  // a share is never less than one host
  [3, 5, '10%'],
  [1, 5, 5],
  [1, 1, 1],
  [0, 0, 5],
  [3, 5, 2, 2],
  [3, 5, 5, 3],
  [3, 5, [1, 2], 2],
  [3, 50, [1, 1, '20%']],
  [3, 50, [1, '20%'], 2],
  [5, 50, '20%', 5],
  [5, 50, '6%', 3],
  [3, 5, '100%', 3],
  // two have no one to spare, which is another's finding
  [2, 2, 1],
  [2, 2, 2, 2],
])('%i masters of %i hosts, %j at a time: %s masters are too many', (masters, hosts, serial, together) => {
  const found = rebootFindings({ masters, hosts, serial }, 'rebootSerial')
  expect(found.map(({ message }) => message)).toEqual(
    together === undefined
      ? []
      : [
          `${together} of ${masters} masters are rebooted at a time, and etcd needs ${Math.floor(masters / 2) + 1} of them`,
        ],
  )
  for (const each of found)
    expect(each).toMatchObject({
      level: 'warning',
      rule: 'reboot-quorum',
      variable: 'rebootSerial',
      hint: expect.stringContaining('one by one'),
    })
})
