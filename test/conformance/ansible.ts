// Debian's ansible-core beside us: installed where it is missing, asked through its own commands.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'

/** What one of Ansible's commands has answered. */
export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Ansible {
  readonly version: string
  readonly call: (command: 'ansible' | 'ansible-inventory', args: readonly string[], cwd: string) => Promise<Answer>
  readonly close: () => void
}

/** Why it cannot be had on this machine; undefined where it is installed now. */
export function ansibleMissing(): string | undefined {
  if (hasAnsible()) return undefined
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return 'ansible-core is not installed, and only root on Debian can install it'
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'pipe', env })
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'ansible-core'], { stdio: 'pipe', env })
  } catch (error) {
    return `ansible-core cannot be installed: ${(error as Error).message.trim().split('\n').at(-1)}`
  }
  return hasAnsible() ? undefined : 'ansible-core was installed and cannot be loaded'
}

function hasAnsible(): boolean {
  try {
    return python('import ansible.release; print(ansible.release.__version__)') !== ''
  } catch {
    return false
  }
}

const python = (code: string): string =>
  execFileSync('/usr/bin/python3', ['-c', code], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()

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
  const waiting: ((line: string) => void)[] = []
  const ready = new Promise<void>((resolve, reject) => {
    waiting.push(() => resolve())
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`ansible ended with ${code}`)))
  })
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line))
  await ready
  return {
    version: python('import ansible.release; print(ansible.release.__version__)'),
    call: (command, args, cwd) =>
      new Promise((resolve) => {
        waiting.push((line) => resolve(JSON.parse(line) as Answer))
        child.stdin.write(`${JSON.stringify({ command, args, cwd })}\n`)
      }),
    close: () => {
      child.removeAllListeners('exit')
      child.stdin.end()
    },
  }
}
