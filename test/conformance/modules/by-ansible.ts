// Scenarios as one playbook, run by ansible-playbook against a lab host over ssh.
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Named } from './both.ts'

/** What a task did, as both can tell it. */
export interface Done {
  readonly scenario: string
  readonly task: string
  readonly status: string
  readonly message?: string | undefined
}

/** How Ansible logs in. */
export interface AnsibleHost {
  readonly address: string
  readonly user: string
  readonly privateKeys: readonly string[]
}

/** Runs all scenarios once. @throws Error where ansible-playbook itself fails. */
export async function byAnsible(scenarios: readonly Named[], root: string, host: AnsibleHost): Promise<Done[]> {
  const [key] = host.privateKeys
  mkdirSync(path.join(root, 'tmp'), { recursive: true })
  writeFileSync(
    path.join(root, 'hosts'),
    `theirs ansible_host=${host.address} ansible_user=${host.user} ansible_ssh_private_key_file=${key} ansible_python_interpreter=/usr/bin/python3\n`,
  )
  writeFileSync(
    path.join(root, 'ansible.cfg'),
    `[defaults]\nlocal_tmp = ${root}/tmp\n[ssh_connection]\npipelining = True\ncontrol_path_dir = ${root}/tmp\n`,
  )
  writeFileSync(path.join(root, 'site.yml'), playbookOf(scenarios))
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    LANG: 'C.UTF-8',
    ANSIBLE_CONFIG: path.join(root, 'ansible.cfg'),
    ANSIBLE_STDOUT_CALLBACK: 'events',
    ANSIBLE_CALLBACK_PLUGINS: path.join(import.meta.dirname, '../runs'),
    ANSIBLE_HOST_KEY_CHECKING: '0',
  }
  const args = ['/usr/bin/ansible-playbook', '-i', 'hosts', 'site.yml']
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile('/usr/bin/python3', args, { cwd: root, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (stdout.includes('"type": "recap"')) resolve(stdout)
      else reject(new Error(`ansible-playbook ended with ${error?.code}: ${stderr || stdout}`))
    })
  })
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ type, task }) => type === 'task' && task.includes(mark))
    .map(({ task, status, message }) => {
      const [scenario, name] = task.split(mark) as [string, string]
      return { scenario, task: name, status, message }
    })
}

/** Between a scenario's name and a task's. */
const mark = '@@'

/** Every scenario is a block that a failure ends. Task names are marked in the text, since nothing else tells whose they are. */
function playbookOf(scenarios: readonly Named[]): string {
  const blocks = scenarios.map(({ slug, dir, scenario }) => {
    const tasks = scenario.ansible.replace(/^\n+/, '').trimEnd()
    const margin = /^ */.exec(tasks)![0].length
    const lines = tasks.split('\n').map((line) => `        ${line.slice(margin)}`)
    const marked = lines.map((line) => line.replace(/^( {8}- (?:\{ ?)?name: )(['"]?)/, `$1$2${slug}${mark}`))
    return `    - vars: { dir: ${dir} }
      block:
${marked.join('\n')}
      rescue:
        - meta: noop
`
  })
  return `- hosts: all\n  gather_facts: false\n  tasks:\n${blocks.join('')}`
}
