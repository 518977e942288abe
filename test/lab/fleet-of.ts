// The lab inventory's hosts again, on a network of the tests' own: a lab that somebody works with stays as it is.
import { inventory, labConnection } from 'tsplay'
import lab from '../../inventories/lab.ts'

/** The same hosts as `name`, with addresses that begin with `network`: `10.83`. */
export function fleetOf(name: string, network: string) {
  const groups = JSON.parse(JSON.stringify(lab.groups), (key, value) =>
    key === 'address' ? String(value).replace('10.77.', `${network}.`) : value,
  )
  return inventory(lab.site, {
    vars: { ...lab.vars, ...labConnection(name) } as never,
    groups,
    lab: { subnet: `${network}.0.0/24` },
  })
}
