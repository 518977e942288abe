import { expect, it } from 'vitest'
import { labConnection, labPaths, labSsh } from '../../engine/lab/lab.ts'
import { bridgeName, cableName, namespaceName } from '../../engine/lab/names.ts'

it('keeps interface names within what Linux allows, and apart', () => {
  expect(bridgeName('lab')).toBe('tsb-lab')
  expect(cableName('lab', 'lb1')).toBe('tsv-lab-lb1')
  const long = [
    bridgeName('a-lab-with-a-long-name'),
    bridgeName('a-lab-with-a-long-name-too'),
    cableName('lab', 'a-host-with-a-long-name'),
    cableName('lab', 'a-host-with-a-long-name-too'),
    cableName('lab-a', 'host-with-a-long-name'),
    cableName('a', 'b-c'),
    cableName('a-b', 'c'),
  ]
  for (const name of long) expect(name).toMatch(/^ts[bv]-[a-z0-9-]{1,11}$/)
  expect(new Set(long).size).toBe(long.length)
})

it('keeps namespaces of labs apart whose names run into each other', () => {
  expect(namespaceName('a', 'b-c')).not.toBe(namespaceName('a-b', 'c'))
})

it('takes folders from the environment', () => {
  expect(labPaths('lab', {}).key).toBe('/var/lib/tsplay/labs/lab/id_ed25519')
  expect(labPaths('lab', {}).base).toBe('/var/cache/tsplay/base')
  const elsewhere = labPaths('lab', { TSPLAY_LAB_DIR: '/srv/labs', TSPLAY_CACHE_DIR: '/srv/cache' })
  expect(elsewhere.dir).toBe('/srv/labs/lab')
  expect(elsewhere.knownHosts).toBe('/srv/labs/lab/known_hosts')
  expect(elsewhere.base).toBe('/srv/cache/base')
})

it("logs in as root with the lab's own key and known hosts", () => {
  expect(labConnection('lab')).toMatchObject({
    user: 'root',
    privateKeys: [labPaths('lab').key],
    hostKeys: 'accept-new',
  })
})

it('builds the arguments of ssh for a host, with a command after the address', () => {
  const spec = { name: 'lab', subnet: '10.77.0.0/24', hosts: [{ name: 'm1', address: '10.77.0.11' }] }
  const args = labSsh(spec, 'm1', ['uname', '-r'])
  expect(args.slice(-4)).toEqual(['root@10.77.0.11', '--', 'uname', '-r'])
  expect(args).toContain(`UserKnownHostsFile=${labPaths('lab').knownHosts}`)
  expect(() => labSsh(spec, 'm2')).toThrow("no host 'm2'")
})
