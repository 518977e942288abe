// The preparation of all six documented systems on real hosts of both families: what a check foretells, what the run does, and
// what hosts are then. What comes behind the preparation is shown elsewhere.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { labSsh } from '../../engine/lab/connection.ts'
import { machineLacks } from '../../engine/lab/machine.ts'
import { ended } from './program.ts'
import { hostsOf, type System, systems, systemsLab } from './system-hosts.ts'
import { systemsDown, systemsUp } from './system-lab.ts'
import { changed, failed, on, onEach, type Prepared, prepare } from './system-runs.ts'

const lacks = await machineLacks()

describe.skipIf(lacks !== undefined)(
  `the preparation of six documented systems on real hosts${lacks === undefined ? '' : ` (skipped: ${lacks})`}`,
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tsplay-systems-'))
    const prepared = {} as Record<System, Prepared>

    beforeAll(async () => {
      const made = await systemsUp()
      await Promise.all(
        systems.map(async (system) => {
          prepared[system] = await prepare(system, folder, made)
        }),
      )
    })
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true })
      await systemsDown()
    })

    test.each(systems)(
      '%s: a check names exactly what the run changes, which fails nowhere, and nothing is left for the next run or check',
      (system) => {
        const { check, first, second, checkedAgain } = prepared[system]
        for (const ran of [check, first, second, checkedAgain]) {
          expect(failed(ran)).toEqual([])
          expect(ran.code).toBe(0)
        }
        expect(changed(check)).toEqual(changed(first))
        expect(changed(first).length).toBeGreaterThan(30)
        expect([...changed(second), ...changed(checkedAgain)]).toEqual([])
      },
    )

    test.each(systems)('%s: preflight finds what is wrong with one host, and none is changed', (system) => {
      const { refused, touched } = prepared[system]
      const taken = refused.at(-1)!
      expect(failed(taken)).toEqual([
        expect.stringMatching(`^${hostsOf(system)[0]!.name} ports are free: .*port 2379 .* is in use by another`),
      ])
      expect(refused.map(({ code }) => code)).toEqual(refused.map(() => 2))
      expect(refused.flatMap(changed)).toEqual([])
      expect(touched).toEqual(['', ''])
    })

    test('s0: preflight says of every host that is too small what it has and what it needs', () => {
      expect(failed(prepared.s0.refused[0]!).sort()).toEqual(
        hostsOf('s0').map(({ name }) =>
          expect.stringMatching(`^${name} the host is fit: .*has \\d+ processors, and needs 999`),
        ),
      )
    })

    test.each(systems)(
      '%s: hosts, which came with one name, are called what the inventory calls them, and find each other, wherever they were before (B64, B69)',
      async (system) => {
        const hosts = hostsOf(system)
        expect(await onEach(system, 'hostname; cat /etc/hostname')).toEqual(hosts.map(({ name }) => `${name}\n${name}`))
        const names = hosts.flatMap(({ name }) => [name, name.split('.', 1)[0]])
        const ask = names.map((name) => `getent ahostsv4 ${name} | cut -d' ' -f1 | sort -u`).join('; ')
        const addresses = hosts.flatMap(({ address }) => [address, address]).join('\n')
        expect(await onEach(system, ask)).toEqual([addresses, addresses])
      },
    )

    test.each(systems)(
      '%s: no line stands twice in a file, however often a host is prepared (B03, B12)',
      async (system) => {
        const files = '/etc/hosts /etc/security/limits.d/*.conf /etc/sysctl.d/*.conf /etc/modules-load.d/*.conf'
        const twice = `for each in ${files} /etc/profile.d/tsplay-k8s.sh /etc/fstab /etc/ssh/ssh_known_hosts; do [ ! -e $each ] || grep -vE '^ *(#|$)' $each | sort | uniq -d; done`
        expect(await onEach(system, twice)).toEqual(['', ''])
        expect(await onEach(system, 'grep -c BEGIN.TSPLAY /etc/hosts')).toEqual(['1', '1'])
      },
    )

    test.each([
      ['s0', ['19.03.6', '19.03.6']],
      ['s1', ['18.03.1-ce', '18.03.1-ce']],
      ['s2', ['19.03.11', 'none']],
      // an image registry runs containers, too
      ['s3', ['20.10.17', '20.10.17']],
      ['s4k', ['18.06.1', '18.06.1']],
      // masters run no pods
      ['s4b', ['none', '18.06.1']],
    ] as const)(
      '%s: docker runs where containers do, was configured before its only start, and nowhere else (B65, B68)',
      async (system, versions) => {
        const program = system === 's1' ? '/opt/k8s/bin/docker' : 'docker'
        expect(await onEach(system, `${program} version 2>/dev/null || echo none`)).toEqual(versions)
        const started = 'cmp /run/dockerd.json /etc/docker/daemon.json && wc -l < /run/dockerd.starts'
        expect(await onEach(system, `[ ! -e /run/dockerd.starts ] || { ${started}; }`)).toEqual(
          versions.map((version) => (version === 'none' ? '' : '1')),
        )
      },
    )

    test.each(['s0', 's2', 's3', 's4k'] as const)(
      '%s: versions are kept on hosts of the RHEL family, which come without what keeps them (B79)',
      async (system) => {
        const [version, ...packages] = {
          ...{ s0: ['19.03.6', 'docker-ce', 'docker-ce-cli'], s2: ['19.03.11', 'docker-ce', 'docker-ce-cli'] },
          ...{ s3: ['20.10.17', 'docker-ce', 'docker-ce-cli'], s4k: ['18.06.1', 'docker-ce'] },
        }[system]!
        const host = hostsOf(system)[0]!
        const added = `${host.name} docker what keeps versions`
        expect(changed(prepared[system].first)).toContain(added)
        const lines = (await on(host.labName, 'dnf -q versionlock list')).split('\n')
        expect(lines).toEqual(packages.map((name) => expect.stringMatching(`^${name}-\\d:${version}[.-]`)))
      },
    )

    test('s0: each master reaches the API at its own server, as its balancer sends nothing back (B13)', async () => {
      expect(await onEach('s0', "getent ahostsv4 lb.ypvip.com.cn | cut -d' ' -f1 | sort -u")).toEqual(
        hostsOf('s0').map(({ address }) => address),
      )
    })

    test('s0: a kernel that is new enough is left alone, and no host is booted without need', () => {
      const { first } = prepared.s0
      const ofKernel = first.tasks.filter(({ role }) => role === 'kernel-upgrade')
      expect(ofKernel.map(({ host, task, changed }) => [host, task, changed])).toEqual(
        hostsOf('s0').map(({ name }) => [name, 'kernel that runs', false]),
      )
      const boots = first.tasks.filter(({ role }) => role === 'reboot')
      expect(boots.map(({ host, changed }) => [host, changed])).toEqual(hostsOf('s0').map(({ name }) => [name, false]))
    })

    test('s3: arguments of a kernel that is brought are for no other: the host keeps its own, and is not booted', () => {
      const ofKernel = prepared.s3.first.tasks.filter(({ role }) => role === 'kernel-upgrade')
      expect(ofKernel.map(({ host, task, changed }) => [host, task, changed])).toEqual([
        [hostsOf('s3')[0]!.name, 'kernel that runs', false],
      ])
    })

    test('s1: who runs the control plane has no password, may act as root, and owns what it writes (B20, B25, B26)', async () => {
      expect(await onEach('s1', "getent shadow k8s | cut -d: -f2; su k8s -c 'sudo -n id -u'; id -nG k8s")).toEqual([
        '!\n0\nk8s docker',
        '!\n0\nk8s docker',
      ])
      const folders =
        '/etc/kubernetes /etc/kubernetes/cert /etc/etcd/cert /var/lib/etcd /var/log/kubernetes /opt/k8s/bin'
      const owned = 'k8s 755\nk8s 750\nk8s 700\nk8s 700\nk8s 755\nroot 755'
      expect(await onEach('s1', `stat -c '%U %a' ${folders}`)).toEqual([owned, owned])
    })

    test.each([
      ['s1', 'k8s'],
      ['s3', 'root'],
      ['s4b', 'root'],
    ] as const)('%s: %s gets in by the key that was made on this machine', async (system, user) => {
      for (const { labName, address } of hostsOf(system)) {
        const [none, config, identity, , ...rest] = labSsh(systemsLab, labName, ['id', '-un'])
        const args = [
          none!,
          config!,
          identity!,
          prepared[system].controlKey,
          ...rest.map((each) => each.replace('root@', `${user}@`)),
        ]
        expect(await ended('ssh', ['-o', 'BatchMode=yes', ...args]), address).toMatchObject({
          code: 0,
          stdout: `${user}\n`,
        })
      }
    })

    test('s3: clients have the time from the balancer that keeps it, and from nobody else (B14)', async () => {
      const [master, balancer] = hostsOf('s3')
      const sources = await on(master!.labName, 'chronyc -n sources')
      expect(sources.match(/^\^.*/gm)).toEqual([expect.stringMatching(`^\\^\\* ${balancer!.address} `)])
      expect(await on(balancer!.labName, 'chronyc -n clients | grep -c 10.116')).toBe('1')
      expect(await onEach('s3', 'grep -rhE "^(pool|server)" /etc/chrony* | sort')).toEqual([
        `server ${balancer!.address} iburst`,
        'server 127.0.0.1 iburst',
      ])
    })

    test('s3: dates are written as ISO 8601 has them, in the zone of the inventory', async () => {
      const files = 'cat /etc/locale.conf /etc/default/locale 2>/dev/null | grep ^LC_TIME'
      expect(await onEach('s3', `${files}; LC_TIME=en_DK.UTF-8 date -d @0 '+%x %Z'`)).toEqual([
        'LC_TIME=en_DK.UTF-8\n1970-01-01 CST',
        'LC_TIME=en_DK.UTF-8\n1970-01-01 CST',
      ])
    })

    test('s3: the address of each host stands in the files of its family, and waits for the next boot', async () => {
      const [master, balancer] = hostsOf('s3')
      expect(await on(master!.labName, 'cat /etc/NetworkManager/system-connections/eth0.nmconnection')).toContain(
        `address1=${master!.address}/26,10.116.0.1\n`,
      )
      expect(await on(balancer!.labName, 'cat /etc/network/interfaces.d/eth0')).toContain(
        `address ${balancer!.address}/26\n`,
      )
      expect(prepared.s3.first.tasks.filter(({ task }) => task.startsWith('bring eth0 up'))).toEqual([])
    })

    test('s3: cri-dockerd is its release with the checksum of the inventory, and runs with its image on nodes, and on no image registry', async () => {
      const args =
        '--container-runtime-endpoint fd:// --pod-infra-container-image harbor.raymonds.cc/google_containers/pause:3.8 --network-plugin=cni'
      expect(
        await onEach('s3', 'systemctl is-active cri-docker || :; cat /run/cri-dockerd.args 2>/dev/null || :'),
      ).toEqual([`active\n${args}`, 'inactive'])
    })

    test('s4k: sessions that begin now have the limits that are in no profile (B15)', async () => {
      const limits = 'ulimit -Sn; ulimit -Hn; ulimit -Su; ulimit -Hu; ulimit -l'
      expect(await onEach('s4k', `useradd -m -s /bin/bash somebody; su - somebody -c '${limits}'`)).toEqual([
        '16384\n16384\n4096\n4096\n4096',
        '16384\n16384\n4096\n4096\n4096',
      ])
    })

    test('s4k: packets pass from host to host behind each start of docker, and no login has to do with it (B08)', async () => {
      const again = 'iptables -P FORWARD DROP; systemctl restart docker; iptables -S FORWARD | head -1'
      expect(await onEach('s4k', again)).toEqual(['-P FORWARD ACCEPT', '-P FORWARD ACCEPT'])
      // the file is there, without what was left in it
      expect(await onEach('s4k', "grep -c FORWARD /etc/profile; bash -lc 'echo $PATH' | grep -c /usr/bin")).toEqual([
        '0\n1',
        '0\n1',
      ])
    })

    test('s0: what other tools have left is repaired and not repeated (B10, B11, B12, B23)', async () => {
      expect(await onEach('s0', 'tail -n 2 /etc/fstab')).toEqual([
        '# /dev/vdb\tnone\tswap\tsw\t0 0\n# swap: /dev/vdc none swap sw 0 0',
        '# /dev/vdb\tnone\tswap\tsw\t0 0\n# swap: /dev/vdc none swap sw 0 0',
      ])
      const path = "grep -c opt/kubernetes /etc/profile; bash -lc 'echo $PATH' | grep -o /opt/kubernetes/bin"
      expect(await onEach('s0', path)).toEqual(['0\n/opt/kubernetes/bin', '0\n/opt/kubernetes/bin'])
      const selinux = 'readlink /etc/sysconfig/selinux; cat /etc/selinux/config'
      const off = '../selinux/config\nSELINUX=disabled\nSELINUXTYPE=targeted'
      expect(await onEach('s0', selinux)).toEqual([off, off])
    })

    test('s1: no firewall runs, and no dnsmasq, which only this inventory names', async () => {
      const services = 'systemctl is-active firewalld dnsmasq; systemctl is-enabled firewalld dnsmasq; :'
      const both = 'inactive\ninactive\ndisabled\ndisabled'
      expect(await onEach('s1', services)).toEqual([both, both])
      const one = 'inactive\nactive\ndisabled\nenabled'
      expect(await onEach('s2', services)).toEqual([one, one])
    })

    test('s3: a host that asks for a boot gets one, and nothing is left to be done behind it (B17)', async () => {
      const master = hostsOf('s3')[0]!
      const boots = () => onEach('s3', 'cat /proc/sys/kernel/random/boot_id')
      const before = await boots()
      await on(master.labName, 'touch /run/reboot-required')
      const ran = await prepared.s3.run()
      expect(failed(ran)).toEqual([])
      expect(changed(ran)).toEqual([`${master.name} reboot reboot where it is needed`])
      const after = await boots()
      expect(after.map((id, index) => id === before[index])).toEqual([false, true])
      const now = 'hostname; systemctl is-active docker cri-docker chronyd; sysctl -n net.ipv4.ip_forward'
      expect(await on(master.labName, now)).toBe(`${master.name}\nactive\nactive\nactive\n1`)
      const again = await prepared.s3.run()
      expect([...failed(again), ...changed(again)]).toEqual([])
    })
  },
)
