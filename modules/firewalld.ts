// firewalld: what a zone of firewalld lets through, now and for good. Knows nothing of rules that firewalld did not make.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { map, type Probe, script } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { nameParam } from './common/names.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `firewalld`. One thing or more of one zone. */
export interface FirewalldParams {
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
  /** Written down, so that it holds after a reload and a reboot. Default true. */
  permanent?: boolean
  /** Set in the running firewall. Default: where it runs. True: it has to run. */
  immediate?: boolean
}

/** By set, and in it by thing (`service https`): whether it is there. */
export interface FirewalldState {
  readonly permanent: Readonly<Record<string, boolean>>
  readonly immediate: Readonly<Record<string, boolean>>
}

type Found = FirewalldState & {
  readonly tool: 'online' | 'offline' | 'none'
  readonly zones: Readonly<Record<Where, boolean>>
}

type Where = 'permanent' | 'immediate'

const things = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])
const named = (pattern: RegExp, rule: string) =>
  things.refine((value) => [value].flat().every((each) => pattern.test(each)), {
    error: (issue) => `${JSON.stringify(issue.input)} is not ${rule}`,
  })
const word = (rule: string) => named(/^[A-Za-z0-9_][^\s\0]*$/, rule)

/**
 * Services, ports, networks, interfaces and rules are in a zone of firewalld, or are not; at once and for good.
 *
 * @example the API is reached from everywhere
 * ```ts
 * task('api', firewalld({ port: ['6443/tcp', '10250/tcp'], service: 'https' }))
 * ```
 *
 * @example whatever comes from the cluster's own networks is trusted
 * ```ts
 * task('own networks', firewalld({ zone: 'trusted', source: ['10.244.0.0/16', '10.96.0.0/12'] }))
 * ```
 */
export const firewalld = defineModule<FirewalldParams, Found>({
  name: 'firewalld',
  params: z
    .strictObject({
      service: word('the name of a service').optional(),
      port: named(
        /^\d{1,5}(-\d{1,5})?\/(tcp|udp|sctp|dccp)$/,
        "a port with its protocol, such as '6443/tcp'",
      ).optional(),
      protocol: word('a protocol').optional(),
      source: named(/^[A-Za-z0-9:][A-Za-z0-9:./_-]*$/, 'a network').optional(),
      interface: word('an interface').optional(),
      richRule: named(
        /^rule[^\r\n\0]*$/,
        'a rule such as \'rule family="ipv4" source address="10.0.0.1" accept\'',
      ).optional(),
      icmpBlock: word('a type of ICMP').optional(),
      forwardPort: named(/^port=[^\s\0]+$/, "a forward such as 'port=80:proto=tcp:toport=8080'").optional(),
      masquerade: z.boolean().optional(),
      target: z.enum(['default', 'ACCEPT', 'DROP', 'REJECT']).optional(),
      zone: nameParam(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,16}$/, 'the name of a zone').optional(),
      state: z.enum(['enabled', 'disabled']).optional(),
      permanent: z.boolean().optional(),
      immediate: z.boolean().optional(),
    })
    .refine(({ permanent = true, immediate = true }) => permanent || immediate, {
      error: 'permanent, immediate or both: neither is nowhere',
    })
    .refine((params) => kindOf(params) === 'things' || params.zone !== undefined, {
      error: 'give a service, port, source, …, or a zone',
    })
    .refine(({ state, masquerade, target }) => state !== 'disabled' || (masquerade !== false && target === undefined), {
      error: 'masquerade: false and target say themselves what should be: leave state out',
      path: ['state'],
    })
    .refine((params) => params.permanent !== false || (kindOf(params) === 'things' && params.target === undefined), {
      error: 'a zone and its target are made for good only',
      path: ['permanent'],
    }),
  subject: ({ zone = 'default zone' }) => zone,
  probe,
  desired(params, { tool, zones }) {
    if (tool === 'none')
      throw new TaskFailure('the host has no firewalld', "install it: package({ name: 'firewalld' })")
    if (tool === 'offline' && (params.immediate || params.permanent === false))
      throw new TaskFailure(
        'firewalld does not run, so nothing can be set in it at once',
        "start it: systemd({ name: 'firewalld', state: 'started' })",
      )
    const where = placesOf(params, tool)
    const missing = kindOf(params) === 'things' && where.find((each) => !zones[each])
    if (missing && params.state !== 'disabled')
      throw new TaskFailure(
        `there is no zone '${params.zone ?? 'default'}'${missing === 'immediate' ? ' in the running firewall' : ''}`,
        `make it: firewalld({ zone: '${params.zone ?? 'name'}' }), then have firewalld read it: systemd({ name: 'firewalld', state: 'reloaded' })`,
      )
    const wished = (each: Where) =>
      Object.fromEntries(thingsOf(params, each).map(({ name, present }) => [name, present]))
    return {
      ...(where.includes('permanent') && { permanent: wished('permanent') }),
      ...(where.includes('immediate') && { immediate: wished('immediate') }),
    }
  },
  apply(params, { from, to }) {
    const changes = (['permanent', 'immediate'] as const).flatMap((where) =>
      thingsOf(params, where)
        .filter(({ name }) => to?.[where]?.[name] !== undefined && to[where][name] !== from[where][name])
        .map(({ set, zoned }) => command(params, from.tool, where, set, zoned)),
    )
    // firewall-cmd says «success» for each
    return sh.join(changes.map((change) => sh`${change} >/dev/null || exit 1`))
  },
  touches: () => ['firewalld'],
  predict: (params, { from, to }) => [
    willAnswer(probe(params), {
      code: 0,
      stdout: textOf(params, {
        ...from,
        permanent: { ...from.permanent, ...to?.permanent },
        immediate: { ...from.immediate, ...to?.immediate },
      } as Found),
    }),
    // a zone that is made is a zone for other tasks, and a thing in it may be what they ask about
    { answer: (_question, before) => before, opaque: kindOf(params) === 'zone' },
  ],
})

