// docker and what belongs to it on real hosts of both families.
import { describe, expect, it } from 'vitest'
import { task } from '../../engine/index.ts'
import { machineLacks } from '../../engine/lab/lab.ts'
import { apt, dnf } from '../../modules/index.ts'
import { containerd } from '../../playbooks/roles/containerd/index.ts'
import { criDockerd } from '../../playbooks/roles/cri-dockerd/index.ts'
import { docker } from '../../playbooks/roles/docker/index.ts'
import { dockerStatic } from '../../playbooks/roles/docker-static/index.ts'
import { forwardAccept } from '../../playbooks/roles/forward-accept/index.ts'
import { changedIn, expectSettled, failedIn, preparedHosts, type TasksOf } from './prepared-hosts.ts'
import { smallDebs } from './small-debs.ts'
import { type SmallRpm, smallRpms } from './small-rpms.ts'
import type { SmallPackage } from './system-builds.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec = {
  name: 'prepdocker',
  subnet: '10.105.0.0/28',
  hosts: [
    { name: 'd1', address: '10.105.0.2' },
    { name: 'd2', address: '10.105.0.3' },
    { name: 'r1', address: '10.105.0.4', image: 'dnf' as const },
  ],
}
const { run, thrice, on } = preparedHosts(spec, lacks)

const common = { registryMirrors: ['http://mirror.example.org'], logs: { maxSize: '100m', maxFiles: 5 } }
const versions = ['19.03.6', '19.03.11', '20.10.17']

const dockerRpms = (version: string): SmallRpm[] => [
  { name: 'docker-ce', version: `${version}-3.el9`, unit: 'docker' },
  { name: 'docker-ce-cli', version: `${version}-3.el9`, programs: { '/usr/bin/docker': `echo ${version}` } },
]
const containerdRpm: SmallRpm = { name: 'containerd.io', version: '1.6.4-1' }

/** The real one, of the files that the lab's image has it as. */
const plugin = {
  ...{ name: 'python3-dnf-plugin-versionlock', version: '4.0.21-1.el9' },
  copies: Object.fromEntries(
    ['/usr/lib/python3/dist-packages/dnf-plugins/versionlock.py', '/etc/dnf/plugins/versionlock.conf'].map((file) => [
      file,
      `/srv/plugin/${file.slice(file.lastIndexOf('/') + 1)}`,
    ]),
  ),
}

const dockerDebs = (version: string): SmallPackage[] => [
  {
    ...{ name: 'docker-ce', version: `5:${version}~3-0~debian`, services: ['docker.service'] },
    files: {
      '/usr/lib/systemd/system/docker.service':
        '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n',
    },
  },
  {
    ...{ name: 'docker-ce-cli', version: `5:${version}~3-0~debian` },
    files: { '/usr/bin/docker': `#!/bin/sh\necho ${version}\n` },
  },
]

/** Which versions there are, and what is kept at them. */
const kept = {
  d1: "dpkg-query -W -f '${Version}\\n' docker-ce docker-ce-cli; apt-mark showhold",
  r1: "rpm -q --qf '%{VERSION}-%{RELEASE}\\n' docker-ce docker-ce-cli; dnf -q versionlock list",
}

