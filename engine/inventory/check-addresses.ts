// What must hold of the addresses of all hosts together, and of those of a lab.
import { BlockList, isIPv4 } from 'node:net'
import { type Place, TsplayError } from '../error.ts'
import type { Host } from '../site.ts'
import { type InventorySource, placeIn } from './inventory-source.ts'

/** Refuses two hosts at one address and port. `place` tells where a host's address stands. */
export function refuseSharedAddresses(hosts: Iterable<Host>, place: (host: string) => Place | undefined): void {
  const taken = new Map<string, string>()
  for (const { name, address, connection } of hosts) {
    if (connection.transport === 'local') continue
    const port = connection.port ?? 22
    const key = `${address.toLowerCase()} port ${port}`
    const other = taken.get(key)
    if (other !== undefined) {
      throw new TsplayError(`hosts '${other}' and '${name}' have the same address ${address}, port ${port}`, {
        place: place(name),
        hint: 'one machine is one host: list it under one name in all its groups',
      })
    }
    taken.set(key, name)
  }
}

/** Refuses hosts of a lab that cannot be booted in its subnet. */
export function checkLab(
  source: InventorySource,
  hosts: Iterable<Host>,
  placeOf: (host: string) => Place | undefined,
): void {
  const { subnet } = source.file.lab!
  const base = /^(\d+\.\d+\.\d+)\.0\/24$/.exec(subnet)?.[1]
  if (base === undefined || !isIPv4(`${base}.0`) || !isPrivate(`${base}.0`)) {
    throw new TsplayError(`lab subnet '${subnet}' is not a private /24`, {
      place: placeIn(source, ['lab', 'subnet']),
      hint: "write it as '10.77.0.0/24'",
    })
  }
  for (const { name, address, connection } of hosts) {
    if (connection.transport === 'local') continue
    const last = address.startsWith(`${base}.`) && isIPv4(address) ? Number(address.slice(base.length + 1)) : -1
    if (last >= 2 && last <= 254) continue
    throw new TsplayError(
      last === 1
        ? `lab host '${name}': ${address} is the address of this machine in the lab`
        : `lab host '${name}' has no address in the lab's subnet ${subnet}`,
      { place: placeOf(name), hint: `give it an address from ${base}.2 to ${base}.254` },
    )
  }
}

function isPrivate(address: string): boolean {
  const ranges = new BlockList()
  ranges.addSubnet('10.0.0.0', 8)
  ranges.addSubnet('172.16.0.0', 12)
  ranges.addSubnet('192.168.0.0', 16)
  return ranges.check(address)
}
