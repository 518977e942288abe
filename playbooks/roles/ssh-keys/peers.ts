// Hosts as ssh knows them: by name or address, and by the port where that is another than usual. Pure.

/** A host and how it is reached. */
export interface Peer {
  readonly name: string
  readonly address: string
  /** Port of its sshd. Default 22. */
  readonly port?: number | undefined
  /** False: this machine reaches it through others, or without ssh. Default true. */
  readonly direct?: boolean
}

/** What runs on this machine, once, as who runs it. */
export const here = { delegateTo: 'localhost', runOnce: true, become: false } as const

export const portOf = ({ port = 22 }: Peer): number => port

/** A name of the host in known_hosts: `[10.0.0.1]:2222` where the port is not 22. */
export const knownAs = (name: string, host: Peer): string => (portOf(host) === 22 ? name : `[${name}]:${portOf(host)}`)

/** All of its names there. */
export const namesOf = (host: Peer): string[] =>
  [...new Set([host.name, host.address])].map((name) => knownAs(name, host))
