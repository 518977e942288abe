// What must hold of the addresses of all hosts together, and of those of a lab.
import { BlockList, isIPv4 } from 'node:net'
import { type Place, TsplayError } from '../error.ts'
import type { Host } from '../site.ts'
import type { InventorySource, Warning } from './inventory-source.ts'

/**
 * Finds two hosts at one address and port. Where a typed inventory has both it is refused; elsewhere one machine under two
 * names is a habit, and a warning.
 */
export function checkSharedAddresses(
  hosts: Iterable<Host>,
  placeOf: (host: string) => Place | undefined,
  isStrict: (host: string) => boolean,
): Warning[] {
  const taken = new Map<string, string>()
  const found: Warning[] = []
  for (const { name, address, connection } of hosts) {
    if (connection.transport === 'local') continue
    const port = connection.port ?? 22
    const key = `${address.toLowerCase()} port ${port}`
    const other = taken.get(key)
    taken.set(key, other ?? name)
    if (other === undefined) continue
    const message = `hosts '${other}' and '${name}' have the same address ${address}, port ${port}`
    const place = placeOf(name)
    if (isStrict(other) && isStrict(name))
      throw new TsplayError(message, {
        place,
        hint: 'one machine is one host: list it under one name in all its groups',
      })
    found.push({ message, ...(place && { place }), hint: 'their tasks run on one machine at the same time' })
  }
  return found
}

/** Refuses hosts of a lab that cannot be booted in its subnet. */
export function checkLab(
  { settings: { subnet }, place }: NonNullable<InventorySource['lab']>,
  hosts: Iterable<Host>,
  placeOf: (host: string) => Place | undefined,
): void {
  const base = /^(\d+\.\d+\.\d+)\.0\/24$/.exec(subnet)?.[1]
  if (base === undefined || !isIPv4(`${base}.0`) || !isPrivate(`${base}.0`)) {
    throw new TsplayError(`lab subnet '${subnet}' is not a private /24`, {
      place: place(),
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
