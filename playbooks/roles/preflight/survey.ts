// survey: all that preflight wants to know of a host, in one question. Judges nothing and changes nothing.
import { defineModule, type Facts, factProbes, probe, sh, z } from 'tsplay'
import { hostFact } from 'tsplay/modules'
import { type ClockOffset, offsetOf } from './clock.ts'
import { takenPorts, type WantedPort } from './ports.ts'

/** What tells a host from others. */
export interface Identity {
  readonly hostname: readonly string[]
  readonly machineId: readonly string[]
  /** Of the board; empty where nobody can read it. */
  readonly productUuid: readonly string[]
  readonly macs: readonly string[]
}

/** What was found on a host. */
export interface Surveyed {
  readonly identity: Identity
  readonly clock: ClockOffset
  /** Ports that others have than those they are meant for. */
  readonly taken: readonly WantedPort[]
  readonly found: Pick<Facts, keyof typeof looked>
}

/** What each host told of itself. */
export const surveyed = hostFact<Surveyed>('what preflight has found')

/** Facts by which a host is fit. */
const looked = {
  ...{ os: factProbes.os, arch: factProbes.arch, kernel: factProbes.kernel, cpus: factProbes.cpus },
  ...{ serviceManager: factProbes.serviceManager, memoryMb: factProbes.memoryMb, mounts: factProbes.mounts },
}

/** The clock is asked behind `asked`, which is why nothing may be asked ahead of its turn. */
export const survey = defineModule<{ ports: WantedPort[] }, Surveyed, Surveyed, { ports: WantedPort[]; asked: number }>(
  {
    name: 'survey',
    params: z.strictObject({
      ports: z.array(z.strictObject({ port: z.int().min(1).max(65_535), unit: z.string().optional() })),
    }),
    late: true,
    subject: () => 'the host',
    prepare: async ({ ports }) => ({ ports, asked: Date.now() }),
    probe: ({ ports, asked }) =>
      probe.map(
        probe.all({
          date: probe.script(sh`date +%s%N`, { reads: ['clock'] }),
          board: probe.script(sh`cat /sys/class/dmi/id/product_uuid 2>/dev/null || :`, { reads: ['board'] }),
          hostname: factProbes.hostname,
          machineId: factProbes.machineId,
          interfaces: factProbes.interfaces,
          taken: takenPorts(ports),
          found: probe.all(looked),
        }),
        ({ date, board, hostname, machineId, interfaces, taken, found }) => ({
          ...{ taken, found, clock: offsetOf(date.stdout, asked, Date.now()) },
          identity: {
            hostname: [hostname],
            machineId: [machineId],
            productUuid: [board.stdout.trim().toLowerCase()],
            macs: macsOf(interfaces),
          },
        }),
      ),
    desired: () => ({}),
    apply: () => sh.empty,
    result: (_input, found) => found,
    touches: () => [],
  },
)

/** Of real interfaces: bridges and tunnels may have the same everywhere. */
const macsOf = (interfaces: Readonly<Record<string, { readonly mac: string }>>): string[] =>
  Object.entries(interfaces).flatMap(([name, { mac }]) => (/^(en|eth|wl|ib)/.test(name) && mac !== '' ? [mac] : []))
