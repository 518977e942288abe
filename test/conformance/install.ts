// Before the conformance tests, once: Debian's ansible-core, where it is missing and can be installed.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Why Ansible cannot be had on this machine; empty where it is there. */
    ansibleMissing: string
  }
}

export default function setup(project: TestProject): void {
  project.provide('ansibleMissing', installed() ?? '')
}

function installed(): string | undefined {
  if (hasAnsible()) return undefined
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return 'ansible-core is not installed, and only root on Debian can install it'
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // tests of other projects may install something at the same time
  const apt = (...args: string[]) =>
    execFileSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], { stdio: 'pipe', env })
  try {
    apt('update')
    apt('install', '-y', '--no-install-recommends', 'ansible-core')
  } catch (error) {
    return `ansible-core cannot be installed: ${(error as Error).message.trim().split('\n').at(-1)}`
  }
  return hasAnsible() ? undefined : 'ansible-core was installed and cannot be loaded'
}

function hasAnsible(): boolean {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import ansible.cli.inventory'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
