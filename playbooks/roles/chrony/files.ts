// chronyFiles: what chrony's files and its unit are called. Plain data.

export type ChronyFamily = 'debian' | 'redhat'

/** Names of a family of distributions. */
export interface ChronyFiles {
  readonly config: string
  /** The unit itself: Debian's `chronyd` is only another name, which cannot be enabled. */
  readonly unit: string
  readonly drift: string
  readonly keys: string
  /** The daemon's options, and the variable that they stand in. */
  readonly options: string
  readonly variable: string
}

export const chronyFiles: Readonly<Record<ChronyFamily, ChronyFiles>> = {
  debian: {
    config: '/etc/chrony/chrony.conf',
    unit: 'chrony',
    drift: '/var/lib/chrony/chrony.drift',
    keys: '/etc/chrony/chrony.keys',
    options: '/etc/default/chrony',
    variable: 'DAEMON_OPTS',
  },
  redhat: {
    config: '/etc/chrony.conf',
    unit: 'chronyd',
    drift: '/var/lib/chrony/drift',
    keys: '/etc/chrony.keys',
    options: '/etc/sysconfig/chronyd',
    variable: 'OPTIONS',
  },
}
