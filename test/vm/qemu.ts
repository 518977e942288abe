// A virtual machine as a process: begun, looked at, ended by its id. Knows nothing of what is on its disk.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'

/** What a virtual machine is made of. */
export interface MachineSpec {
  /** A raw disk. */
  readonly disk: string
  /** False: what is written to the disk is gone with the machine. */
  readonly keepsWrites: boolean
  /** File that gets what the machine says on its serial port. */
  readonly console: string
  /** A port of the loopback interface behind which the machine's ssh is. Without one it has no network. */
  readonly sshPort?: number
  /** Files of a kernel and its initramfs to boot instead of what the disk boots, and the kernel's arguments. */
  readonly kernel?: { readonly image: string; readonly initrd: string; readonly args: string }
}

/** A machine that runs. */
export interface VirtualMachine {
  /** Resolves when it is switched off, or at once when it is. */
  off(): Promise<void>
  /** Ends it as pulling the plug would; nothing happens where it is off. */
  end(): Promise<void>
  /** What it has said on its serial port. */
  said(): Promise<string>
}

/** Starts a virtual machine with two emulated processors. It ends with this process at the latest. */
export function startMachine(spec: MachineSpec): VirtualMachine {
  const { disk, keepsWrites, console, sshPort, kernel } = spec
  const child = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'qemu-system-x86_64', '-accel', 'tcg,thread=multi', '-smp', '2', '-m', '1024'],
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-monitor', 'none', '-serial', `file:${console}`],
      ...['-drive', `file=${disk},format=raw,if=virtio,cache=unsafe,snapshot=${keepsWrites ? 'off' : 'on'}`],
      ...['-device', 'virtio-rng-pci'],
      ...(sshPort === undefined
        ? ['-nic', 'none']
        : [
            ...['-netdev', `user,id=net,hostfwd=tcp:127.0.0.1:${sshPort}-:22`],
            ...['-device', 'virtio-net-pci,netdev=net,romfile='],
          ]),
      ...(kernel ? ['-kernel', kernel.image, '-initrd', kernel.initrd, '-append', kernel.args] : []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let complaints = ''
  child.stderr!.on('data', (chunk) => {
    complaints += chunk
  })
  const ended = once(child, 'close')
  ended.catch(() => {}) // told by off()
  return {
    async off() {
      const [code] = (await ended) as [number | null]
      if (code !== 0 && !child.killed) throw new Error(`qemu ended with ${code}: ${complaints}`)
    },
    async end() {
      if (isOver(child)) return
      child.kill('SIGKILL')
      await ended
    },
    said: () => readFile(console, 'utf8').catch(() => ''),
  }
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null
