// The lab inventory's hosts again, on a network of the tests' own: a lab that somebody works with stays as it is.
import { inventory, labConnection } from 'tsplay'
import lab from '../../inventories/lab.ts'

const moved = (groups: typeof lab.groups): typeof lab.groups =>
  JSON.parse(JSON.stringify(groups), (key, value) =>
    key === 'address' ? String(value).replace('10.77.', '10.83.') : value,
  )

export default inventory(lab.site, {
  vars: { ...lab.vars, ...labConnection('fleet') } as never,
  groups: moved(lab.groups) as never,
  lab: { subnet: '10.83.0.0/24' },
})
