// The main job on real hosts: bare Debian, a dry run, the run, a second run, and what users do next.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { labSsh } from '../../engine/lab/connection.ts'
import { machineLacks } from '../../engine/lab/machine.ts'
import { bin, ended, type Ran, root, tsplayOn } from './program.ts'

const inventory = path.join(root, 'test/lab/fleet.ts')
const lacks = await machineLacks()

const tsplay = tsplayOn(inventory)

const on = (host: string, command: string): { code: number; output: string } => {
  const hosts = [
    { name: 'm1', address: '10.83.0.11' },
    { name: 'm3', address: '10.83.0.13' },
    { name: 'lb1', address: '10.83.0.31' },
  ]
  const result = spawnSync('ssh', labSsh({ name: 'fleet', subnet: '10.83.0.0/24', hosts }, host, [command]), {
    encoding: 'utf8',
  })
  return { code: result.status ?? -1, output: result.stdout + result.stderr }
}

const changed = ({ tasks }: Ran): string[] =>
  tasks
    .filter((task) => task.changed)
    .map(({ host, role, task }) => `${host} ${role} ${task}`)
    .sort()

describe.skipIf(lacks !== undefined)(
  `site.ts on six real hosts${lacks === undefined ? '' : ` (skipped: ${lacks})`}`,
  () => {
    let check: Ran
    let first: Ran
    const scratch = mkdtempSync(path.join(tmpdir(), 'tsplay-site-'))
    // what the control side keeps belongs to the lab that is made anew here
    const _store = path.join(root, '.tsplay', 'fleet')

    beforeAll(async () => {
      await ended(process.execPath, [bin, 'lab', 'down', '-i', inventory])
      const up = await ended(process.execPath, [bin, 'lab', 'up', '-i', inventory])
      if (up.code !== 0) throw new Error(up.stderr)
      check = await tsplay('run', 'playbooks/site.ts', '--check', '--diff')
      first = await tsplay('run', 'playbooks/site.ts')
    })
    afterAll(async () => {
      await ended(process.execPath, [bin, 'lab', 'down', '-i', inventory])
      rmSync(scratch, { recursive: true, force: true })
    })

    test('a dry run on bare hosts fails nowhere and names exactly the tasks that the run then changes (X04)', () => {
      expect(check.code).toBe(0)
      expect(first.code, first.tasks.find(({ status }) => status === 'failed')?.message ?? first.stderr).toBe(0)
      expect(changed(check)).toEqual(changed(first))
      expect(changed(first).length).toBeGreaterThan(100)
    })

    test('a dry run writes nothing, on the hosts and on the control side', () => {
      const predicted = check.tasks.find(({ host, task }) => host === 'm1' && task === 'configuration')
      expect(predicted?.diff.find(({ property }) => property === 'content')?.patch).toContain(
        '+  client-cert-auth: true',
      )
    })

    test('a second run changes nothing, in at most six round trips a host', async () => {
      const second = await tsplay('run', 'playbooks/site.ts', '--detailed-exitcode')
      expect(changed(second)).toEqual([])
      expect(second.code).toBe(0)
      for (const [host, recap] of Object.entries(second.hosts))
        expect(recap, host).toMatchObject({ changed: 0, failed: 0, unreachable: 0 })
      expect(Math.max(...Object.values(second.hosts).map(({ roundTrips }) => roundTrips))).toBeLessThanOrEqual(6)
    })

    test('etcd has three healthy members for who has a certificate, and none for who has not (B33, V16)', () => {
      const flags = '--cacert /opt/etcd/ssl/ca.pem --endpoints https://10.83.0.11:2379'
      const with_ = on(
        'm1',
        `ETCDCTL_API=3 etcdctl ${flags} --cert /opt/etcd/ssl/client.pem --key /opt/etcd/ssl/client-key.pem endpoint health --cluster`,
      )
      expect(with_.output.match(/is healthy/g)).toHaveLength(3)
      const without = on('m1', `ETCDCTL_API=3 etcdctl ${flags} --command-timeout 2s endpoint health`)
      expect(without.code).not.toBe(0)
      expect(without.output).not.toContain('is healthy')
    })

    test("etcd opens to the API server's certificate, and to none that the cluster's CA has signed (B33, B46)", () => {
      const asks = (pair: string) =>
        on(
          'm1',
          `cd /opt/kubernetes/ssl && ETCDCTL_API=3 etcdctl --cacert etcd-ca.pem --cert ${pair}.pem --key ${pair}-key.pem --endpoints https://10.83.0.13:2379 --command-timeout 3s get /`,
        )
      expect(asks('etcd-client')).toEqual({ code: 0, output: '' })
      for (const pair of ['server', 'metrics-server']) expect(asks(pair).code, pair).not.toBe(0)
    })

    test('the load balancer listens for the API', () => {
      expect(on('lb1', 'ss -lnt').output).toContain(':6443')
    })

    test('a role alone runs on the hosts and with the values the playbook gives it', async () => {
      const ran = await tsplay('role', 'etcd')
      expect(ran.code).toBe(0)
      expect(new Set(ran.tasks.map(({ host }) => host))).toEqual(new Set(['m1', 'm2', 'm3']))
      expect(new Set(ran.tasks.map(({ role }) => role))).toEqual(new Set(['etcd', 'pki']))
      expect(changed(ran)).toEqual([])
    })

    test('a changed configuration restarts etcd on one member after the other, healthy in between', async () => {
      const ran = await tsplay(
        'run',
        'playbooks/site.ts',
        '-e',
        '{"etcd": {"source": {"type": "package", "names": ["etcd-server", "etcd-client"]}, "startTimeout": 121}}',
        '--limit',
        'masters',
      )
      expect(ran.code, ran.stderr).toBe(0)
      const restarts = ran.tasks.filter((event) => event.handler && event.task === 'restart etcd')
      expect(restarts.map(({ host, status }) => `${host} ${status}`).sort()).toEqual([
        'm1 changed',
        'm2 changed',
        'm3 changed',
      ])
      const order = ran.tasks.filter((event) => event.handler).map(({ task }) => task)
      expect(order).toEqual(Array.from({ length: 3 }, () => ['restart etcd', 'the cluster is healthy']).flat())
    })

    test("etcd's CA is replaced in three steps, its members restarted one by one and healthy in between (M18)", async () => {
      const trusted = () => Number(on('m3', 'grep -c BEGIN /opt/etcd/ssl/ca.pem').output)
      const serial = () => on('m3', 'openssl x509 -noout -serial -in /opt/etcd/ssl/server.pem').output
      const before = serial()
      const seen: number[] = [trusted()]
      for (const step of [1, 2, 3]) {
        const { code, stdout, stderr } = await ended(process.execPath, [
          ...[bin, 'cert', 'renew', 'etcd-ca/ca', '-i', inventory],
        ])
        expect(code, stderr).toBe(0)
        expect(stdout).toContain(`step ${step} of 3`)
        const ran = await tsplay('run', 'playbooks/site.ts')
        expect(ran.code, ran.tasks.find(({ status }) => status === 'failed')?.message ?? ran.stderr).toBe(0)
        const handled = ran.tasks.filter((event) => event.handler).map(({ task }) => task)
        expect(handled).toEqual(Array.from({ length: 3 }, () => ['restart etcd', 'the cluster is healthy']).flat())
        // a member has the certificate of the new CA from the second step on
        expect(serial() === before).toBe(step === 1)
        seen.push(trusted())
      }
      expect(seen).toEqual([1, 2, 2, 1])
      expect(changed(await tsplay('run', 'playbooks/site.ts'))).toEqual([])
    })

    test('a host that cannot be reached leaves the others to finish, exit 4', async () => {
      // it comes back by itself, as nobody can log in to bring it back
      on(
        'm3',
        'systemd-run --on-active=20s --timer-property=AccuracySec=100ms systemctl start ssh && systemctl stop ssh',
      )
      const ran = await tsplay('role', 'limits')
      expect(ran.code).toBe(4)
      expect(ran.hosts.m3).toMatchObject({ unreachable: 1, ok: 0 })
      expect(ran.hosts.m1).toMatchObject({ unreachable: 0, failed: 0 })
      const lost = ran.tasks.find(({ status }) => status === 'unreachable')
      expect(lost).toMatchObject({ host: 'm3', message: expect.stringContaining('10.83.0.13') })
      await expect.poll(() => on('m3', 'true').code, { timeout: 60_000, interval: 500 }).toBe(0)
    })

    test('a host that fails leaves the others to finish, exit 2', async () => {
      const playbook = path.join(scratch, 'fails.ts')
      writeFileSync(
        playbook,
        `import { play, playbook, task } from 'tsplay'
import { command } from 'tsplay/modules'
import { cluster } from '${path.join(root, 'playbooks/cluster.ts')}'
export default playbook(cluster, [
  play({ name: 'p', hosts: 'masters', tasks: ({ host }) => [task('t', command({ cmd: host.name === 'm2' ? 'false' : 'true' }), { changedWhen: false })] }),
])`,
      )
      const ran = await tsplay('run', playbook)
      expect(ran.code).toBe(2)
      expect(ran.hosts.m2).toMatchObject({ failed: 1 })
      expect(ran.hosts.m1).toMatchObject({ ok: 1, failed: 0 })
    })
  },
)
