// docker and what belongs to it on real hosts of both families.
import { describe, expect, it } from 'vitest'
import { machineLacks } from '../../engine/lab/lab.ts'
import { criDockerd } from '../../playbooks/roles/cri-dockerd/index.ts'
import { docker } from '../../playbooks/roles/docker/index.ts'
import { dockerStatic } from '../../playbooks/roles/docker-static/index.ts'
import { forwardAccept } from '../../playbooks/roles/forward-accept/index.ts'
import { expectSettled, failedIn, preparedHosts } from './prepared-hosts.ts'
import { smallRpms } from './small-rpms.ts'

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

describe(lacks ? `roles for docker (skipped: ${lacks})` : 'roles for docker', () => {
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
