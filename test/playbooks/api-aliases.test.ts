// What stands in /etc/hosts for the name of the API, by host.
import { describe, expect, test } from 'vitest'
import type { ClusterContext } from '../../playbooks/cluster.ts'
import { aliasesOf, extraLinesOf } from '../../playbooks/preparation/aliases.ts'

const name = 'api.test'
const extraHosts = [
  { address: '198.51.100.7', names: [name, 'front.test'] },
  { address: '198.51.100.8', names: [name] },
]
const lines = (group: 'masters' | 'nodes', api: object, lb: readonly string[] = []): string[] => {
  const context = {
    ...{ vars: { api: { name, ...api }, extraHosts }, host: { name: 'h', address: '10.0.0.1', groups: [group] } },
    groups: { lb: lb.map((address) => ({ name: 'lb', address })) },
  } as unknown as ClusterContext
  return [...aliasesOf(context), ...extraLinesOf(context)].map(({ address, names }) => [address, ...names].join(' '))
}

describe('the name of the API', () => {
  test('belongs to the virtual address, else to the first balancer, else to nobody here', () => {
    const extra = ['198.51.100.7 api.test front.test', '198.51.100.8 api.test']
    expect(lines('nodes', { vip: '10.0.0.100' }, ['10.0.0.9'])).toEqual(['10.0.0.100 api.test', ...extra])
    expect(lines('nodes', {}, ['10.0.0.9', '10.0.0.10'])).toEqual(['10.0.0.9 api.test', ...extra])
    expect(lines('nodes', {})).toEqual(extra)
  })

  test('is their own on masters that go to themselves, and then nobody else has it there (B13)', () => {
    const api = { ownOnMasters: true }
    expect(lines('masters', api)).toEqual(['10.0.0.1 api.test', '198.51.100.7 front.test'])
    expect(lines('nodes', api)).toEqual(['198.51.100.7 api.test front.test', '198.51.100.8 api.test'])
  })
})