describe(lacks ? `roles for docker (skipped: ${lacks})` : 'roles for docker', () => {
  here(
    'docker: pinned, configured before its first start, and its way for packets kept open (B65, B68, V11)',
    async () => {
      // hosts of the RHEL family have no versionlock before somebody installs it
      on('r1', `mkdir -p /srv/plugin && mv ${Object.keys(plugin.copies).join(' ')} /srv/plugin`)
      on('r1', smallRpms('docker', [...versions.flatMap(dockerRpms), containerdRpm, plugin]))
      expect(on('r1', 'dnf versionlock list')).toMatch(/No such command: versionlock/)
      // an overlay over the host's own overlay would be refused
      on('d2', 'mkdir -p /var/lib/docker && mount -t tmpfs tmpfs /var/lib/docker')
      for (const host of ['d2', 'r1']) on(host, 'echo /sbin/iptables -P FORWARD ACCEPT >> /etc/profile')
      const done = await thrice(
        ({ host }) => [
          host.name === 'd2'
            ? docker({ ...common, family: 'debian', package: 'docker.io' })
            : docker({ ...common, family: 'redhat', version: '19.03.6' }),
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
      ).toBe('docker-ce-19.03.6-3.el9.noarch\ndocker-ce-cli-19.03.6-3.el9.noarch\nactive\n2')
      expect(changedIn(done.first)).toContain('r1 docker what keeps versions')
      expect(on('d2', "docker info -f '{{.RegistryConfig.Mirrors}}'")).toBe('[http://mirror.example.org/]')
      expect(on('d2', 'grep -c FORWARD /etc/profile')).toBe('0')
      // docker closes the way when it starts; the drop-in opens it again
      on('d2', 'iptables -P FORWARD DROP; iptables -N KUBE-FORWARD; systemctl restart docker')
      expect(on('d2', 'iptables -S FORWARD | head -1; iptables -S | grep -- "-N KUBE-FORWARD"')).toBe(
        '-P FORWARD ACCEPT\n-N KUBE-FORWARD',
      )
    },
  )

  here('docker: another version is a matter of one variable, and what is kept moves with it (B65, B79)', async () => {
    on(
      'd1',
      smallDebs('docker', [...versions.flatMap(dockerDebs), { name: 'containerd.io', version: '1.6.4-1', files: {} }]),
    )
    const at =
      (version: string): TasksOf =>
      ({ host }) => [docker({ ...common, family: host.name === 'd1' ? 'debian' : 'redhat', version })]
    const before = await run(at('19.03.6'), { hosts: ['d1'] })
    expect(failedIn(before)).toEqual([])
    expect(on('d1', kept.d1)).toBe('5:19.03.6~3-0~debian\n5:19.03.6~3-0~debian\ndocker-ce\ndocker-ce-cli')

    const done = await thrice(at('19.03.11'), ['d1', 'r1'])
    expectSettled(done)
    for (const host of ['d1', 'r1'])
      expect(changedIn(done.first).filter((each) => each.startsWith(host))).toEqual(
        ['docker', 'docker stays in this version', 'restart docker'].map((name) => `${host} docker ${name}`),
      )
    expect(on('d1', kept.d1)).toBe('5:19.03.11~3-0~debian\n5:19.03.11~3-0~debian\ndocker-ce\ndocker-ce-cli')
    expect(on('r1', kept.r1)).toBe(
      '19.03.11-3.el9\n19.03.11-3.el9\ndocker-ce-0:19.03.11-3.el9.*\ndocker-ce-cli-0:19.03.11-3.el9.*',
    )
    for (const host of ['d1', 'r1']) expect(on(host, 'docker; systemctl is-active docker')).toBe('19.03.11\nactive')
  })

  here(
    'a version of docker that does not exist is said to be none, and not to be kept back; what runs is left alone, and kept',
    async () => {
      const ran = await run(
        ({ host }) => [docker({ family: host.name === 'd1' ? 'debian' : 'redhat', version: '99.0.1' })],
        { hosts: ['d1', 'r1'] },
      )
      expect(failedIn(ran).sort()).toEqual([
        expect.stringMatching(/^d1 docker: .*Version '5:99\.0\.1~\*' for 'docker-ce-cli' was not found$/s),
        expect.stringMatching(
          /^r1 docker: .*Unable to find a match: docker-ce-99\.0\.1-\* docker-ce-cli-99\.0\.1-\*$/s,
        ),
      ])
      // what is kept back is another failure, in other words
      const held = await run(
        ({ host }) => [
          host.name === 'd1'
            ? task('held', apt({ name: 'docker-ce=5:20.10.17~*' }))
            : task('held', dnf({ name: 'docker-ce=20.10.17-*' })),
        ],
        { hosts: ['d1', 'r1'] },
      )
      expect(failedIn(held).sort()).toEqual([
        expect.stringMatching(/^d1 held: .*Held packages were changed/s),
        expect.stringMatching(/^r1 held: .*docker-ce is kept at its version by versionlock: allowChangeLocked: true /s),
      ])
      expect(on('d1', kept.d1)).toBe('5:19.03.11~3-0~debian\n5:19.03.11~3-0~debian\ndocker-ce\ndocker-ce-cli')
      expect(on('r1', kept.r1)).toBe(
        '19.03.11-3.el9\n19.03.11-3.el9\ndocker-ce-0:19.03.11-3.el9.*\ndocker-ce-cli-0:19.03.11-3.el9.*',
      )
      for (const host of ['d1', 'r1']) expect(on(host, 'systemctl is-active docker')).toBe('active')
      on(
        'd1',
        'systemctl -q disable --now docker; dpkg --purge --force-hold docker-ce docker-ce-cli; rm -rf /etc/docker',
      )
    },
  )

  here('containerd: what kubelets speak to is on, with the image and the control groups of the inventory', async () => {
    // Debian's own, which docker.io has brought; as it comes, it makes control groups by itself
    expect(on('d2', 'containerd config dump | grep SystemdCgroup')).toBe('SystemdCgroup = false')
    const pauseImage = 'registry.example.org/pause:3.8'
    expectSettled(await thrice(() => [containerd({ family: 'debian', package: 'containerd', pauseImage })], ['d2']))
    expect(on('d2', 'containerd config dump | grep -oE "(SystemdCgroup|sandbox_image|disabled_plugins) =.*"')).toBe(
      `disabled_plugins = []\nsandbox_image = "${pauseImage}"\nSystemdCgroup = true`,
    )
    expect(on('d2', `ctr plugins ls | awk '$2 == "cri" {print $NF}'; systemctl is-active containerd docker`)).toBe(
      'ok\nactive\nactive',
    )
  })

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
