// swap: no swap, now and after each boot. Knows nothing of how much memory is enough.
import { z } from 'zod'
import { type Content, contentText } from '../engine/content.ts'
import { defineModule } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, map, type Probe, script } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { configFile, contentOfLines, linesOf, writeConfigFile } from './common/config-file.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `swap`. */
export interface SwapParams {
  /** `absent` is all there is, and the default: kubelets want a host without swap. */
  state?: 'absent'
  /** Turn off swap that is in use. False where it is a machine's that the host shares with others. Default true. */
  live?: boolean
  /** Comment out the lines of /etc/fstab that mount swap. Default true. */
  fstab?: boolean
  /** Mask systemd's swap units, some of which stand in no fstab (partitions found by themselves, zram). Default true. */
  maskUnits?: boolean
}

/** Where swap is, or comes from. */
export interface SwapState {
  /** Files and devices in use. */
  readonly inUse: readonly string[]
  readonly fstab: Content | null
  /** Units that are not masked. */
  readonly units: readonly string[]
}

const fstabFile = '/etc/fstab'

/**
 * The host has no swap, and gets none at its next boot. A line of /etc/fstab that is a comment already stays as it is.
 *
 * @example before kubelet is installed
 * ```ts
 * task('no swap', swap({}))
 * ```
 *
 * @example in a container, where the swap in use is the machine's
 * ```ts
 * task('no swap after a boot', swap({ live: false }))
 * ```
 */
export const swap = defineModule<SwapParams, SwapState>({
  name: 'swap',
  params: z.strictObject({
    state: z.literal('absent').optional(),
    live: z.boolean().optional(),
    fstab: z.boolean().optional(),
    maskUnits: z.boolean().optional(),
  }),
  subject: () => 'swap',
  probe: () => map(all({ found, fstab: configFile(fstabFile) }), ({ found, fstab }) => ({ ...found, fstab })),
  desired({ live = true, fstab = true, maskUnits = true }, actual) {
    const text = fstab ? withoutSwap(actual.fstab) : undefined
    return { ...(live && { inUse: [] }), ...(text && { fstab: text }), ...(maskUnits && { units: [] }) }
  },
  apply: (_params, change) =>
    sh.join([
      // units first: a generator that finds the partition would turn it on again
      // where an administrator's own unit lies, systemd does not put its mask: the unit is kept under another name
      change.has('units') &&
        sh`for _unit in ${change.from.units}; do
  _file=/etc/systemd/system/$_unit
  [ ! -e "$_file" ] || mv -f -- "$_file" "$_file.before-tsplay" || exit 1
done
systemctl mask -- ${change.from.units} >&2 || { echo 'the units of swap could not be masked' >&2; exit 1; }`,
      change.to?.fstab && change.has('fstab') && writeConfigFile(fstabFile, change.to.fstab),
      (change.has('fstab') || change.has('units')) &&
        sh`if [ -d /run/systemd/system ]; then systemctl daemon-reload || exit 1; fi`,
      change.has('inUse') && sh.join(change.from.inUse.map((device) => sh`swapoff -- ${device} || exit 1`)),
    ]),
  touches: () => [fileResource(fstabFile), fileResource('/etc/systemd/system'), 'swap'],
  predict: (_params, { from, to }) => [
    ...(to?.fstab ? [will.be(fstabFile, { type: 'file', content: to.fstab })] : []),
    willAnswer(found, { code: 0, stdout: textOf(to?.inUse ?? from.inUse, to?.units ?? from.units) }),
  ],
})

const textOf = (inUse: readonly string[], units: readonly string[]): string =>
  [
    ...inUse.map((device) => `use ${device}\n`),
    '\n',
    ...units.map((unit) => `Id=${unit}\nLoadState=loaded\nFollowing=\n\n`),
  ].join('')

/**
 * The kernel's own list, whose names have `\040` for a blank; then units that are loaded or have a file. One that follows
 * another is a second name of the same device, and there only while that is in use. `systemctl list-unit-files` would say the
 * same, and read every unit file of the host for it, which takes longer than all other questions together.
 */
const found: Probe<Pick<SwapState, 'inUse' | 'units'>> = map(
  script(
    sh`{ read -r _head; while read -r _device _rest; do printf 'use %b\n' "$_device"; done; } < /proc/swaps
echo
[ -d /run/systemd/system ] || exit 0
_path=$(systemctl show -p UnitPath); _path=\${_path#UnitPath=}
_units=$({ systemctl list-units --all --plain --no-legend --no-pager --type=swap
for _folder in $_path; do for _file in "$_folder"/*.swap; do [ ! -e "$_file" ] && [ ! -h "$_file" ] || echo "\${_file##*/}"; done; done; } | while read -r _unit _rest; do printf '%s\n' "$_unit"; done | sort -u)
set -f
[ -z "$_units" ] || systemctl show -p Id,LoadState,Following -- $_units`,
    { reads: ['swap', fileResource('/etc/systemd/system'), fileResource(fstabFile)] },
  ),
  ({ stdout }) => {
    const [inUse = '', ...units] = stdout.split(/\n{2,}|^\n/)
    return {
      inUse: inUse.split('\n').flatMap((line) => (line.startsWith('use ') ? [line.slice(4)] : [])),
      units: [...new Set(units.flatMap(unitOf))],
    }
  },
)

function unitOf(block: string): string[] {
  const { Id, LoadState, Following } = Object.fromEntries(
    block.split('\n').map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
  ) as Record<string, string | undefined>
  return Id && LoadState === 'loaded' && !Following ? [Id] : []
}

/** The lines that mount swap as comments; undefined where there is none. */
function withoutSwap(fstab: Content | null): Content | undefined {
  if (fstab === null || contentText(fstab) === undefined) return undefined
  const lines = linesOf(fstab)
  return lines.some((line) => swapLine.test(line))
    ? contentOfLines(lines.map((line) => line.replace(swapLine, '$1# $2')))
    : undefined
}

/** What is no comment and has `swap` as its type, whichever blanks are between. */
const swapLine = /^(\s*)([^#\s]\S*\s+\S+\s+swap(?:\s.*)?)$/
