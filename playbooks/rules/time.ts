// Where hosts have the time from: whether somebody knows it, or each has it from the other. Asks no host.
import { isIP } from 'node:net'
import type { Finding } from 'tsplay'
import { isSameAddress } from '../cidr.ts'
import { hostNames } from '../host-names.ts'
import { error } from './error.ts'

interface Machine {
  readonly name: string
  readonly address: string
}

/** Who has the time from whom. */
export interface Clocks {
  /** Names and addresses of the servers of the world. */
  readonly upstreams: readonly string[]
  /** Every host of the inventory. */
  readonly hosts: readonly Machine[]
  /** Whether hosts set their clocks. In containers they do not, and may ask whomever they like. */
  readonly setsClock: boolean
}

/** Servers of the world that are this inventory's own hosts, which have the time from them: nobody knows it then. */
export const clockFindings = ({ upstreams, hosts, setsClock }: Clocks): Finding[] =>
  upstreams.flatMap((server) => {
    const host = hosts.find((each) => namesOf(each).some((name) => isSameAddress(name, server)))
    if (!host && !(setsClock && isLoopback(server))) return []
    return [
      error(
        'time-loop',
        host
          ? `the time comes from ${server}, which is ${host.name}, and that is to have it from there, too`
          : `the time comes from ${server}, which is each host itself`,
        'name servers that know the time by themselves: those of the provider, or of the network',
        'time.upstreams',
      ),
    ]
  })

const namesOf = ({ name, address }: Machine): string[] => [...hostNames(name), address]

const isLoopback = (server: string): boolean =>
  /^localhost\.?$/i.test(server) || server === '::1' || (isIP(server) === 4 && server.startsWith('127.'))
