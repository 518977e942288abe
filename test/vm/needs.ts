// What a machine needs to run a virtual one, and what it lacks. Installs nothing but Debian's own packages.
import { attempt } from '../../engine/lab/command.ts'
import { hasProgram, type Machine, machineLacks, prepareMachine } from '../../engine/lab/machine.ts'
import { type PackagedKernel, packagedKernels } from './kernels.ts'

/** A machine that can, and the kernels that its package lists offer. */
export interface Means {
  readonly machine: Machine
  readonly older: PackagedKernel
  readonly newer: PackagedKernel
}

/** Everything that a virtual machine needs, installed where it is missing; or why it cannot be had, in half a sentence. */
export async function means(onStep: (message: string) => void): Promise<Means | string> {
  if (process.arch !== 'x64') return `the virtual machine is an x86-64 one, and this is ${process.arch}`
  const lacks = await machineLacks()
  if (lacks !== undefined) return lacks
  const machine = await prepareMachine({ install: true, onStep })
  const missing = await missingPackages()
  if (missing.length > 0) {
    onStep(`installing ${missing.join(', ')} on this machine`)
    const { code, stderr } = await attempt([
      ...['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-y', '--no-install-recommends', 'install'],
      ...missing,
    ])
    if (code !== 0) return `${missing.join(', ')} cannot be installed: ${stderr.trim().split('\n').at(-1)}`
  }
  const kernels = await packagedKernels()
  return kernels
    ? { machine, ...kernels }
    : "this machine's package lists offer one kernel for virtual machines at most"
}

async function missingPackages(): Promise<string[]> {
  const needed = [
    ['qemu-system-x86', 'qemu-system-x86_64'],
    ['e2fsprogs', 'mke2fs'],
  ] as const
  const there = await Promise.all(needed.map(([, program]) => hasProgram(program)))
  return needed.flatMap(([name], index) => (there[index] ? [] : [name]))
}
