// noSwap: nothing is swapped, and no unit of systemd brings swap back. Does not look at /etc/fstab.
import { defineModule, probe, sh, z } from 'tsplay'

/** What swaps. */
export interface SwapState {
  /** Devices and files in use. */
  readonly devices: readonly string[]
  /** Active units, which systemd may have made of a partition's type without a line in /etc/fstab. */
  readonly units: readonly string[]
}

const look = sh`{ read -r header && while read -r device rest; do printf 'device %s\n' "$device"; done; } < /proc/swaps
if [ -d /run/systemd/system ]; then
  systemctl list-units --type=swap --state=active --plain --no-legend --full 2>/dev/null | while read -r unit rest; do printf 'unit %s\n' "$unit"; done
fi`

/** Swap is off; units that brought it are masked. */
export const noSwap = defineModule<Record<string, never>, SwapState>({
  name: 'noSwap',
  params: z.strictObject({}),
  subject: () => '/proc/swaps',
  probe: () =>
    probe.map(probe.script(look, { reads: ['file:/proc/swaps'] }), ({ stdout }) => ({
      devices: named(stdout, 'device'),
      units: named(stdout, 'unit'),
    })),
  desired: () => ({ devices: [], units: [] }),
  apply: (_params, { from }) => sh`swapoff -a || exit 1
for unit in ${from.units}; do systemctl stop -- "$unit" && systemctl mask -- "$unit" || exit 1; done`,
  touches: () => ['file:/proc/swaps', 'file:/etc/systemd/system'],
})

const named = (stdout: string, kind: string): string[] =>
  stdout.split('\n').flatMap((line) => (line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : []))
