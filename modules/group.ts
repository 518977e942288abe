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
  /** Take `gid` although another group has it. Default false. */
  nonUnique?: boolean
  /** Take the number from the range for system groups. Only matters when the group is made. Default false. */
  system?: boolean
  /** Ask the host's own files only, where a directory service may know the name, too; a new group is made with lgroupadd where the host has it. Default false. */
  local?: boolean
  /** With `absent`: remove it although it is a user's primary group. Default false. */
  force?: boolean
  /** Default `present`. */
  state?: 'present' | 'absent'
}

/** A group. */
export interface GroupState {
  readonly gid: number
}

/** What the host says of the group; nothing of one that is absent. */
export interface GroupResult {
  readonly gid?: number
}

/**
 * A group exists, or does not. Its members are the business of `user`.
 *
 * @example a group with a number of its own
 * ```ts
 * task('docker group', group({ name: 'docker', gid: 950, system: true }))
 * ```
 *
 * @example gone
 * ```ts
 * task('no games', group({ name: 'games', state: 'absent' }))
 * ```
 */
export const group = defineModule<GroupParams, GroupState | null, GroupResult>({
  name: 'group',
  params: z
    .strictObject({
      name: accountName,
      gid: idParam.optional(),
      nonUnique: z.boolean().optional(),
      system: z.boolean().optional(),
      local: z.boolean().optional(),
      force: z.boolean().optional(),
      state: z.enum(['present', 'absent']).optional(),
    })
    .refine(({ nonUnique, gid }) => !nonUnique || gid !== undefined, { error: 'needs gid', path: ['nonUnique'] }),
  subject: ({ name }) => name,
  probe: ({ name, local = false }) => map(groupEntry(name, { local }), (found) => found && { gid: found.gid }),
  desired: ({ gid, state }) => (state === 'absent' ? null : { ...(gid !== undefined && { gid }) }),
  apply({ name, gid, nonUnique, system, local, force }, { from, to }) {
    if (to === null)
      return sh`if command -v groupdel >/dev/null 2>&1; then groupdel ${force ? ['-f'] : []} ${name}; else delgroup ${name}; fi`
    const number = gid === undefined ? [] : ['-g', gid, ...(nonUnique ? ['-o'] : [])]
    const shown = sh`printf 'gid '; getent group ${name} 2>/dev/null || echo`
    if (from !== null)
      return sh`command -v groupmod >/dev/null 2>&1 || { echo "a group is renumbered with groupmod only (package 'shadow'), which the host does not have" >&2; exit 1; }
groupmod ${number} ${name} && { ${shown}; }`
    return sh`${
      local
        ? sh`if command -v lgroupadd >/dev/null 2>&1; then lgroupadd ${system ? ['-r'] : []} ${number} ${name}; exit; fi
`
        : sh.empty
    }if command -v groupadd >/dev/null 2>&1; then groupadd ${system ? ['-r'] : []} ${number} ${name}
else addgroup ${system ? ['-S'] : []} ${gid === undefined ? [] : ['-g', gid]} ${name}; fi || exit 1
${shown}`
  },
  result(_params, actual, output) {
    const gid = /^gid .*?:.*?:(\d+):/m.exec(output?.stdout ?? '')?.[1]
    return gid === undefined ? (actual ?? {}) : { gid: Number(gid) }
  },
  touches: ({ name }) => [`group:${name}`, fileResource('/etc/group'), fileResource('/etc/gshadow')],
  predict: ({ name }, { from, to }) => [
    will.haveGroup(name, to && { name, members: [], gid: to.gid ?? from?.gid ?? unknownId }),
  ],
})

/** A number that the host will choose. */
const unknownId = -1
