// group: a group of the host's own database.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { group as groupEntry, map } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { accountName, idParam } from './common/accounts.ts'

/** Parameters of `group`. */
export interface GroupParams {
  /** The group's name. */
  name: string
  /** Its number. Default: the host chooses, and an existing number stays. */
  gid?: number
  /** Take the number from the range for system groups. Only matters when the group is made. Default false. */
  system?: boolean
  /** Default `present`. */
  state?: 'present' | 'absent'
}

/** A group. */
export interface GroupState {
  readonly gid: number
}

/** A group exists, or does not. Its members are the business of `user`. */
export const group = defineModule<GroupParams, GroupState | null>({
  name: 'group',
  params: z.strictObject({
    name: accountName,
    gid: idParam.optional(),
    system: z.boolean().optional(),
    state: z.enum(['present', 'absent']).optional(),
  }),
  subject: ({ name }) => name,
  probe: ({ name }) => map(groupEntry(name), (found) => found && { gid: found.gid }),
  desired: ({ gid, state }) => (state === 'absent' ? null : { ...(gid !== undefined && { gid }) }),
  apply({ name, gid, system }, { from, to }) {
    if (to === null) return sh`if command -v groupdel >/dev/null 2>&1; then groupdel ${name}; else delgroup ${name}; fi`
    const number = gid === undefined ? [] : ['-g', gid]
    if (from !== null) return sh`groupmod ${number} ${name}`
    return sh`if command -v groupadd >/dev/null 2>&1; then groupadd ${system ? ['-r'] : []} ${number} ${name}
else addgroup ${system ? ['-S'] : []} ${number} ${name}; fi`
  },
  touches: ({ name }) => [`group:${name}`, fileResource('/etc/group'), fileResource('/etc/gshadow')],
  predict: ({ name }, { from, to }) => [
    will.haveGroup(name, to && { name, members: [], gid: to.gid ?? from?.gid ?? unknownId }),
  ],
})

/** A number that the host will choose. */
const unknownId = -1
