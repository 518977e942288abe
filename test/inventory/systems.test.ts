// The inventories of the documented systems (systems.md 1.10 and 3.1) load as they are printed there.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import * as tsplay from '../../engine/index.ts'
import { openInventory } from '../../engine/inventory/open-inventory.ts'
import { selectHosts } from '../../engine/inventory/select-hosts.ts'
import { reveal } from '../../engine/secret.ts'
import { varsOf } from './opened.ts'

const folder = path.join(import.meta.dirname, 'systems')
const open = (name: string) => openInventory(path.join(folder, name), { modules: { tsplay, zod: z } })

/** Hosts of each group, and what holds on one host. */
const expected: Record<string, { groups: Record<string, number>; host: string; vars: object }> = {
  's0.yml': {
    groups: { all: 3, masters: 3, nodes: 3, etcd: 3 },
    host: 'k8s-master2',
    vars: { ip: '192.168.0.217', etcd_name: 'etcd02', api_host: 'lb.ypvip.com.cn', api_port: 6443 },
  },
  's1.yml': {
    groups: { all: 3, lb: 3 },
    host: 'test1',
    vars: { keepalived_state: 'MASTER', keepalived_priority: 120, service_user: 'k8s', vip: '192.168.0.235' },
  },
  's2.yml': {
    groups: { all: 7, control: 1, lb: 1, masters: 3, nodes: 2, k8s: 5, etcd: 3 },
    host: 'centos7-e',
    vars: { ip: '10.10.10.132', labels: { 'lb-type': 'nginx' }, iface: 'ens33' },
  },
  's2.ini': { groups: { all: 5, masters: 3, nodes: 2, k8s: 5 }, host: '10.10.10.131', vars: {} },
  's3.yml': {
    groups: { all: 10, masters: 3, ha: 2, harbor: 2, nodes: 3, k8s: 6, chrony_server: 2, chrony_client: 8 },
    host: 'k8s-node03.example.local',
    vars: { ip: '172.31.3.110', prefix: 21, vip: '172.31.3.188' },
  },
  's4k.ini': {
    groups: { all: 8, 'k8s-master': 3, 'k8s-worker': 4, volume: 1, k8s: 7 },
    host: '192.168.208.195',
    vars: { ansible_ssh_user: 'root', ansible_ssh_pass: '***' },
  },
  's4b.yml': {
    groups: { all: 8, masters: 3, workers: 4, volume: 1 },
    host: 'k8s-worker4',
    vars: { ip: '192.168.208.204', vip: '192.168.208.200' },
  },
}

describe('the inventory of a documented system loads', () => {
  test('every one of them', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(expected).sort())
  })

  test.each(Object.entries(expected))('%s', async (name, { groups, host, vars }) => {
    const inventory = await open(name)
    expect(
      Object.fromEntries(Object.keys(groups).map((group) => [group, inventory.groups.get(group)?.length])),
    ).toEqual(groups)
    expect(varsOf(inventory, host)).toMatchObject(vars)
    expect(inventory.warnings.filter(({ message }) => !message.includes('is a group and a host'))).toEqual([])
  })

  test('S4K logs in with its user and password', async () => {
    const { connection } = (await open('s4k.ini')).hosts.get('192.168.208.190')!
    expect([connection.user, reveal(connection.password!)]).toEqual(['root', '123456'])
  })

  test('S2 runs from its own machine, which the inventory need not have', async () => {
    const names = async (file: string) => selectHosts(await open(file), 'localhost').map((host) => host.name)
    expect([await names('s2.ini'), await names('s2.yml')]).toEqual([['localhost'], ['localhost']])
  })
})
