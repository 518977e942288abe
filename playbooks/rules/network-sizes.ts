// Whether networks are large enough for their pods and services, and not too large. Asks no host.
import type { Finding } from 'tsplay'
import type { Cidr } from '../cidr.ts'
import type { Named, Report } from './named.ts'

/** API servers keep a bit for each address of a service, and refuse networks of more than 20 bits, or of fewer than 3. */
export function serviceSizeFindings({ family, prefix }: Cidr, { value, variable }: Named, error: Report): void {
  const bits = (family === 4 ? 32 : 128) - prefix
  if (bits > 20)
    error(
      'service-size',
      variable,
      `the network of the services, ${value}, is larger than API servers take`,
      `its prefix must be /${family === 4 ? 12 : 108} or longer`,
    )
  if (bits < 3)
    error(
      'service-size',
      variable,
      `the network of the services, ${value}, is smaller than API servers take`,
      `it needs 8 addresses: a prefix of /${family === 4 ? 29 : 125} or shorter`,
    )
}

/** Each node gets a part of the pods' network: as many as there are, and no more, can have pods. */
export function podSizeFindings({ family, prefix }: Cidr, { value, variable }: Named, nodes: number): Finding[] {
  const part = family === 4 ? 24 : 64
  const room = prefix > part ? 0 : 2 ** (part - prefix)
  if (nodes <= room) return []
  return [
    {
      ...{ level: 'warning', rule: 'pod-size', variable },
      message: `the network of the pods, ${value}, has ${room} parts of /${part}, and ${nodes} nodes are to have one each`,
      hint: 'choose a shorter prefix, or give nodes smaller parts than controller manager and network plugin do by default',
    },
  ]
}
