// firewalld: what a zone of firewalld lets through, now and for good. Knows nothing of rules that firewalld did not make.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { all, map, type Probe, type ScriptAnswer, script } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import { changed, isIn, isZone, optionOf, queried, thingsOf, type ZoneParams } from './common/firewalld-things.ts'
import {
  firewallCmd,
  firewalldZone,
  type Where,
  willChangeZone,
  type ZoneAnswer,
  zonesResource,
} from './common/firewalld-zones.ts'
import { nameParam } from './common/names.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `firewalld`. One thing or more of one zone; what is left out stays as it is. */
export interface FirewalldParams extends ZoneParams {
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

type Found = FirewalldState & { readonly answer: ZoneAnswer }

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
    .refine((params) => !isZone(params) || params.zone !== undefined, {
      error: 'give a service, port, source, …, or a zone',
    })
    .refine(({ state, masquerade, target }) => state !== 'disabled' || (masquerade !== false && target === undefined), {
      error: 'masquerade: false and target say themselves what should be: leave state out',
      path: ['state'],
    })
    .refine((params) => params.permanent !== false || (!isZone(params) && params.target === undefined), {
      error: 'a zone and its target are made for good only',
      path: ['permanent'],
    }),
  subject: ({ zone = 'default zone' }) => zone,
  probe,
  desired(params, { answer }) {
    const { tool } = answer
    if (tool === 'none')
      throw new TaskFailure('the host has no firewalld', "install it: package({ name: 'firewalld' })")
    if (tool === 'offline' && (params.immediate || params.permanent === false))
      throw new TaskFailure(
        'firewalld does not run, so nothing can be set in it at once',
        "start it: systemd({ name: 'firewalld', state: 'started' })",
      )
    const where = placesOf(params, tool)
    const missing = !isZone(params) && where.find((each) => answer[each] === null)
    if (missing && params.zone === undefined)
      throw new TaskFailure(
        'firewalld does not tell its default zone',
        `what it says of that: ${tool === 'offline' ? 'firewall-offline-cmd' : 'firewall-cmd --permanent'} --list-all`,
      )
    if (missing && params.state !== 'disabled')
      throw new TaskFailure(
        `there is no zone '${params.zone}'${missing === 'immediate' ? ' in the running firewall' : ''}`,
        `make it: firewalld({ zone: '${params.zone}' }), then have firewalld read it: systemd({ name: 'firewalld', state: 'reloaded' })`,
      )
    const wished = (each: Where) =>
      Object.fromEntries(thingsOf(params, each).map(({ name, present }) => [name, present]))
    return Object.fromEntries(where.map((each) => [each, wished(each)]))
  },
  apply(params, { from, to }) {
    const changes = places.flatMap((where) =>
      thingsOf(params, where)
        .filter(({ name }) => to?.[where]?.[name] !== undefined && to[where][name] !== from[where][name])
        .map(({ set }) => firewallCmd(from.answer.tool, where, isZone(params) ? undefined : params.zone, [set])),
    )
    // firewall-cmd says «success» for each
    return sh.join(changes.map((change) => sh`${change} >/dev/null || exit 1`))
  },
  touches: () => [zonesResource],
  predict: (params, { from, to }) => [
    willChangeZone(params.zone ?? from.answer.permanent?.name ?? '', (answer) => changed(answer, params, to)),
    ...asked(params).map(({ name, probe: question }) =>
      willAnswer(question, {
        code: 0,
        stdout: places.map((where) => `${(to?.[where]?.[name] ?? from[where][name]) ? 'yes' : 'no'}\n`).join(''),
      }),
    ),
  ],
})

const places = ['permanent', 'immediate'] as const

const placesOf = ({ permanent = true, immediate }: FirewalldParams, tool: ZoneAnswer['tool']): Where[] => [
  ...(permanent ? (['permanent'] as const) : []),
  ...((immediate ?? tool === 'online') ? (['immediate'] as const) : []),
]

/** What has a question of its own: its name in the state, and the probe, which prints a line for each place. */
function asked(params: FirewalldParams): { name: string; probe: Probe<ScriptAnswer> }[] {
  return queried.flatMap((key) =>
    [params[key] ?? []].flat().map((value) => {
      const option = [`--query-${optionOf(key)}=${value}`]
      const ask = (tool: ZoneAnswer['tool'], where: Where) => firewallCmd(tool, where, params.zone, option)
      return {
        name: `${optionOf(key)} ${value}`,
        probe: script(
          sh`command -v firewall-cmd >/dev/null 2>&1 || exit 0
_o=$(${ask('online', 'permanent')} 2>/dev/null); _c=$? _l=no
if [ "$_c" -eq 252 ]; then _o=$(${ask('offline', 'permanent')} 2>/dev/null); else _l=$(${ask('online', 'immediate')} 2>/dev/null); fi
printf '%s\n%s\n' "$_o" "$_l"`,
          { reads: [`${zonesResource} rules`, zonesResource] },
        ),
      }
    }),
  )
}

function probe(params: FirewalldParams): Probe<Found> {
  const questions = asked(params)
  return map(
    all({ answer: firewalldZone(params.zone), own: all(questions.map((each) => each.probe)) }),
    ({ answer, own }) => {
      const holds = (where: Where, index: number) =>
        own[index]!.stdout.split('\n')[places.indexOf(where)]?.trim() === 'yes'
      const state = (where: Where) =>
        Object.fromEntries(
          thingsOf(params, where).map((thing) => {
            const index = questions.findIndex(({ name }) => name === thing.name)
            return [thing.name, index < 0 ? isIn(answer[where], thing) : holds(where, index)]
          }),
        )
      return { answer, permanent: state('permanent'), immediate: state('immediate') }
    },
  )
}
