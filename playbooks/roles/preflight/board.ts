// board: the uuid of a host's board, which a copied virtual machine shares with what it was copied from. Changes nothing.
import { defineModule, probe, sh, z } from 'tsplay'

/** Reads the uuid; empty where there is none, or only root may read it. */
export const board = defineModule<Record<string, never>, { readonly uuid: string }, { uuid: string }>({
  name: 'board',
  params: z.strictObject({}),
  subject: () => 'product_uuid',
  probe: () =>
    probe.map(
      probe.script(sh`cat /sys/class/dmi/id/product_uuid 2>/dev/null || :`, { reads: ['board'] }),
      ({ stdout }) => ({ uuid: stdout.trim().toLowerCase() }),
    ),
  desired: () => ({}),
  apply: () => sh.empty,
  result: (_input, { uuid }) => ({ uuid }),
  touches: () => [],
})
