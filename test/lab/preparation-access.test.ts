// Accounts, keys, and a look at hosts before anything is changed, on real hosts of both families.
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { machineLacks } from '../../engine/lab/lab.ts'
import { secret } from '../../engine/secret.ts'
import { preflight } from '../../playbooks/roles/preflight/index.ts'
import { sshKeys } from '../../playbooks/roles/ssh-keys/index.ts'
import { usersSudo } from '../../playbooks/roles/users-sudo/index.ts'
import { changedIn, expectSettled, failedIn, preparedHosts, type TasksOf } from './prepared-hosts.ts'
import { smallRpms } from './small-rpms.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec = {
  name: 'prepaccess',
  subnet: '10.106.0.0/28',
  hosts: [
    { name: 'd1', address: '10.106.0.2' },
    { name: 'd2', address: '10.106.0.3' },
    { name: 'r1', address: '10.106.0.4', image: 'dnf' as const },
  ],
}
const { folder, run, thrice, on } = preparedHosts(spec, lacks)

describe(lacks ? `roles for who gets in (skipped: ${lacks})` : 'roles for who gets in', () => {
  here(
    'users-sudo: an account may do what is said without a password, and a rule that visudo refuses never lands (B20)',
    async () => {
      on('r1', smallRpms('sudo', [{ name: 'sudo', version: '1.9-1' }]))
      const accounts = [{ name: 'k8s', groups: ['docker'], sudo: true as const }]
      const families = { d1: 'debian', r1: 'redhat' } as const
      const family = (name: string) => families[name as keyof typeof families]
      expectSettled(await thrice(({ host }) => [usersSudo({ family: family(host.name), accounts })], ['d1', 'r1']))
      for (const host of ['d1', 'r1']) {
        expect(on(host, "su k8s -c 'sudo -n id -u'; id -nG k8s; stat -c %a /etc/sudoers.d/90-k8s")).toBe(
          '0\nk8s docker\n440',
        )
        expect(on(host, 'getent shadow k8s | cut -d: -f2 | cut -c1')).toBe('!')
      }
      const wrong = [{ name: 'k8s', sudo: ['/bin/ls a:b'] }]
      const ran = await run(({ host }) => [usersSudo({ family: family(host.name), accounts: wrong })], {
        hosts: ['d1', 'r1'],
      })
      for (const message of failedIn(ran)) expect(message).toMatch(/what k8s may do as root: .*syntax error/s)
      expect(failedIn(ran)).toHaveLength(2)
      expect(on('d1', "su k8s -c 'sudo -n id -u'")).toBe('0')
    },
  )

  here('ssh-keys: a host with a password gets in by a key, and hosts know each other (B22)', async () => {
    const controlKey = path.join(folder, 'keys', 'id_ed25519')
    const password = secret('only for the first time')
    on(
      'd1',
      `echo 'root:only for the first time' | chpasswd; printf 'PermitRootLogin yes\nPasswordAuthentication yes\n' > /etc/ssh/sshd_config.d/first.conf; systemctl reload ssh`,
    )
    const atFirst = { hosts: ['d1'], login: { password, privateKeys: [] } }
    const alone: TasksOf = ({ host }) => [sshKeys({ self: host, hosts: [host], controlKey })]
    const foretold = await run(alone, { ...atFirst, check: true })
    const bootstrap = await run(alone, atFirst)
    expect([...failedIn(foretold), ...failedIn(bootstrap)]).toEqual([])
    expect(changedIn(foretold)).toEqual(changedIn(bootstrap))
    const all = spec.hosts
    const tasks: TasksOf = ({ host }) => [sshKeys({ self: host, hosts: all, controlKey, between: ['root'] })]
    const check = await run(tasks, { check: true })
    expect(failedIn(check)).toEqual([])
    const first = await run(tasks)
    expect(failedIn(first)).toEqual([])
    expect(changedIn(check)).toEqual(changedIn(first))
    const keys = on('d1', 'cat /root/.ssh/id_ed25519.pub')
    const second = await run(tasks, { login: { privateKeys: [controlKey] } })
    expect(failedIn(second)).toEqual([])
    expect(changedIn(second)).toEqual([])
    expect(on('d1', 'cat /root/.ssh/id_ed25519.pub')).toBe(keys)
    expect(on('r1', 'ssh -o BatchMode=yes 10.106.0.3 hostname')).toBe('d2')
  })

  here(
    'ssh-keys: a host that listens on another port is known and reached by it, from this machine as well',
    async () => {
      const controlKey = path.join(folder, 'keys', 'id_ed25519')
      on(
        'd2',
        "printf 'Port 22\\nPort 2222\\n' > /etc/ssh/sshd_config.d/ports.conf; systemctl restart ssh; systemctl is-active ssh",
      )
      const elsewhere = spec.hosts
        .filter(({ name }) => name !== 'd1')
        .map((host) => ({ ...host, port: host.name === 'd2' ? 2222 : 22 }))
      const tasks: TasksOf = ({ host }) => [
        sshKeys({
          ...{ self: elsewhere.find(({ name }) => name === host.name)!, hosts: elsewhere },
          ...{ controlKey, between: ['root'] },
        }),
      ]
      expectSettled(await thrice(tasks, ['d2', 'r1']))
      expect(on('r1', 'ssh -p 2222 -o BatchMode=yes 10.106.0.3 hostname')).toBe('d2')
      expect(on('r1', "grep -c '^\\[10.106.0.3]:2222 ' /etc/ssh/ssh_known_hosts | grep -vx 0 | wc -l")).toBe('1')
    },
  )

  here('ssh-keys: where the control key does not let an account in, it says why', async () => {
    const controlKey = path.join(folder, 'keys', 'id_ed25519')
    on(
      'd1',
      "printf 'Match User k8s\\nPubkeyAuthentication no\\n' > /etc/ssh/sshd_config.d/k8s.conf; systemctl reload ssh",
    )
    on('r1', 'chmod 777 /home/k8s')
    const tasks: TasksOf = ({ host }) => [sshKeys({ self: host, hosts: [host], controlKey, users: ['root', 'k8s'] })]
    const hosts = ['d1', 'r1']
    // the keys themselves are put in place before
    const failed = failedIn(await run(tasks, { hosts })).sort()
    expect(failed).toEqual([
      expect.stringMatching(/^d1 k8s gets in: .* k8s in: sshd_config says PubkeyAuthentication no; .*ermission denied/),
      expect.stringMatching(/^r1 k8s gets in: .* k8s in: \/home\/k8s has the mode 777: others may write it; /),
    ])
    on('d1', 'rm /etc/ssh/sshd_config.d/k8s.conf; systemctl reload ssh')
    on('r1', 'chmod 755 /home/k8s')
    const mended = await run(tasks, { hosts })
    expect([...failedIn(mended), ...changedIn(mended)]).toEqual([])
  })

  here('ssh-keys on some of the hosts leaves what the others told an earlier run', async () => {
    const controlKey = path.join(folder, 'keys', 'id_ed25519')
    const one = await run(({ host }) => [sshKeys({ self: host, hosts: spec.hosts, controlKey, between: ['root'] })], {
      hosts: ['d1'],
    })
    expect(one.tasks.filter(({ status }) => status === 'unreachable')).toEqual([])
    expect(changedIn(one)).toEqual([])
    expect(one.tasks.map(({ task }) => task)).toContain('keys of d2 stay')
    expect(on('d1', 'ssh -o BatchMode=yes 10.106.0.3 hostname')).toBe('d2')
  })

  here('preflight: fit hosts pass, and a check finds the same as a run', async () => {
    const hosts = spec.hosts.map(({ name }) => name)
    // lab hosts share the machine's board, as containers do
    const tasks: TasksOf = ({ host }) => [
      preflight({
        self: host.name,
        hosts,
        distinct: ['hostname', 'machineId', 'macs'],
        cpus: 1,
        memoryMb: 100,
        diskMb: { '/var': 1 },
        ports: [{ port: 6443 }, { port: 22, unit: 'ssh' }],
      }),
    ]
    for (const check of [true, false]) {
      const ran = await run(tasks, { check })
      expect(failedIn(ran)).toEqual([])
      expect(changedIn(ran)).toEqual([])
    }
  })

  here(
    'preflight names a copied machine, a port that is taken, a clock that is wrong and a host that is too small',
    async () => {
      on('d2', 'cp /etc/machine-id /root/machine-id')
      const id = on('d1', 'cat /etc/machine-id')
      on('d2', `mount --bind /root/machine-id /etc/machine-id; echo ${id} > /root/machine-id`)
      // the clock is the machine's: so the host is told another time than the others, in whole seconds, and on a busy machine later
      on(
        'd2',
        `printf '#!/bin/sh\\nif [ "$1" = +%%s%%N ]; then echo $(($(/bin/date +%%s) + 60))000000000; else exec /bin/date "$@"; fi\\n' > /usr/local/bin/date; chmod 755 /usr/local/bin/date`,
      )
      const ran = await run(
        ({ host }) => [
          preflight({
            ...{ self: host.name, hosts: ['d1', 'd2'], distinct: ['machineId'] },
            ...(host.name === 'd1' && { ports: [{ port: 22 }, { port: 6443 }] }),
          }),
        ],
        { hosts: ['d1', 'd2'] },
      )
      const failed = failedIn(ran)
      expect(failed.find((each) => each.startsWith('d1 ports'))).toContain('port 22 is in use by another')
      expect(failed.find((each) => each.startsWith('d1 no'))).toContain(`its machine id ${id} is also that of d2`)
      expect(failed.find((each) => each.startsWith('d2'))).toMatch(
        new RegExp(
          `its machine id ${id} is also that of d1; its clock and that of d1 are (5[5-9]|6[0-4])\\.\\d s apart`,
        ),
      )
      const small = await run(() => [preflight({ self: 'r1', hosts: ['r1'], cpus: 1000, systems: { rocky: ['8'] } })], {
        hosts: ['r1'],
      })
      expect(failedIn(small)).toEqual([
        expect.stringMatching(/runs rocky 9\.4, which is none of rocky 8, has \d+ processors, and needs 1000/),
      ])
      on('d2', 'umount /etc/machine-id; rm /usr/local/bin/date')
    },
  )
})
