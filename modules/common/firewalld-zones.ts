// What firewalld says of one of its zones, in the running firewall and for good: asked once for all that is in it.
import type { Prediction } from '../../engine/prediction.ts'
import { map, type Probe, type ScriptAnswer, script } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'

/** Where a zone is. */
export type Where = 'permanent' | 'immediate'

/** A zone as `--list-all` prints it: words by kind (`services`, `ports`, …), and single values (`target`, `masquerade`). */
export interface Zone {
  readonly name: string
  readonly lists: Readonly<Record<string, readonly string[]>>
}

/** A zone of the host; null where there is none of that name. */
export interface ZoneAnswer {
  /** `offline`: firewalld does not run, and its files can be written all the same. */
  readonly tool: 'online' | 'offline' | 'none'
  readonly permanent: Zone | null
  readonly immediate: Zone | null
}

/** Asks for it; undefined: the default zone. */
export const firewalldZone = (zone: string | undefined): Probe<ZoneAnswer> =>
  map(zoneQuestion(zone), ({ stdout }) => readZones(stdout))

/** Every answer about a zone of this name changes so, by whichever name the zone was asked for. */
export const willChangeZone = (name: string, change: (answer: ZoneAnswer) => ZoneAnswer): Prediction => ({
  answer(question, before) {
    const key = question.key as { reads?: readonly string[] } | null
    if (question.kind.name !== 'script' || key?.reads?.[0] !== zonesResource) return before
    const answer = readZones((before as ScriptAnswer).stdout)
    const named = (answer.permanent ?? answer.immediate)?.name ?? zoneOf(question.id)
    return named === name ? { code: 0, stdout: zonesText(change(answer)) } : before
  },
})

/** What all questions about zones read, and all changes of them write. */
export const zonesResource = 'firewalld'

/** `firewall-cmd` with these options, or its twin for a firewalld that does not run. */
export function firewallCmd(
  tool: ZoneAnswer['tool'],
  where: Where,
  zone: string | undefined,
  options: readonly string[],
): Script {
  const words = [
    ...(where === 'permanent' && tool !== 'offline' ? ['--permanent'] : []),
    ...(zone === undefined ? [] : [`--zone=${zone}`]),
    ...options,
  ]
  return sh`${tool === 'offline' ? 'firewall-offline-cmd' : 'firewall-cmd'} ${words}`
}

/** Exit code 252: firewalld does not run. What a zone prints begins with its name; an unknown one prints nothing. */
const zoneQuestion = (zone: string | undefined): Probe<ScriptAnswer> =>
  script(
    sh`command -v firewall-cmd >/dev/null 2>&1 || { echo none; exit; }
_live=$(${firewallCmd('online', 'immediate', zone, ['--list-all'])} 2>/dev/null)
if [ $? -eq 252 ]; then
  echo offline; echo --; ${firewallCmd('offline', 'permanent', zone, ['--list-all'])} 2>/dev/null; echo --
else
  echo online; echo --; ${firewallCmd('online', 'permanent', zone, ['--list-all'])} 2>/dev/null; echo --
  printf '%s\n' "$_live"
fi`,
    { reads: [zonesResource] },
  )

const zoneOf = (id: string): string | undefined => /--zone=([A-Za-z0-9_-]+)/.exec(id)?.[1]

function readZones(stdout: string): ZoneAnswer {
  const [tool = 'none', permanent = '', immediate = ''] = stdout.split(/^--$/m).map((part) => part.trim())
  return { tool: tool as ZoneAnswer['tool'], permanent: readZone(permanent), immediate: readZone(immediate) }
}

function readZone(text: string): Zone | null {
  if (text === '') return null
  const [head = '', ...lines] = text.split('\n')
  const fields = lines.flatMap((line) => {
    const [, key, value = ''] = /^ *([a-z][a-z -]*): *(.*)$/.exec(line) ?? []
    return key === undefined ? [] : [[key, value.split(' ').filter((word) => word !== '')] as const]
  })
  return { name: head.replace(/ \(.*\)$/, '').trim(), lists: Object.fromEntries(fields) }
}

const zonesText = ({ tool, permanent, immediate }: ZoneAnswer): string =>
  [tool, '--', ...zoneText(permanent), '--', ...zoneText(immediate)].map((line) => `${line}\n`).join('')

const zoneText = (zone: Zone | null): string[] =>
  zone === null ? [] : [zone.name, ...Object.entries(zone.lists).map(([key, words]) => `  ${key}: ${words.join(' ')}`)]
