// freePorts: whether nobody listens where somebody else is to listen. Reads the kernel's own tables; ends nobody.
import { defineModule, probe, sh, TaskFailure, z } from 'tsplay'

/** A TCP port, and the unit that is to have it. */
export interface WantedPort {
  readonly port: number
  /** While this unit runs, the port is its. Default: none. */
  readonly unit?: string
}

/** Ports that are taken by somebody else. */
export interface PortsState {
  readonly taken: readonly number[]
}

/** Ports are free, or are those of the units that are to have them. */
export const freePorts = defineModule<{ ports: WantedPort[] }, PortsState>({
  name: 'freePorts',
  params: z.strictObject({
    ports: z.array(z.strictObject({ port: z.int().min(1).max(65_535), unit: z.string().optional() })).min(1),
  }),
  subject: ({ ports }) => ports.map(({ port }) => port).join(', '),
  probe: ({ ports }) =>
    probe.map(
      probe.all({
        tables: probe.script(sh`cat /proc/net/tcp /proc/net/tcp6 2>/dev/null || :`, { reads: ['ports'] }),
        units: probe.all(
          Object.fromEntries(ports.flatMap(({ unit }) => (unit === undefined ? [] : [[unit, probe.unit(unit)]]))),
        ),
      }),
      ({ tables, units }) => {
        const listening = listeningIn(tables.stdout)
        return {
          taken: ports
            .filter(({ port, unit }) => listening.has(port) && (unit === undefined || units[unit]?.active !== 'active'))
            .map(({ port }) => port),
        }
      },
    ),
  desired({ ports }, { taken }) {
    if (taken.length === 0) return {}
    const told = taken.map((port) => {
      const unit = ports.find((each) => each.port === port)?.unit
      return unit === undefined ? `${port}` : `${port} (meant for ${unit})`
    })
    throw new TaskFailure(
      `in use by others: ${told.join(', ')}`,
      `ss -ltnp on the host tells who has ${taken.length === 1 ? 'it' : 'them'}`,
    )
  },
  apply: () => sh.empty,
  touches: () => [],
})

/** Lines of /proc/net/tcp: number, address:port in hex, peer, and state, of which 0A is listening. */
export const listeningIn = (tables: string): Set<number> =>
  new Set(
    [...tables.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /gm)].map(([, port]) =>
      Number.parseInt(port!, 16),
    ),
  )
