// Steps that say who a host is, how others find it, and who gets in.
import type { Host } from 'tsplay'
import { hostname as nameHost } from '../roles/hostname/index.ts'
import { hostsFile as fillHosts } from '../roles/hosts-file/index.ts'
import { networkStatic } from '../roles/network-static/index.ts'
import { sshKeys as exchangeKeys } from '../roles/ssh-keys/index.ts'
import type { Peer } from '../roles/ssh-keys/peers.ts'
import { usersSudo } from '../roles/users-sudo/index.ts'
import { aliasesOf, extraLinesOf } from './aliases.ts'
import type { Step } from './step.ts'
import { familyOf, systemOf } from './system.ts'

export const hostname: Step = ({ host }) => nameHost({ name: host.name })

export const hostsFile: Step = (context) => {
  const aliases = [...aliasesOf(context), ...extraLinesOf(context)]
  const { name } = context.vars.api
  const isHere = name === undefined || aliases.some(({ names }) => names.includes(name))
  return fillHosts({ hosts: context.hosts, aliases, elsewhere: isHere ? [] : [name] })
}

export const address: Step = (context) => {
  const { staticNetwork } = context.vars
  return (
    !!staticNetwork && networkStatic({ ...staticNetwork, system: systemOf(context), address: context.host.address })
  )
}

export const accounts: Step = (context) => {
  const { accounts: all } = context.vars
  return all.length > 0 && usersSudo({ family: familyOf(context), accounts: all })
}

export const sshKeys: Step = ({ vars, host, hosts }) =>
  !!vars.sshKeys && exchangeKeys({ ...vars.sshKeys, self: peerOf(host), hosts: hosts.map(peerOf) })

/** As others reach it: the port of the inventory is that of its sshd. */
const peerOf = ({ name, address, connection }: Host): Peer => ({
  ...{ name, address, port: connection.port },
  direct: connection.transport !== 'local' && !connection.proxyCommand && !connection.jumpHosts?.length,
})
