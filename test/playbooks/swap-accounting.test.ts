// Swap that limits of containers count: whose kernels are told so, and who is booted for it.
import { describe, expect, test } from 'vitest'
import type { InventoryFile } from '../../engine/inventory.ts'
import s2Inventory from '../../inventories/s2/hosts.ts'
import s3Inventory from '../../inventories/s3/hosts.ts'
import s2 from '../../playbooks/systems/s2.ts'
import s3 from '../../playbooks/systems/s3.ts'
import { siteOver } from './tasks-of.ts'

const over = (inventory: unknown, playbook: Parameters<typeof siteOver>[1], os: object) => {
  const file = inventory as InventoryFile
  return siteOver({ ...file, vars: { ...file.vars, os } }, playbook)
}

const ubuntu = { id: 'ubuntu', version: '20.04' }

describe('S3, which asks for it', () => {
  const counts = (os: object, host: string) =>
    over(s3Inventory, s3, os)
      .tasks(host)
      .filter(({ name }) => name === 'swap is counted')

  test.each(['k8s-master01.example.local', 'k8s-node03.example.local', 'k8s-harbor01.example.local'])(
    'tells the kernel of %s, on Ubuntu, as it is one of those that run containers',
    (host) => {
      expect(counts(ubuntu, host).map(({ params }) => params)).toEqual([{ args: ['swapaccount=1'] }])
    },
  )

  test('tells no other kernel, and no host without containers', () => {
    for (const os of [
      { id: 'rocky', version: '8' },
      { id: 'centos', version: '7' },
      { id: 'debian', version: '11' },
    ])
      expect(counts(os, 'k8s-master01.example.local')).toEqual([])
    expect(counts(ubuntu, 'k8s-ha01.example.local')).toEqual([])
  })

  test('has all of them booted where that is needed, and nobody else', () => {
    const { hosts, plays } = over(s3Inventory, s3, ubuntu)
    const booted = hosts.filter(({ name }) => plays(name).some((play) => play.name === 'reboots'))
    expect(booted.map(({ name }) => name.replace(/0\d.*/, ''))).toEqual(
      ['k8s-master', 'k8s-node', 'k8s-harbor'].flatMap((name) => Array(name === 'k8s-harbor' ? 2 : 3).fill(name)),
    )
  })
})

test('others do not ask for it', () => {
  const tasks = over(s2Inventory, s2, ubuntu).tasks('centos7-d')
  expect(tasks.map(({ name }) => name)).toContain('docker runs')
  expect(tasks.map(({ name }) => name)).not.toContain('swap is counted')
})
