// Inventories as Ansible users have them, on real hosts: keys, passwords, a jump host, another user, group_vars.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { labConnection } from '../../engine/lab/connection.ts'
import { type LabSpec, labDown, labUp, machineLacks } from '../../engine/lab/lab.ts'
import { type Project, playbookOf, project } from '../support/cli.ts'

const lacks = await machineLacks()
const spec: LabSpec = {
  name: 'fromansible',
  subnet: '10.86.0.0/24',
  hosts: [
    { name: 'gate', address: '10.86.0.11' },
    { name: 'inner', address: '10.86.0.12' },
  ],
}

describe.skipIf(lacks !== undefined)(
  `inventories of Ansible users on real hosts${lacks === undefined ? '' : ` (skipped: ${lacks})`}`,
  () => {
    let site: Project
    let key: string
    let ssh: string
    beforeAll(async () => {
      await labDown(spec)
      await labUp(spec)
      site = project()
      const login = labConnection(spec.name)
      key = login.privateKeys[0]!
      ssh = `-o UserKnownHostsFile=${login.knownHosts} -o StrictHostKeyChecking=accept-new`
      site.write(
        'prod/hosts',
        `[web]
gate ansible_host=10.86.0.11
inner ansible_host=10.86.0.12
[web:vars]
ansible_user=root
ansible_ssh_private_key_file=${key}
ansible_ssh_common_args='${ssh}'
`,
      )
      site.write('prod/group_vars/web.yml', 'greeting: from group_vars\n')
      site.write('prod/host_vars/inner.yml', 'weight: 0755\n')
      // what the documents of S4K start from: root with a password
      const prepare =
        'echo root:123456 | chpasswd; useradd -m -s /bin/sh ops; printf "PermitRootLogin yes\\nPasswordAuthentication yes\\n" > /etc/ssh/sshd_config.d/00-password.conf; systemctl reload ssh'
      const { code, stdout } = await site.tsplay(['exec', 'all', '-i', 'prod/hosts', '-m', 'shell', '-a', prepare])
      expect(code, stdout).toBe(0)
    })
    afterAll(async () => {
      site?.remove()
      if (!lacks) await labDown(spec)
    })
    const exec = async (inventory: string, ...words: string[]) => {
      const { stdout, stderr, code } = await site.tsplay(['exec', 'all', '-i', inventory, ...words])
      expect(code, stdout + stderr).toBe(0)
      return stdout
    }

    test('a user, a key and the common ssh options', async () => {
      const stdout = await exec('./prod', '--', 'hostname')
      expect(stdout).toContain('gate | CHANGED | rc=0 >>\ngate')
      expect(stdout).toContain('inner | CHANGED | rc=0 >>\ninner')
    })

    test('a user and a password, as S4K has them', async () => {
      const file = site.write('s4k.ini', "[k8s-master]\n10.86.0.11 ansible_ssh_user=root ansible_ssh_pass='123456'\n")
      writeFileSync(
        file,
        `${`[k8s-master]\n10.86.0.11 ansible_ssh_user=root ansible_ssh_pass='123456'\n`}[all:vars]\nansible_ssh_common_args='${ssh} -i ${path.join(site.dir, 'no-key-there')}'\n`,
      )
      const refused = await site.tsplay(['exec', 'all', '-i', 's4k.ini', '--', 'id', '-un'])
      expect([refused.code, refused.stdout]).toEqual([4, expect.stringContaining('does not exist')])
      writeFileSync(
        file,
        `[k8s-master]\n10.86.0.11 ansible_ssh_user=root ansible_ssh_pass='123456'\n[all:vars]\nansible_ssh_common_args='${ssh}'\n`,
      )
      expect(await exec('s4k.ini', '--', 'id', '-un')).toContain('rc=0 >>\nroot')
    })

    test('a jump host', async () => {
      site.write(
        'behind.yml',
        `web:
  hosts:
    inner:
      ansible_host: 10.86.0.12
  vars:
    ansible_user: root
    ansible_ssh_private_key_file: ${key}
    ansible_ssh_common_args: ${ssh} -J root@10.86.0.11
`,
      )
      const from = 'echo "from ${SSH_CONNECTION%% *}"'
      expect(await exec('behind.yml', '-m', 'shell', '-a', from)).toContain(
        'inner | CHANGED | rc=0 >>\nfrom 10.86.0.11',
      )
    })

    test('becoming another user', async () => {
      const become = 'ansible_become=yes ansible_become_method=su ansible_become_user=ops'
      site.write(
        'ops.ini',
        `[web]\ngate ansible_host=10.86.0.11 ansible_user=root ansible_ssh_private_key_file=${key} ${become}\n[web:vars]\nansible_ssh_common_args='${ssh}'\n`,
      )
      expect(await exec('ops.ini', '--', 'id', '-un')).toContain('rc=0 >>\nops')
    })

    test('a typed playbook: its site checks the folder, and the second run changes nothing', async () => {
      site.write(
        'book.ts',
        playbookOf(
          "task('motd', copy({ content: `${vars.greeting} ${host.vars.weight} ${groups.web.map((one) => one.address).join()}\\n`, dest: '/etc/motd' })),",
        ),
      )
      const run = (...args: string[]) =>
        site.tsplay(['run', 'book.ts', '-i', './prod', '-o', 'ndjson', '--detailed-exitcode', ...args])
      expect((await run('--check')).code).toBe(3)
      expect((await run()).code).toBe(3)
      expect((await run()).code).toBe(0)
      const shown = await exec('./prod', '--', 'cat', '/etc/motd')
      expect(shown).toContain('from group_vars 1 10.86.0.11,10.86.0.12')
      expect(shown).toContain('from group_vars 493 10.86.0.11,10.86.0.12')
      site.write('prod/host_vars/gate.yml', 'wieght: 3\n')
      const { code, stderr } = await run()
      expect([code, stderr]).toEqual([
        1,
        "tsplay: unknown variable 'wieght' in prod/host_vars/gate.yml\n  at prod/host_vars/gate.yml:1:1\n  hint: did you mean 'weight'?\n",
      ])
    })
  },
)
