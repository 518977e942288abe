// Debian's ansible-core beside us, asked through its own commands.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'

/** What one of Ansible's commands has answered. */
export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Ansible {
  readonly call: (command: 'ansible' | 'ansible-inventory', args: readonly string[], cwd: string) => Promise<Answer>
  readonly close: () => void
}

/** Starts it; calls are answered in order. */
export async function startAnsible(home: string): Promise<Ansible> {
  const config = path.join(home, 'ansible.cfg')
  writeFileSync(config, '[defaults]\n')
  const child = spawn('/usr/bin/python3', [path.join(import.meta.dirname, 'forked-calls.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      LANG: 'C.UTF-8',
      // no configuration of this machine, no colours; sets of groups in one order each time
      ANSIBLE_CONFIG: config,
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_LOCALHOST_WARNING: '0',
      PYTHONHASHSEED: '0',
    },
  })
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = []
  const next = (): Promise<string> => new Promise((resolve, reject) => waiting.push({ resolve, reject }))
  child.once('error', (error) => {
    for (const { reject } of waiting.splice(0)) reject(error)
  })
  child.once('exit', (code) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`ansible ended with ${code}`))
  })
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line))
  await next()
  return {
    async call(command, args, cwd) {
      const answer = next()
      child.stdin.write(`${JSON.stringify({ command, args, cwd })}\n`)
      return JSON.parse(await answer) as Answer
    },
    close: () => child.stdin.end(),
  }
}
