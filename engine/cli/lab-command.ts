// tsplay lab up, down, status and ssh.
import { spawn } from 'node:child_process'
import { TsplayError } from '../error.ts'
import { labSsh } from '../lab/connection.ts'
import { labDown, labStatus, labUp } from '../lab/lab.ts'
import type { LabSpec } from '../lab/spec.ts'
import { loadInventory } from './load.ts'

interface LabFlags {
  readonly inventory: string
  readonly install?: boolean
}

export async function labUpCommand({ inventory, install }: LabFlags): Promise<void> {
  const started = performance.now()
  const hosts = await labUp(await specOf(inventory), {
    onStep: (message) => void process.stderr.write(`${message}\n`),
    install: install ?? true,
  })
  process.stdout.write(`${hosts.length} hosts are up after ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
}

export async function labDownCommand({ inventory }: LabFlags): Promise<void> {
  await labDown(await specOf(inventory))
  process.stdout.write('the lab is gone\n')
}

export async function labStatusCommand({ inventory }: LabFlags): Promise<void> {
  for (const { name, address, ...state } of await labStatus(await specOf(inventory)))
    process.stdout.write(`${name.padEnd(12)} ${address.padEnd(16)} ${Object.values(state).join(' ')}\n`)
}

export async function labSshCommand(host: string, command: readonly string[], { inventory }: LabFlags): Promise<void> {
  const args = labSsh(await specOf(inventory), host, command)
  const child = spawn('ssh', args, { stdio: 'inherit' })
  process.exitCode = await new Promise((resolve, reject) =>
    child.on('error', reject).on('exit', (code, signal) => resolve(code ?? (signal ? 255 : 0))),
  )
}

/** The lab that an inventory describes. */
async function specOf(name: string): Promise<LabSpec> {
  const inventory = await loadInventory({ inventory: [name] })
  if (!inventory.lab)
    throw new TsplayError(`inventory '${name}' has no lab`, {
      hint: "give it lab: { subnet: '10.77.0.0/24' }, or name another with -i",
    })
  return {
    name: inventory.name,
    ...inventory.lab,
    hosts: [...inventory.hosts.values()].map((host) => ({ name: host.name, address: host.address })),
  }
}
