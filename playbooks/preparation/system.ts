// What a host runs, from the inventory where it says so, else from the host itself. Asks only for what is read.
import { TsplayError } from 'tsplay'
import type { ClusterContext } from '../cluster.ts'

export type Family = 'debian' | 'redhat'

/** What roles need to know of a distribution. */
export interface System {
  /** ID in /etc/os-release: `centos`, `debian`. */
  readonly id: string
  readonly family: Family
  /** `7`, `12`. */
  readonly majorVersion: string
  /** `bookworm`; empty where the distribution has none. */
  readonly codename: string
  /** `x86_64`. */
  readonly arch: string
}

type Known = Pick<ClusterContext, 'vars' | 'facts'>

/** Distributions that name packages, files and services alike. @throws TsplayError for others */
export const familyOf = ({ vars, facts }: Known): Family =>
  vars.os ? (debians.has(vars.os.id) ? 'debian' : 'redhat') : served(facts.os)

/** All of it. @throws TsplayError for a distribution that no role is made for */
export function systemOf(known: Known): System {
  const said = saidSystem(known.vars)
  if (said) return said
  const { os: told, arch } = known.facts
  return { ...told, family: served(told), arch }
}

/** What the inventory alone says; undefined where a host has to be asked. */
export function saidSystem({ os }: Pick<ClusterContext['vars'], 'os'>): System | undefined {
  const codename = os && codenameOf(os)
  if (os?.version === undefined || codename === undefined) return undefined
  const [majorVersion = ''] = os.version.split('.')
  return { id: os.id, family: debians.has(os.id) ? 'debian' : 'redhat', majorVersion, codename, arch: os.arch }
}

/** Undefined for a release whose name only its hosts know. */
function codenameOf({ id, version = '' }: NonNullable<Known['vars']['os']>): string | undefined {
  if (!debians.has(id)) return ''
  return codenames[`${id} ${version}`] ?? codenames[`${id} ${version.split('.', 1)[0]}`]
}

const debians: ReadonlySet<string> = new Set(['debian', 'ubuntu'])

const codenames: Readonly<Record<string, string>> = {
  ...{ 'debian 11': 'bullseye', 'debian 12': 'bookworm', 'debian 13': 'trixie' },
  ...{ 'ubuntu 18.04': 'bionic', 'ubuntu 20.04': 'focal', 'ubuntu 22.04': 'jammy', 'ubuntu 24.04': 'noble' },
}

function served({ id, family }: { readonly id: string; readonly family: string }): Family {
  if (family === 'debian' || family === 'redhat') return family
  throw new TsplayError(`the host runs ${id || 'an unknown system'}, for which no role is made`, {
    hint: 'roles serve Debian, Ubuntu and the RHEL family',
  })
}
