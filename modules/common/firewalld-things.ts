// What a task of firewalld wishes of a zone, thing by thing, and whether a zone has it. Runs nothing.
import type { Where, Zone, ZoneAnswer } from './firewalld-zones.ts'

/** What is in a zone, and which one. */
export interface ZoneParams {
  /** Services by firewalld's names: `https`, `kube-apiserver`. */
  service?: string | string[]
  /** Ports with their protocol: `6443/tcp`, `30000-32767/tcp`. */
  port?: string | string[]
  /** Whole protocols: `vrrp`. */
  protocol?: string | string[]
  /** Networks whose packets belong to the zone: `10.0.0.0/8`. */
  source?: string | string[]
  /** Interfaces whose packets belong to the zone. */
  interface?: string | string[]
  /** Rules in firewalld's rich language. */
  richRule?: string | string[]
  /** What ICMP says that is not let through: `echo-request`. */
  icmpBlock?: string | string[]
  /** Forwards as firewalld writes them: `port=80:proto=tcp:toport=8080`. */
  forwardPort?: string | string[]
  /** True: whatever leaves through the zone gets the host's own address. */
  masquerade?: boolean
  /** The zone's target for packets that nothing else is said of: `default`, `ACCEPT`, `DROP`, `REJECT`. Only for good, so that it takes a reload. */
  target?: 'default' | 'ACCEPT' | 'DROP' | 'REJECT'
  /** Default: the host's default zone. */
  zone?: string
  /** `enabled` (default): the things are in the zone; `disabled`: they are not. Without any thing: whether there is such a zone, which takes a reload to be used. */
  state?: 'enabled' | 'disabled'
}

/** Whether the zone itself is wished for, and nothing in it. */
export const isZone = (params: ZoneParams): boolean =>
  params.masquerade === undefined && params.target === undefined && thingKeys.every((key) => params[key] === undefined)

/** What is asked for by itself: rules can be written in many ways, and only firewalld knows which are the same. */
export const queried = ['richRule', 'forwardPort'] as const
/** What the zone lists, and under which name. */
const listed = {
  service: 'services',
  port: 'ports',
  protocol: 'protocols',
  source: 'sources',
  interface: 'interfaces',
  icmpBlock: 'icmp-blocks',
} as const
const thingKeys = [...(Object.keys(listed) as (keyof typeof listed)[]), ...queried]

/** What is wished for, by place and by thing. */
export type Wished = { readonly [Place in Where]?: Readonly<Record<string, boolean | undefined>> | undefined } | null

/** One thing of the zone. */
export interface Thing {
  /** In the state. */
  readonly name: string
  /** The option that makes it so. */
  readonly set: string
  readonly present: boolean
  /** Where the zone lists it. */
  readonly list: string
  readonly value: string
}

/** All that is wished for in one place; a target, and a zone itself, are for good only. */
export function thingsOf(params: ZoneParams, where: Where): Thing[] {
  const present = params.state !== 'disabled'
  const verb = present ? 'add' : 'remove'
  if (isZone(params)) {
    const set = `--${present ? 'new' : 'delete'}-zone=${params.zone}`
    return where === 'immediate' ? [] : [{ name: `zone ${params.zone}`, set, present, list: 'zone', value: '' }]
  }
  return [
    ...thingKeys.flatMap((key) =>
      [params[key] ?? []].flat().map((value) => {
        const option = optionOf(key)
        const list = key in listed ? listed[key as keyof typeof listed] : ''
        return { name: `${option} ${value}`, set: `--${verb}-${option}=${value}`, present, list, value }
      }),
    ),
    ...(params.masquerade === undefined ? [] : [masquerading(params.masquerade && present)]),
    ...(params.target === undefined || where === 'immediate'
      ? []
      : [
          {
            name: `target ${params.target}`,
            set: `--set-target=${params.target}`,
            present: true,
            list: 'target',
            value: params.target,
          },
        ]),
  ]
}

/** `richRule` is `rich-rule` to firewalld. */
export const optionOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const masquerading = (present: boolean): Thing => ({
  name: 'masquerade',
  set: `--${present ? 'add' : 'remove'}-masquerade`,
  present,
  list: 'masquerade',
  value: 'yes',
})

/** Whether the zone lists it. */
export const isIn = (zone: Zone | null, { list, value }: Thing): boolean =>
  list === 'zone' ? zone !== null : (zone?.lists[list]?.some((each) => each.replaceAll('%', '') === value) ?? false)

/** The answer once the zone is as it should be. */
export function changed(answer: ZoneAnswer, params: ZoneParams, to: Wished): ZoneAnswer {
  const zoneIn = (where: Where): Zone | null => {
    let zone = answer[where]
    for (const { name, list, value, present } of thingsOf(params, where)) {
      if (to?.[where]?.[name] === undefined) continue
      if (list === 'zone') zone = present ? { name: params.zone!, lists: {} } : null
      else if (zone && list !== '')
        zone = { ...zone, lists: { ...zone.lists, [list]: wordsWith(zone.lists[list] ?? [], list, value, present) } }
    }
    return zone
  }
  return { ...answer, permanent: zoneIn('permanent'), immediate: zoneIn('immediate') }
}

function wordsWith(words: readonly string[], list: string, value: string, present: boolean): readonly string[] {
  if (list === 'target') return [value]
  if (list === 'masquerade') return [present ? 'yes' : 'no']
  const others = words.filter((each) => each !== value)
  return present ? [...others, value] : others
}
