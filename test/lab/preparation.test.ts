// Time and repositories on real hosts of both families: what a check foretells is what a run does, and a second run does nothing.
import { describe, expect, it } from 'vitest'
import { dnfRepositories, machineLacks } from '../../engine/lab/lab.ts'
import { chronyClient } from '../../playbooks/roles/chrony-client/index.ts'
import { chronyServer } from '../../playbooks/roles/chrony-server/index.ts'
import { distributionRepositories } from '../../playbooks/roles/repos/distribution.ts'
import { repos } from '../../playbooks/roles/repos/index.ts'
import { changedIn, expectSettled, failedIn, preparedHosts } from './prepared-hosts.ts'
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
const { run, thrice, on } = preparedHosts(spec, lacks)

describe(lacks ? `time and repositories (skipped: ${lacks})` : 'time and repositories', () => {
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

    // a daemon that runs with sources of its own, none of which answers, is restarted before its sources are looked at
    on('d2', "sed -i 's/^server .*/server 10.103.0.14 iburst/' /etc/chrony/chrony.conf && systemctl restart chrony")
    expect(on('d2', 'chronyc -n sources')).toMatch(/^\^\? 10\.103\.0\.14/m)
    const mended = await run(() => [chronyClient({ ...container, servers: ['10.103.0.2'] })], { hosts: ['d2'] })
    expect(failedIn(mended)).toEqual([])
    expect(changedIn(mended)).toEqual(['d2 chrony configuration', 'd2 chrony restart chrony'])
    expect(on('d2', 'chronyc -n sources')).toMatch(/^\^\* 10\.103\.0\.2/m)
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

  here('a repository that is down is named at once, and hosts are left with those that they had', async () => {
    const folders = { d1: '/etc/apt/sources.list.d', r1: '/etc/yum.repos.d' }
    const found = () =>
      Object.entries(folders).map(([host, folder]) =>
        on(host, `cd ${folder}; ls; cat * /etc/apt/sources.list 2>/dev/null`),
      )
    const before = found()
    const down = 'http://10.103.0.3:9'
    const apt = { name: 'down', uris: `${down}/debian`, suites: 'bookworm', components: 'main', trusted: true }
    // one that takes the place of another, too
    const asked = { down: ['d1', 'r1'], next: ['r1'] }
    for (const [name, hosts] of Object.entries(asked)) {
      const ran = await run(
        ({ facts }) => [
          repos({
            repositories: [facts.os.family === 'redhat' ? { yum: { name, baseurl: `${down}/el9` } } : { apt }],
          }),
        ],
        { hosts },
      )
      const failed = failedIn(ran)
      expect(failed).toHaveLength(hosts.length)
      expect(changedIn(ran)).toEqual([])
      if (hosts.includes('d1')) expect(failed.find((each) => each.startsWith('d1'))).toContain('10.103.0.3')
      expect(failed.find((each) => each.startsWith('r1'))).toContain(
        `the repository ${name} does not answer, so the host keeps those that it had: Error: Failed to download metadata for repo '${name}'`,
      )
      expect(found()).toEqual(before)
    }
    expect(on('r1', 'yum -q repolist && yum -q list --available >/dev/null && echo answers')).toMatch(
      /next[\s\S]*answers$/,
    )
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
})
