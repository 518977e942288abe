// Facts of a real host through the program, against what the tools on the host say; round trips are counted.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Facts, factKeys } from '../../engine/facts.ts'
import { type LabSpec, labDown, labUp, machineLacks } from '../../engine/lab/lab.ts'
import { inventoryOf, type Project, playbookOf, project } from '../support/cli.ts'

const lacks = await machineLacks()
const spec: LabSpec = { name: 'facts', subnet: '10.85.0.0/24', hosts: [{ name: 'one', address: '10.85.0.11' }] }

describe.skipIf(lacks !== undefined)(`facts of a real host${lacks === undefined ? '' : ` (skipped: ${lacks})`}`, () => {
  let site: Project
  beforeAll(async () => {
    await labDown(spec)
    await labUp(spec)
    site = project({
      'package.json': '{}',
      'read.ts': playbookOf(
        "task(facts.os.id, debug({ message: facts.addresses.ipv4.join() + ' ' + facts.local.app?.role })),",
      )
        .replace('groups })', 'groups, facts })')
        .replace('facts.local.app', '(facts.local as any).app'),
      'rename.ts': playbookOf("task('hostname', hostname({ name: 'renamed.example.org' })),").replace(
        'assert,',
        'assert, hostname,',
      ),
      'named.ts': playbookOf('task(facts.hostname, debug({ message: facts.fqdn })),').replace(
        'groups })',
        'groups, facts })',
      ),
    })
    site.write(
      'inventories/home.ts',
      inventoryOf(
        "{ web: { hosts: { one: { ...labConnection('facts'), address: '10.85.0.11', transport: 'ssh' } } } }",
      ).replace('{ inventory }', '{ inventory, labConnection }'),
    )
  })
  afterAll(async () => {
    site?.remove()
    if (!lacks) await labDown(spec)
  })
  const facts = async (...args: string[]): Promise<Facts> => {
    const { stdout, code, stderr } = await site.tsplay(['facts', 'one', '-i', 'home', ...args])
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout).one
  }
  /** What a command on the host prints. */
  const tool = async (command: string): Promise<string> => {
    const { stdout } = await site.tsplay(['exec', 'one', '-i', 'home', '-m', 'shell', '-a', command])
    return stdout.slice(stdout.indexOf('\n') + 1).trim()
  }

  test('are what the tools there say (A064)', async () => {
    const found = await facts()
    expect(Object.keys(found).sort()).toEqual([...factKeys].sort())
    const lines = await tool(
      `uname -r; uname -m; hostname; hostname -f; nproc --all; cat /proc/sys/kernel/random/boot_id; cat /etc/machine-id
ip -4 route get 1.1.1.1 | sed -n 's/.* src \\([0-9.]*\\).*/\\1/p'; cat /sys/class/net/eth0/address; cat /sys/class/net/eth0/mtu
systemd-detect-virt; cut -d ' ' -f 2 /etc/ssh/ssh_host_ed25519_key.pub; free -m | sed -n 's/^Mem: *\\([0-9]*\\).*/\\1/p'; getent passwd root`,
    )
    const [
      kernel,
      arch,
      hostname,
      fqdn,
      cpus,
      bootId,
      machineId,
      address,
      mac,
      mtu,
      virtualization,
      key,
      memory,
      root,
    ] = lines.split('\n')
    expect(found).toMatchObject({
      os: { id: 'debian', family: 'debian', version: '12', majorVersion: '12', codename: 'bookworm' },
      ...{ kernel, arch, hostname, fqdn, bootId, machineId },
      cpus: Number(cpus),
      packageManager: 'apt',
      serviceManager: 'systemd',
      defaultIpv4: { address, interface: 'eth0' },
      selinux: 'disabled',
      virtualization: `container:${virtualization === 'container-other' ? 'tsplay-lab' : virtualization}`,
      sshHostKeys: { 'ssh-ed25519': key },
      local: {},
    })
    expect(found.interfaces.eth0).toMatchObject({ mac, mtu: Number(mtu), up: true, ipv4: [{ address, prefix: 24 }] })
    expect(found.addresses.ipv4).toEqual([address])
    expect(Math.abs(found.memoryMb - Number(memory))).toBeLessThanOrEqual(1)
    const [name, , uid, gid, , home, shell] = root!.split(':')
    expect(found.user).toEqual({ name, uid: Number(uid), gid: Number(gid), home, shell })
    expect(found.env).toMatchObject({ HOME: '/root', USER: 'root', SSH_CONNECTION: expect.stringContaining(address!) })
    const size = Number(await tool("df -P -k / | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2"))
    expect(found.mounts.find(({ path }) => path === '/')).toMatchObject({ sizeMb: Math.floor(size / 1024) })
  })

  test('all of them cost one round trip (X15)', async () => {
    const { hosts } = await site.tsplay(['facts', 'one', '-i', 'home', '-o', 'ndjson'])
    expect(hosts.one).toMatchObject({ roundTrips: 1, ok: 1, changed: 0 })
  })

  test('those of the host itself are read from its folders, and none harms (A005, A064)', async () => {
    await tool(`mkdir -p /etc/ansible/facts.d /etc/tsplay/facts.d
printf '[general]\\nrole=db\\n' > /etc/ansible/facts.d/ini.fact
printf '#!/bin/sh\\necho "{\\\\"role\\\\": \\\\"$(id -un)\\\\"}"\\n' > /etc/tsplay/facts.d/app.fact; chmod 755 /etc/tsplay/facts.d/app.fact
printf '#!/bin/sh\\nexit 9\\n' > /etc/tsplay/facts.d/bad.fact; chmod 755 /etc/tsplay/facts.d/bad.fact`)
    expect((await facts('--filter', 'local')).local).toEqual({
      app: { role: 'root' },
      bad: { error: 'exit code 9' },
      ini: { general: { role: 'db' } },
    })
  })

  test('a play costs a round trip for each fact that leads to another, and none where they are kept (A065, X15)', async () => {
    const run = async (...args: string[]) => {
      const ran = await site.tsplay(['run', 'read.ts', '-i', 'home', '-o', 'ndjson', ...args])
      expect(ran.code, ran.stderr).toBe(0)
      expect(ran.tasks).toMatchObject([{ task: 'debian', message: '10.85.0.11 root' }])
      return ran.hosts.one!.roundTrips
    }
    expect(await run('--fact-cache', '600')).toBe(3)
    expect(await run('--fact-cache', '600')).toBe(0)
    expect(await run('--check', '--fact-cache', '600')).toBe(0)
    expect(await run()).toBe(3)
  })

  test('a change of the name shows in the next run, kept facts or not (A065)', async () => {
    const named = async () => {
      const ran = await site.tsplay(['run', 'named.ts', '-i', 'home', '-o', 'ndjson', '--fact-cache', '600'])
      return [ran.tasks[0]!.task, ran.tasks[0]!.message]
    }
    expect(await named()).toEqual(['one', 'one'])
    expect((await site.tsplay(['run', 'rename.ts', '-i', 'home'])).code).toBe(0)
    expect(await named()).toEqual(['renamed.example.org', 'renamed.example.org'])
  })
})
