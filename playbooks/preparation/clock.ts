// Steps that say what time it is, how it is written, and what sessions may use.
import { sync } from 'tsplay'
import type { ClusterContext } from '../cluster.ts'
import { chrony } from '../roles/chrony/index.ts'
import { chronyClient } from '../roles/chrony-client/index.ts'
import { chronyServer } from '../roles/chrony-server/index.ts'
import { limits as limitSessions } from '../roles/limits/index.ts'
import { timezoneLocale } from '../roles/timezone-locale/index.ts'
import type { Step } from './step.ts'
import { familyOf, systemOf } from './system.ts'

export const zone: Step = (context) => {
  const { timezone, hardwareClock, locale: all } = context.vars
  const wished = { ...(timezone !== undefined && { timezone }), ...(hardwareClock && { hardwareClock }) }
  // nobody is asked what he runs for nothing
  if (timezone === undefined && Object.values(all).every(isEmpty)) return false
  const family = familyOf(context)
  const locale = all[family]
  if (timezone === undefined && isEmpty(locale)) return false
  // which packages locales need depends on the release
  const system = isEmpty(locale) ? { family, majorVersion: '' } : systemOf(context)
  return timezoneLocale({ system, ...wished, locale })
}

const isEmpty = (record: object): boolean => Object.keys(record).length === 0

export const limits: Step = ({ vars }) => vars.limits.length > 0 && limitSessions({ limits: vars.limits })

/** Servers first: who follows them waits until one of them answers. */
export const time: Step = (context) => {
  const { time: wanted } = context.vars
  if (!wanted) return false
  const common = { family: familyOf(context), setsClock: wanted.setsClock }
  const upstreams = wanted.upstreams.map((address) => ({ address }))
  if (wanted.servers === undefined) return chrony({ ...common, sources: upstreams, waitForSync: 0 })
  const servers = context.groups[wanted.servers]
  const serves = servers.some(({ name }) => name === context.host.name)
  return [
    serves && chronyServer({ ...common, upstreams, allow: clientsOf(context, wanted) }),
    sync('time servers'),
    !serves && chronyClient({ ...common, servers: servers.map(({ address }) => address) }),
  ]
}

const clientsOf = (
  { vars, hosts }: ClusterContext,
  { allow }: NonNullable<ClusterContext['vars']['time']>,
): readonly string[] => {
  if (allow.length > 0) return allow
  return vars.network.hosts === undefined ? hosts.map(({ address }) => address) : [vars.network.hosts]
}
