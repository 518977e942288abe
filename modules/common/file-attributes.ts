// Mode, owner and group: the parameters that every file-like module takes, and the script that sets them.
import { z } from 'zod'
import type { Change } from '../../engine/module.ts'
import type { StatAnswer } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'

/** Parameters of whatever creates or changes a path. */
export interface FileAttributes {
  /** Permission bits: `'0644'`, `'755'`, or symbolic `'u=rw,go='`. A number is refused: 644 would be decimal. Default: left as it is. */
  mode?: string
  /** Owner's name or number. Default: left as it is. */
  owner?: string
  /** Group's name or number. Default: left as it is. */
  group?: string
}

/** The properties of a path that these parameters ask for. */
export interface AttributeState {
  readonly mode: string
  readonly owner: string
  readonly group: string
}

const octal = /^[0-7]{3,4}$/
const symbolic = /^[ugoa]*([-+=][rwxXst]*)+(,[ugoa]*([-+=][rwxXst]*)+)*$/

const modeText = (...others: readonly string[]) =>
  z
    .string({
      error: (issue) =>
        typeof issue.input === 'number'
          ? `write the mode as a text of octal digits, such as '0644': the number ${issue.input} is decimal`
          : "a mode is a text such as '0644' or 'u=rw,go='",
    })
    .refine((mode) => octal.test(mode) || symbolic.test(mode) || others.includes(mode), {
      error: "a mode is octal digits such as '0644', or symbolic such as 'u=rw,go='",
    })

/** A mode as a user writes it. */
export const modeParam = modeText()

/** The same, or that of the source. */
export const copiedModeParam = modeText('preserve')

const ownerParam = z
  .string()
  .regex(/^[^\s:]+$/, { error: 'a user or group is a name or a number, without blanks and colons' })

/** The schema's share for modules that take attributes: spread it into `z.strictObject({ … })`. */
export const fileAttributeParams = {
  mode: modeParam.optional(),
  owner: ownerParam.optional(),
  group: ownerParam.optional(),
}

/**
 * What the attributes should be, as a share of a module's desired state. A number for owner or group is compared with
 * the host's number; a symbolic mode is applied to the present mode, or to that of a new file.
 */
export function desiredAttributes(
  params: FileAttributes,
  actual: StatAnswer | null,
  type: 'file' | 'directory',
): Partial<AttributeState> {
  return {
    ...(params.mode !== undefined && {
      mode: resolveMode(params.mode, actual?.mode ?? (type === 'directory' ? '0755' : '0644'), type),
    }),
    ...(params.owner !== undefined && {
      owner: /^\d+$/.test(params.owner) && actual?.uid === Number(params.owner) ? actual.owner : params.owner,
    }),
    ...(params.group !== undefined && {
      group: /^\d+$/.test(params.group) && actual?.gid === Number(params.group) ? actual.group : params.group,
    }),
  }
}

/** Sets what differs on a path that exists: owner first, as changing it clears set-id bits. */
export function setAttributes(path: string | Script, change: Pick<Change<AttributeState>, 'to' | 'has'>): Script {
  const { mode, owner, group } = change.to ?? {}
  return sh.join(
    [
      owner !== undefined && change.has('owner') && sh`chown -h -- ${owner} ${path}`,
      group !== undefined && change.has('group') && sh`chgrp -h -- ${group} ${path}`,
      mode !== undefined &&
        (change.has('mode') || ((change.has('owner') || change.has('group')) && /^[2-7]...$/.test(mode))) &&
        sh`chmod -- ${mode} ${path}`,
    ],
    ' &&\n',
  )
}

/** Four octal digits for an octal or symbolic mode. */
export function resolveMode(mode: string, present: string, type: 'file' | 'directory'): string {
  if (octal.test(mode)) return mode.padStart(4, '0')
  let bits = Number.parseInt(present, 8)
  for (const clause of mode.split(',')) {
    const [, who = '', actions = ''] = /^([ugoa]*)(.*)$/.exec(clause) ?? []
    for (const [, operator, permissions = ''] of actions.matchAll(/([-+=])([rwxXst]*)/g)) {
      const { mask, set } = clauseBits(
        who === '' ? 'a' : who,
        permissions,
        type === 'directory' || (bits & 0o111) !== 0,
      )
      if (operator === '=') bits = (bits & ~mask) | set
      else bits = operator === '+' ? bits | set : bits & ~set
    }
  }
  return bits.toString(8).padStart(4, '0')
}

function clauseBits(who: string, permissions: string, mayExecute: boolean): { mask: number; set: number } {
  const classes = who.includes('a') ? 'ugo' : who
  let [mask, set] = [0, 0]
  for (const [name, shift, special] of [
    ['u', 6, 0o4000],
    ['g', 3, 0o2000],
    ['o', 0, 0o1000],
  ] as const) {
    if (!classes.includes(name)) continue
    mask |= (7 << shift) | special
    for (const permission of permissions) {
      if (permission === 'r') set |= 4 << shift
      if (permission === 'w') set |= 2 << shift
      if (permission === 'x' || (permission === 'X' && mayExecute)) set |= 1 << shift
      if (permission === 's' && name !== 'o') set |= special
      if (permission === 't' && (name === 'o' || who.includes('a'))) set |= 0o1000
    }
  }
  return { mask, set }
}
