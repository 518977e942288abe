// The lab inventory's hosts once more, for hosts that are broken on purpose: a network and a store of their own.
import { inventory, labConnection } from 'tsplay'
import lab from '../../inventories/lab.ts'

const moved = (groups: typeof lab.groups): typeof lab.groups =>
  JSON.parse(JSON.stringify(groups), (key, value) =>
    key === 'address' ? String(value).replace('10.77.', '10.87.') : value,
  )

export default inventory(lab.site, {
  vars: { ...lab.vars, ...labConnection('halfway') } as never,
  groups: moved(lab.groups) as never,
  lab: { subnet: '10.87.0.0/24' },
})