const kindOf = (params: FirewalldParams): 'things' | 'zone' =>
  thingKeys.some((key) => params[key] !== undefined) || params.masquerade !== undefined || params.target !== undefined
    ? 'things'
    : 'zone'

const thingKeys = [
  'service',
  'port',
  'protocol',
  'source',
  'interface',
  'richRule',
  'icmpBlock',
  'forwardPort',
] as const

const placesOf = ({ permanent = true, immediate }: FirewalldParams, tool: Found['tool']): Where[] => [
  ...(permanent ? (['permanent'] as const) : []),
  ...((immediate ?? tool === 'online') ? (['immediate'] as const) : []),
]

/** One thing of the zone: its name in the state, what asks for it, and what makes it so. */
interface Thing {
  readonly name: string
  readonly query: string
  readonly set: string
  readonly present: boolean
  /** False for what is about the zone itself. */
  readonly zoned: boolean
  /** What the query prints where the thing is there; undefined: its exit code tells. */
  readonly prints?: string
}

function thingsOf(params: FirewalldParams, where: Where): Thing[] {
  const present = params.state !== 'disabled'
  const verb = present ? 'add' : 'remove'
  if (kindOf(params) === 'zone') {
    const zone = params.zone!
    if (where === 'immediate') return []
    return [
      {
        name: `zone ${zone}`,
        query: `--info-zone=${zone}`,
        set: `--${present ? 'new' : 'delete'}-zone=${zone}`,
        present,
        zoned: false,
      },
    ]
  }
  return [
    ...thingKeys.flatMap((key) =>
      [params[key] ?? []].flat().map((value) => {
        const option = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
        return {
          name: `${option} ${value}`,
          query: `--query-${option}=${value}`,
          set: `--${verb}-${option}=${value}`,
          present,
          zoned: true,
        }
      }),
    ),
    ...(params.masquerade === undefined ? [] : [masquerading(params.masquerade && present)]),
    ...(params.target === undefined || where === 'immediate'
      ? []
      : [
          {
            name: `target ${params.target}`,
            query: '--get-target',
            prints: params.target,
            set: `--set-target=${params.target}`,
            present: true,
            zoned: true,
          },
        ]),
  ]
}

const masquerading = (present: boolean): Thing => ({
  name: 'masquerade',
  query: '--query-masquerade',
  set: `--${present ? 'add' : 'remove'}-masquerade`,
  present,
  zoned: true,
})

function command(params: FirewalldParams, tool: Found['tool'], where: Where, option: string, zoned = true): Script {
  const words = [
    ...(where === 'permanent' && tool !== 'offline' ? ['--permanent'] : []),
    ...(zoned && params.zone !== undefined ? [`--zone=${params.zone}`] : []),
    option,
  ]
  return sh`${tool === 'offline' ? 'firewall-offline-cmd' : 'firewall-cmd'} ${words}`
}

/** One process for each thing and place: rich rules can be written in many ways, and only firewalld knows which are the same. */
function probe(params: FirewalldParams): Probe<Found> {
  const asked = (tool: 'online' | 'offline', where: Where): Script =>
    sh.join([
      sh`if ${command(params, tool, where, '--list-services', kindOf(params) === 'things')} >/dev/null 2>&1; then echo ${where} yes zone; fi`,
      ...thingsOf(params, where).map(({ query, prints, zoned }, index) => {
        const ask = command(params, tool, where, query, zoned)
        const holds =
          prints === undefined ? sh`${ask} >/dev/null 2>&1` : sh`[ "$(${ask} 2>/dev/null | tr -d %)" = ${prints} ]`
        return sh`if ${holds}; then echo ${where} yes ${index}; else echo ${where} no ${index}; fi`
      }),
    ])
  return map(
    script(
      sh`command -v firewall-cmd >/dev/null 2>&1 || { echo none; exit; }
if firewall-cmd --state >/dev/null 2>&1; then
echo online
${sh.join(placesOf(params, 'online').map((where) => asked('online', where)))}
else
echo offline
${asked('offline', 'permanent')}
fi`,
      { reads: ['firewalld'] },
    ),
    ({ stdout }) => foundIn(params, stdout),
  )
}

function foundIn(params: FirewalldParams, stdout: string): Found {
  const [tool = 'none', ...lines] = stdout.trim().split('\n')
  const said = new Set(lines)
  const state = (where: Where) =>
    Object.fromEntries(thingsOf(params, where).map(({ name }, index) => [name, said.has(`${where} yes ${index}`)]))
  return {
    tool: tool as Found['tool'],
    zones: { permanent: said.has('permanent yes zone'), immediate: said.has('immediate yes zone') },
    permanent: state('permanent'),
    immediate: state('immediate'),
  }
}

/** What {@link probe} prints. */
const textOf = (params: FirewalldParams, found: Found): string =>
  [
    found.tool,
    ...(['permanent', 'immediate'] as const).flatMap((where) => [
      ...(found.zones[where] ? [`${where} yes zone`] : []),
      ...thingsOf(params, where).map(({ name }, index) => `${where} ${found[where][name] ? 'yes' : 'no'} ${index}`),
    ]),
  ]
    .map((line) => `${line}\n`)
    .join('')
