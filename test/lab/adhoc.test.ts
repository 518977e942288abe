// The ad-hoc commands of the documented systems (systems.md 3.3) on real hosts, through the program: what they say and do.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TaskEvent } from '../../engine/index.ts'
import { labConnection } from '../../engine/lab/connection.ts'
import { type LabSpec, labDown, labUp, machineLacks } from '../../engine/lab/lab.ts'
import { type Project, project } from '../support/cli.ts'

const lacks = await machineLacks()
const spec: LabSpec = {
  name: 'adhoc',
  subnet: '10.84.0.0/24',
  hosts: [
    { name: 'one', address: '10.84.0.11' },
    { name: 'two', address: '10.84.0.12' },
  ],
}

describe.skipIf(lacks !== undefined)(
  `ad-hoc commands on real hosts (A141)${lacks === undefined ? '' : ` (skipped: ${lacks})`}`,
  () => {
    let site: Project
    beforeAll(async () => {
      await labDown(spec)
      await labUp(spec)
      const login = labConnection(spec.name)
      site = project()
      site.write(
        'hosts',
        `[masters]\none ansible_host=10.84.0.11\n[nodes]\ntwo ansible_host=10.84.0.12\n[k8s:children]\nmasters\nnodes\n[all:vars]\nansible_user=root\nansible_ssh_private_key_file=${login.privateKeys[0]}\nansible_ssh_common_args='-o UserKnownHostsFile=${login.knownHosts} -o StrictHostKeyChecking=accept-new'\n`,
      )
      for (const name of ['ca.pem', 'etcd', '99-k8s.conf', 'token.csv']) site.write(name, `${name}\n`)
      site.write('install.sh', '#!/bin/sh\necho "$# arguments: $*" > /root/installed\necho installed\n')
      site.write('1.sh', 'echo from 1.sh\n')
      mkdirSync(path.join(site.dir, 'cni'))
      // a service by the name of the one that the documents switch off
      const unit = '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n'
      const { code, stdout } = await exec(
        'all',
        'shell',
        `printf '${unit}' > /etc/systemd/system/firewalld.service && systemctl enable --now firewalld`,
      )
      expect(code, stdout).toBe(0)
      for (const name of ['bridge', 'loopback']) writeFileSync(path.join(site.dir, 'cni', name), `${name}\n`)
    })
    afterAll(async () => {
      site?.remove()
      if (!lacks) await labDown(spec)
    })

    const exec = (pattern: string, module: string, args: string, ...more: string[]) =>
      site.tsplay(['exec', pattern, '-i', 'hosts', '-m', module, '-a', args, ...more])
    /** The status of the task on each host. */
    const statuses = async (pattern: string, module: string, args: string, ...more: string[]) => {
      const { tasks } = await exec(pattern, module, args, '-o', 'ndjson', ...more)
      return Object.fromEntries(
        tasks.map(({ host, status, message }: TaskEvent) => [host, status === 'failed' ? message : status]),
      )
    }
    const both = (status: string) => ({ one: status, two: status })

    test.each([
      ['4', 'copy', 'src=./token.csv dest=/etc/token.csv'],
      ['9', 'copy', 'src=./99-k8s.conf dest=/etc/sysctl.d/'],
      ['16, after its folder', 'file', 'path=/opt/etcd/bin state=directory mode=755'],
      ['16', 'copy', 'src=./etcd dest=/opt/etcd/bin mode=755'],
      ['28', 'copy', 'src=./cni/ dest=/opt/cni/bin mode=755'],
      ['33', 'copy', 'src=./1.sh dest=/root'],
      ['43, as it was meant', 'lineinfile', 'path=/etc/security/limits.conf line="* soft nofile 65536"'],
      ['5, as it was meant', 'systemd', 'name=firewalld state=stopped enabled=no'],
      ['49, of what Debian has', 'yum', 'name=less state=installed'],
      ['a user', 'user', 'name=ops shell=/bin/sh'],
      ['a group', 'group', 'name=ops2 gid=2345'],
      ['a block', 'blockinfile', 'path=/etc/motd block="line one" create=yes'],
      ['a link', 'file', 'src=/opt/etcd/bin dest=/opt/bin state=link'],
    ])(
      'row %s: a check foretells, a run applies, a second run changes nothing: -m %s -a %j',
      async (_row, module, args) => {
        expect(await statuses('k8s', module, args, '--check')).toEqual(both('changed'))
        expect(await statuses('k8s', module, args)).toEqual(both('changed'))
        expect(await statuses('k8s', module, args)).toEqual(both('ok'))
        expect(await statuses('k8s', module, args, '--check')).toEqual(both('ok'))
      },
    )

    test.each([
      ['3', 'cp /etc/hosts /etc/hosts.bak && mv /etc/hosts.bak /etc/hosts.old'],
      ['10', 'cd /etc/sysctl.d/ && ls 99-k8s.conf'],
      ['32', 'date'],
      ['34, in the home of the login', 'chmod +x 1.sh && ./1.sh'],
      ['38', 'ls'],
      ['52', 'ip ad'],
      ['57', 'ss -lnt | grep -E ":22|1080"'],
      ['60', 'systemctl status --no-pager | head -3'],
    ])('row %s: -m shell -a %j', async (_row, args) => {
      expect(await statuses('all', 'shell', args)).toEqual(both('changed'))
    })

    test('row 13: a destination that was meant as a folder does not become a file', async () => {
      const said = await statuses('masters', 'copy', 'src=./ca.pem dest=/opt/etcd/ssl')
      expect(said.one).toContain('/opt/etcd/ssl is not on the host: a folder for ca.pem, or ca.pem under another name?')
      expect(await statuses('masters', 'file', 'path=/opt/etcd/ssl state=directory')).toEqual({ one: 'changed' })
      expect(await statuses('masters', 'copy', 'src=./ca.pem dest=/opt/etcd/ssl')).toEqual({ one: 'changed' })
      expect(await statuses('masters', 'copy', 'src=./ca.pem dest=/opt/etcd/ssl/')).toEqual({ one: 'ok' })
    })

    test('rows 8 and 27: a script of this machine, with its arguments, gone afterwards', async () => {
      const { stdout, code } = await exec('masters', 'script', "./install.sh https://a:2379,https://b:2379 'two words'")
      expect([code, stdout]).toEqual([0, expect.stringContaining('one | CHANGED | rc=0 >>\ninstalled')])
      const { stdout: shown } = await exec(
        'masters',
        'shell',
        'cat /root/installed; ls /tmp /root | grep -c install.sh',
      )
      expect(shown).toContain('2 arguments: https://a:2379,https://b:2379 two words\n0')
    })

    test('the shape of the answers is Ansible’s, and the exit code says how it went', async () => {
      const { stdout, code } = await exec('k8s', 'shell', 'hostname; test $(hostname) = one')
      expect(code).toBe(2)
      expect(stdout).toContain('one | CHANGED | rc=0 >>\none\n')
      expect(stdout).toMatch(/two \| FAILED \| rc=1 >>\ntwo\nnon-zero return code\n/)
      expect((await exec('nodes', 'ping', '')).stdout).toMatch(
        /^two \| SUCCESS => \{\n {4}"changed": false,\n {4}"message": "pong"/,
      )
      expect((await exec('masters', 'command', 'cat /root/installed >> /x')).code).toBe(1)
    })

    test('setup shows facts', async () => {
      const { stdout, code } = await exec('masters', 'setup', '')
      expect([code, JSON.parse(stdout)]).toEqual([0, { one: expect.objectContaining({ hostname: 'one' }) }])
    })
  },
)
