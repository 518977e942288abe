// A virtual machine one can log in to: booted from its disk, waited for, with its ssh on a loopback port.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { attempt, type CommandResult } from '../../engine/lab/command.ts'
import type { VmDisk } from './disk.ts'
import { freePort, startMachine } from './qemu.ts'

/** A machine that runs and answers. */
export interface Guest {
  /** Settings of its connection, as an inventory has them. */
  readonly login: {
    address: string
    port: number
    user: string
    privateKeys: string[]
    knownHosts: string
    hostKeys: 'strict'
  }
  /** A command as root, over an ssh of its own. */
  ssh(command: string): Promise<CommandResult>
  /** What it has said on its serial port. */
  said(): Promise<string>
  /** Ends it, and removes what it has written. */
  end(): Promise<void>
}

/** Boots a disk, which stays as it is, and waits until its ssh answers; ten minutes at most. */
export async function bootGuest(disk: VmDisk): Promise<Guest> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsplay-vm-'))
  const port = await freePort()
  const knownHosts = path.join(folder, 'known_hosts')
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${disk.hostKey}\n`)
  const machine = startMachine({
    ...{ disk: disk.file, keepsWrites: false, console: path.join(folder, 'console'), sshPort: port },
  })
  const options = [
    'ConnectTimeout=10',
    'BatchMode=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'StrictHostKeyChecking=yes',
  ]
  const guest: Guest = {
    login: { address: '127.0.0.1', port, user: 'root', privateKeys: [disk.key], knownHosts, hostKeys: 'strict' },
    ssh: (command) =>
      attempt([
        ...['timeout', '300', 'ssh', '-i', disk.key, '-p', String(port)],
        ...options.flatMap((option) => ['-o', option]),
        ...['root@127.0.0.1', command],
      ]),
    said: machine.said,
    async end() {
      await machine.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    const deadline = Date.now() + 600_000
    while ((await guest.ssh('systemctl is-system-running --wait')).stdout.trim() !== 'running') {
      if (Date.now() > deadline) throw new Error(`the machine does not answer: ${(await machine.said()).slice(-2000)}`)
      await sleep(1000)
    }
    return guest
  } catch (error) {
    await guest.end()
    throw error
  }
}
