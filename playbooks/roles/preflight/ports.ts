// Whether nobody listens where somebody else is to listen. Reads the kernel's own tables; ends nobody.
import { probe, sh } from 'tsplay'

/** A TCP port, and the unit that is to have it. */
export interface WantedPort {
  readonly port: number
  /** While this unit runs, starts or ends, the port is its. Default: none. */
  readonly unit?: string
}

/** Which of the ports are taken by somebody else. */
export const takenPorts = (ports: readonly WantedPort[]) =>
  probe.map(
    probe.all({
      tables: probe.script(sh`cat /proc/net/tcp /proc/net/tcp6 2>/dev/null || :`, { reads: ['ports'] }),
      units: probe.all(
        Object.fromEntries(ports.flatMap(({ unit }) => (unit === undefined ? [] : [[unit, probe.unit(unit)]]))),
      ),
    }),
    ({ tables, units }): readonly WantedPort[] => {
      const listening = listeningIn(tables.stdout)
      return ports.filter(
        ({ port, unit }) => listening.has(port) && (unit === undefined || atRest.has(units[unit]!.active)),
      )
    },
  )

/** States of a unit whose programs have ended. One that is starting has its ports: members of etcd wait for one another so. */
const atRest: ReadonlySet<string> = new Set(['inactive', 'failed'])

/** `6443 (meant for kube-apiserver)`. */
export const portText = ({ port, unit }: WantedPort): string =>
  unit === undefined ? `${port}` : `${port} (meant for ${unit})`

/** Lines of /proc/net/tcp: number, address:port in hex, peer, and state, of which 0A is listening. */
export const listeningIn = (tables: string): Set<number> =>
  new Set(
    [...tables.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /gm)].map(([, port]) =>
      Number.parseInt(port!, 16),
    ),
  )
