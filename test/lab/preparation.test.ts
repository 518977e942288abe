// The preparation roles on real hosts of both families: what a check foretells is what a run does, and a second run does nothing.
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { dnfRepositories, machineLacks } from '../../engine/lab/lab.ts'
import { secret } from '../../engine/secret.ts'
import { chronyClient } from '../../playbooks/roles/chrony-client/index.ts'
import { chronyServer } from '../../playbooks/roles/chrony-server/index.ts'
import { criDockerd } from '../../playbooks/roles/cri-dockerd/index.ts'
import { docker } from '../../playbooks/roles/docker/index.ts'
import { dockerStatic } from '../../playbooks/roles/docker-static/index.ts'
import { forwardAccept } from '../../playbooks/roles/forward-accept/index.ts'
import { preflight } from '../../playbooks/roles/preflight/index.ts'
import { distributionRepositories } from '../../playbooks/roles/repos/distribution.ts'
import { repos } from '../../playbooks/roles/repos/index.ts'
import { sshKeys } from '../../playbooks/roles/ssh-keys/index.ts'
import { usersSudo } from '../../playbooks/roles/users-sudo/index.ts'
import { changedIn, failedIn, preparedHosts, type TasksOf, type Thrice } from './prepared-hosts.ts'
import { smallRpms } from './small-rpms.ts'

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
const { folder, run, thrice, on } = preparedHosts(spec, lacks)

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

  here(
    'repositories: of the distribution itself from a mirror, and others beside it, on both families (B05)',
    async () => {
      const mirror = on(
        'd1',
        "cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -om1 'http[^ ]*debian'",
      )
      const next = {
        name: 'next',
        baseurl: `file://${dnfRepositories}/next`,
        gpgkey: `file://${dnfRepositories}/RPM-GPG-KEY-lab`,
      }
      const repositories = (family: string) =>
        family === 'redhat'
          ? [{ yum: { ...next, gpgcheck: true } }]
          : distributionRepositories({ id: 'debian', majorVersion: '12', codename: 'bookworm' }, mirror)
      const done = await thrice(({ facts }) => [repos({ repositories: repositories(facts.os.family) })], ['d1', 'r1'])
      expectSettled(done)
      expect(changedIn(done.first)).toEqual([
        'd1 repos nothing in sources.list',
        'd1 repos repository debian',
        'd1 repos repository debian-security',
        'd1 repos sources.list is kept',
        'r1 repos repository next',
      ])
      expect(on('r1', 'dnf -q repolist')).toContain('next')
      expect(on('d1', 'apt-get update 2>&1 | tail -1; apt-cache policy tree | grep -c Candidate')).toMatch(/\n1$/)
    },
  )

  here('a repository that is down is named at once, and apt is left with those that it had', async () => {
    const before = on('d1', 'ls /etc/apt/sources.list.d; cat /etc/apt/sources.list')
    const down = 'http://10.103.0.14:9'
    const apt = { name: 'down', uris: `${down}/debian`, suites: 'bookworm', components: 'main', trusted: true }
    const ran = await run(
      ({ facts }) => [
        repos({
          repositories: [facts.os.family === 'redhat' ? { yum: { name: 'down', baseurl: `${down}/el9` } } : { apt }],
        }),
      ],
      { hosts: ['d1', 'r1'] },
    )
    const failed = failedIn(ran)
    expect(failed).toHaveLength(2)
    expect(failed.find((each) => each.startsWith('d1'))).toContain('10.103.0.14')
    expect(failed.find((each) => each.startsWith('r1'))).toContain(
      "repository down answers: exit code 1: Error: Failed to download metadata for repo 'down'",
    )
    expect(on('d1', 'ls /etc/apt/sources.list.d; cat /etc/apt/sources.list')).toBe(before)
    on('r1', 'rm /etc/yum.repos.d/down.repo')
  })

  here('chrony has the names of the RHEL family there (B14)', async () => {
    on(
      'r1',
      smallRpms('time', [
        {
          name: 'chrony',
          version: '4.5-1.el9',
          unit: 'chronyd',
          programs: { '/usr/bin/chronyc': 'echo "^* 10.103.0.2"' },
        },
      ]),
    )
    expectSettled(await thrice(() => [chronyClient({ family: 'redhat', servers: ['10.103.0.2'] })], ['r1']))
    expect(on('r1', 'systemctl is-active chronyd; grep ^server /etc/chrony.conf')).toBe(
      'active\nserver 10.103.0.2 iburst',
    )
  })

  here(
    'docker: pinned, configured before its first start, and its way for packets kept open (B65, B68, V11)',
    async () => {
      on(
        'r1',
        smallRpms(
          'docker',
          ['19.03.11-3.el9', '20.10.17-3.el9'].flatMap((version) => [
            { name: 'docker-ce', version, unit: 'docker' },
            { name: 'docker-ce-cli', version, programs: { '/usr/bin/docker': `echo ${version}` } },
            { name: 'containerd.io', version: '1.6.4-1' },
          ]),
        ),
      )
      // an overlay over the host's own overlay would be refused
      on('d2', 'mkdir -p /var/lib/docker && mount -t tmpfs tmpfs /var/lib/docker')
      for (const host of ['d2', 'r1']) on(host, 'echo /sbin/iptables -P FORWARD ACCEPT >> /etc/profile')
      const common = { registryMirrors: ['http://mirror.example.org'], logs: { maxSize: '100m', maxFiles: 5 } }
      const done = await thrice(
        ({ host }) => [
          host.name === 'd2'
            ? docker({ ...common, family: 'debian', package: 'docker.io' })
            : docker({ ...common, family: 'redhat', version: '19.03.11' }),
          host.name === 'd2' && forwardAccept(),
        ],
        ['d2', 'r1'],
      )
      expectSettled(done)
      expect(
        on(
          'r1',
          'rpm -q docker-ce docker-ce-cli; systemctl is-active docker; dnf -q versionlock list | grep -c docker',
        ),
      ).toBe('docker-ce-19.03.11-3.el9.noarch\ndocker-ce-cli-19.03.11-3.el9.noarch\nactive\n2')
      expect(on('d2', "docker info -f '{{.RegistryConfig.Mirrors}}'")).toBe('[http://mirror.example.org/]')
      expect(on('d2', 'grep -c FORWARD /etc/profile')).toBe('0')
      // docker closes the way when it starts; the drop-in opens it again
      on('d2', 'iptables -P FORWARD DROP; iptables -N KUBE-FORWARD; systemctl restart docker')
      expect(on('d2', 'iptables -S FORWARD | head -1; iptables -S | grep -- "-N KUBE-FORWARD"')).toBe(
        '-P FORWARD ACCEPT\n-N KUBE-FORWARD',
      )
    },
  )

  here('a version of docker that does not exist is said to be none, and what runs is left alone', async () => {
    const ran = await run(
      ({ host }) => [
        host.name === 'd2'
          ? docker({ family: 'debian', package: 'docker.io', version: '9.9.9' })
          : docker({ family: 'redhat', version: '9.9.9' }),
      ],
      { hosts: ['d2', 'r1'] },
    )
    const failed = failedIn(ran)
    expect(failed).toHaveLength(2)
    for (const message of failed) expect(message).toMatch(/(d2|r1) docker: .*9\.9\.9/)
    expect(on('r1', 'rpm -q docker-ce; systemctl is-active docker')).toBe('docker-ce-19.03.11-3.el9.noarch\nactive')
    expect(on('d2', 'systemctl is-active docker')).toBe('active')
  })

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
    const bootstrap = await run(({ host }) => [sshKeys({ self: host, hosts: [host], controlKey })], {
      hosts: ['d1'],
      login: { password, privateKeys: [] },
    })
    expect(failedIn(bootstrap)).toEqual([])
    const all = spec.hosts
    const tasks: TasksOf = ({ host }) => [sshKeys({ self: host, hosts: all, controlKey, between: ['root'] })]
    const check = await run(tasks, { check: true })
    expect(failedIn(check)).toEqual([])
    const first = await run(tasks)
    expect(failedIn(first)).toEqual([])
    expect(changedIn(first)).toEqual(expect.arrayContaining(changedIn(check)))
    const keys = on('d1', 'cat /root/.ssh/id_ed25519.pub')
    const second = await run(tasks, { login: { privateKeys: [controlKey] } })
    expect(failedIn(second)).toEqual([])
    expect(changedIn(second)).toEqual([])
    expect(on('d1', 'cat /root/.ssh/id_ed25519.pub')).toBe(keys)
    expect(on('r1', 'ssh -o BatchMode=yes 10.103.0.3 hostname')).toBe('d2')
  })

  here('ssh-keys on some of the hosts leaves what the others told an earlier run', async () => {
    const controlKey = path.join(folder, 'keys', 'id_ed25519')
    const one = await run(({ host }) => [sshKeys({ self: host, hosts: spec.hosts, controlKey, between: ['root'] })], {
      hosts: ['d1'],
    })
    expect(one.tasks.filter(({ status }) => status === 'unreachable')).toEqual([])
    expect(changedIn(one)).toEqual([])
    expect(one.tasks.map(({ task }) => task)).toContain('keys of d2 stay')
    expect(on('d1', 'ssh -o BatchMode=yes 10.103.0.3 hostname')).toBe('d2')
  })

  here('preflight: fit hosts pass, and a check finds the same as a run', async () => {
    const hosts = spec.hosts.map(({ name }) => name)
    // lab hosts share the machine's board, as containers do
    const tasks: TasksOf = () => [
      preflight({
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
      // the clock is the machine's: so the host is told another time than the others
      on(
        'd2',
        `printf '#!/bin/sh\\nif [ "$1" = +%%s%%N ]; then echo $(($(/bin/date +%%s) + 60))000000000; else exec /bin/date "$@"; fi\\n' > /usr/local/bin/date; chmod 755 /usr/local/bin/date`,
      )
      const ran = await run(
        ({ host }) => [
          preflight({
            ...{ hosts: ['d1', 'd2'], distinct: ['machineId'] },
            ...(host.name === 'd1' && { ports: [{ port: 22 }, { port: 6443 }] }),
          }),
        ],
        { hosts: ['d1', 'd2'] },
      )
      const failed = failedIn(ran)
      expect(failed.find((each) => each.startsWith('d1 ports'))).toBe('d1 ports are free: in use by others: 22')
      expect(failed.find((each) => each.startsWith('d1 no'))).toContain(`its machine id ${id} is also that of d2`)
      expect(failed.find((each) => each.startsWith('d2'))).toMatch(
        new RegExp(`its machine id ${id} is also that of d1; its clock and that of d1 are (59|60)\\.\\d s apart`),
      )
      const small = await run(() => [preflight({ hosts: ['r1'], cpus: 1000, systems: { rocky: ['8'] } })], {
        hosts: ['r1'],
      })
      expect(failedIn(small)).toEqual([
        expect.stringMatching(/runs rocky 9\.4, which is none of rocky 8, has \d+ processors, and needs 1000/),
      ])
      on('d2', 'umount /etc/machine-id; rm /usr/local/bin/date')
    },
  )

  here('docker-static: programs of an archive run as a unit, whose variables systemd fills in (B05)', async () => {
    const programs = ['docker', 'dockerd']
    on(
      'd1',
      `mkdir -p /srv/docker && cd /srv && printf '#!/bin/sh\\necho 18.03.1\\n' > docker/docker && printf '#!/bin/sh\\necho "$@" > /run/dockerd-args; exec sleep infinity\\n' > docker/dockerd && chmod 755 docker/* && tar -czf docker.tgz docker; mkdir -p /run/flannel; echo 'DOCKER_NETWORK_OPTIONS="--bip=172.30.39.1/24"' > /run/flannel/docker`,
    )
    const sha256 = on('d1', 'sha256sum < /srv/docker.tgz').split(' ')[0]!
    const source = { url: 'file:///srv/docker.tgz', sha256 }
    expectSettled(await thrice(() => [dockerStatic({ source, programs })], ['d1']))
    expect(on('d1', 'systemctl is-active docker; cat /run/dockerd-args')).toBe(
      'active\n--log-level=error --bip=172.30.39.1/24',
    )
  })

  here(
    'cri-dockerd from a file with a checksum runs with the image that is wanted, and a wrong file never lands',
    async () => {
      on(
        'r1',
        smallRpms('cri', [
          {
            name: 'cri-dockerd',
            version: '0.2.5-3.el9',
            unit: 'cri-docker',
            programs: { '/usr/bin/cri-dockerd': 'echo "$@" > /run/cri-args; exec sleep infinity' },
          },
        ]),
      )
      on(
        'r1',
        `printf '[Socket]\\nListenStream=/run/cri-dockerd.sock\\n[Install]\\nWantedBy=sockets.target\\n' > /etc/systemd/system/cri-docker.socket; systemctl daemon-reload`,
      )
      on(
        'r1',
        'systemd-run -q --unit served python3 -m http.server 8099 --bind 127.0.0.1 --directory /srv/cri; sleep 2',
      )
      const url = 'http://127.0.0.1:8099/noarch/cri-dockerd-0.2.5-3.el9.noarch.rpm'
      const params = { family: 'redhat' as const, pauseImage: 'registry.example.org/pause:3.8' }
      const wrong = await run(() => [criDockerd({ ...params, source: { url, sha256: '0'.repeat(64) } })], {
        hosts: ['r1'],
      })
      expect(failedIn(wrong)).toHaveLength(1)
      expect(on('r1', 'rpm -q cri-dockerd')).toContain('not installed')
      const sha256 = on('r1', 'sha256sum < /srv/cri/noarch/cri-dockerd-*.rpm').split(' ')[0]!
      expectSettled(await thrice(() => [criDockerd({ ...params, source: { url, sha256 } })], ['r1']))
      expect(on('r1', 'systemctl is-active cri-docker; cat /run/cri-args')).toBe(
        'active\n--container-runtime-endpoint fd:// --pod-infra-container-image registry.example.org/pause:3.8 --network-plugin=cni',
      )
    },
  )
})
