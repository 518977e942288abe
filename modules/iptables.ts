// iptables: a rule, a chain, a chain's policy or an empty table, in the running kernel. Saves nothing for the next boot.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { map, type Probe, script } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { isRule, type RuleParams, ruleParams, ruleWords } from './common/iptables-rule.ts'
import { nameParam } from './common/names.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `iptables`. What is left out of a rule does not matter to it: any packet has it. */
export interface IptablesParams extends RuleParams {
  /** The chain, such as `INPUT` or one of your own. May be left out for `flush`: then it is all of the table's. */
  chain?: string
  /** Default `filter`. */
  table?: 'filter' | 'nat' | 'mangle' | 'raw' | 'security'
  /** Default `ipv4`. */
  ipVersion?: 'ipv4' | 'ipv6'
  /** Whether the rule, or with `chainManagement` the chain, is there. Default `present`. */
  state?: 'present' | 'absent'
  /** Where a new rule goes: behind all others, or before them. Default `append`. */
  action?: 'append' | 'insert'
  /** The place that a rule is inserted at, from 1. Where the rule is already, that does not matter. Needs `action: 'insert'`. */
  ruleNum?: number
  /** What becomes of packets that no rule of a built-in chain decides on. Alone: a rule is a task of its own. */
  policy?: 'ACCEPT' | 'DROP' | 'QUEUE' | 'RETURN'
  /**
   * All rules of the chain, or of all chains of the table, go. Where the host has chains of Kubernetes, flannel, calico,
   * another CNI or Docker, which would take theirs as well, nothing is done: `kept` in the result names them.
   */
  flush?: boolean
  /** Flush although others have chains there. Default false. */
  force?: boolean
  /** The chain itself is made or, if it is empty and nothing leads to it, removed. Alone: a rule is a task of its own. */
  chainManagement?: boolean
  /** Seconds to wait for somebody else's change to end. Default 10. */
  wait?: number
}

/** What the kernel has. What is not asked for is null. */
export interface IptablesState {
  readonly rule: boolean | null
  readonly chain: boolean | null
  readonly policy: string | null
  /** How many there are. */
  readonly rules: number | null
}

/** What `register` receives. */
export interface IptablesResult {
  /** Chains of others for whose sake nothing was flushed. */
  readonly kept: readonly string[]
}

type Found = IptablesState & { readonly others: readonly string[]; readonly missing: boolean }

/**
 * A rule of the packet filter is there, or is not; likewise a chain, a policy, or that there are no rules at all.
 *
 * @example what is forwarded gets through
 * ```ts
 * task('forward', iptables({ chain: 'FORWARD', policy: 'ACCEPT' }))
 * ```
 *
 * @example one port, for one network, before all other rules
 * ```ts
 * task('api', iptables({
 *   chain: 'INPUT', action: 'insert', protocol: 'tcp', destinationPort: 6443, source: '10.0.0.0/8',
 *   ctstate: ['NEW'], comment: 'kube-apiserver', jump: 'ACCEPT',
 * }))
 * ```
 *
 * @example a clean table for a first installation; rules of a running cluster are never touched
 * ```ts
 * ['filter' as const, 'nat' as const].map((table) => task(`no rules in ${table}`, iptables({ table, flush: true })))
 * ```
 */
export const iptables = defineModule<IptablesParams, Found, IptablesResult>({
  name: 'iptables',
  params: z
    .strictObject({
      ...ruleParams,
      chain: nameParam(/^[A-Za-z0-9_][^\s\0!]{0,28}$/, 'the name of a chain: up to 29 characters').optional(),
      table: z.enum(['filter', 'nat', 'mangle', 'raw', 'security']).optional(),
      ipVersion: z.enum(['ipv4', 'ipv6']).optional(),
      state: z.enum(['present', 'absent']).optional(),
      action: z.enum(['append', 'insert']).optional(),
      ruleNum: z.int().min(1).optional(),
      policy: z.enum(['ACCEPT', 'DROP', 'QUEUE', 'RETURN']).optional(),
      flush: z.boolean().optional(),
      force: z.boolean().optional(),
      chainManagement: z.boolean().optional(),
      wait: z.int().min(0).max(600).optional(),
    })
    .refine(({ chain, flush }) => chain !== undefined || flush, { error: 'is needed', path: ['chain'] })
    .refine((params) => kindsOf(params).length === 1, {
      error: 'give one of: a rule, policy, flush, chainManagement; each is a task of its own',
    })
    .refine(({ state, policy, flush }) => state !== 'absent' || !(policy || flush), {
      error: 'is for rules and chains',
      path: ['state'],
    })
    .refine(({ ruleNum, action }) => ruleNum === undefined || action === 'insert', {
      error: "needs action: 'insert'",
      path: ['ruleNum'],
    })
    .refine(({ jump, goto }) => jump === undefined || goto === undefined, { error: 'give either jump or goto' })
    .refine(({ matchSet, matchSetFlags }) => (matchSet === undefined) === (matchSetFlags === undefined), {
      error: 'matchSet and matchSetFlags belong together',
    }),
  subject: ({ table = 'filter', chain }) => (chain === undefined ? table : `${table} ${chain}`),
  probe,
  desired(params, { missing, others }) {
    if (missing)
      throw new TaskFailure(`the host has no ${programOf(params)}`, "install it: package({ name: 'iptables' })")
    const present = params.state !== 'absent'
    switch (kindsOf(params)[0]) {
      case 'policy':
        return { policy: params.policy! }
      case 'chainManagement':
        return { chain: present }
      case 'flush':
        return others.length > 0 && !params.force ? {} : { rules: 0 }
      default:
        return { rule: present }
    }
  },
  apply(params, { to }) {
    const { chain = '', action, ruleNum } = params
    const command = commandOf(params)
    if (to?.policy != null) return sh`${command} -P ${chain} ${to.policy}`
    if (to?.chain != null) return sh`${command} ${to.chain ? '-N' : '-X'} ${chain}`
    if (to?.rules != null) return sh`${command} -F ${chain === '' ? [] : [chain]}`
    const rule = ruleWords(params, params.ipVersion ?? 'ipv4')
    // the same rule may stand there more than once, and each has to go
    if (to?.rule === false)
      return sh`while ${command} -C ${chain} ${rule} 2>/dev/null; do ${command} -D ${chain} ${rule} || exit 1; done`
    return action === 'insert'
      ? sh`${command} -I ${chain} ${ruleNum === undefined ? [] : [ruleNum]} ${rule}`
      : sh`${command} -A ${chain} ${rule}`
  },
  result: ({ flush, force }, { others }) => ({ kept: flush && !force ? others : [] }),
  touches: (params) => [resourceOf(params)],
  predict: (params, { from, to }) => [
    willAnswer(probe(params), { code: 0, stdout: textOf({ ...from, ...to } as Found) }),
    // rules that are asked about by others are gone, or never reached
    ...(to?.rules === 0 ? [{ answer: (_question: unknown, before: unknown) => before, opaque: true }] : []),
  ],
})

/** What a task is about. */
function kindsOf(params: IptablesParams): ('rule' | 'policy' | 'flush' | 'chainManagement')[] {
  return [
    ...(isRule(params) ? (['rule'] as const) : []),
    ...(params.policy !== undefined ? (['policy'] as const) : []),
    ...(params.flush ? (['flush'] as const) : []),
    ...(params.chainManagement ? (['chainManagement'] as const) : []),
  ]
}

const programOf = ({ ipVersion }: IptablesParams): string => (ipVersion === 'ipv6' ? 'ip6tables' : 'iptables')

const commandOf = (params: IptablesParams): Script =>
  sh`${programOf(params)} -w ${params.wait ?? 10} -t ${params.table ?? 'filter'}`

const resourceOf = (params: IptablesParams): string => `${programOf(params)}:${params.table ?? 'filter'}`

function probe(params: IptablesParams): Probe<Found> {
  const { chain = '' } = params
  const [kind] = kindsOf(params)
  const command = commandOf(params)
  const asked = {
    rule: sh`if ${command} -C ${chain} ${ruleWords(params, params.ipVersion ?? 'ipv4')} >/dev/null 2>&1; then echo 'rule yes'; else echo 'rule no'; fi`,
    chainManagement: sh`if ${command} -S ${chain} >/dev/null 2>&1; then echo 'chain yes'; else echo 'chain no'; fi`,
    policy: sh`${command} -S ${chain} 2>/dev/null | while read -r _o _c _p _r; do if [ "$_o" = -P ]; then printf 'policy %s\n' "$_p"; fi; done`,
    flush: sh`${command} -S ${chain === '' ? [] : [chain]} 2>/dev/null | { _n=0; while read -r _o _r; do if [ "$_o" = -A ]; then _n=$((_n + 1)); fi; done; printf 'rules %s\n' "$_n"; }
for _t in filter nat mangle; do ${programOf(params)} -w ${params.wait ?? 10} -t "$_t" -S 2>/dev/null; done | while read -r _o _c _r; do
  case $_o$_c in -N${othersPattern}) printf 'other %s\n' "$_c" ;; esac
done`,
  }
  return map(
    script(
      sh`command -v ${programOf(params)} >/dev/null 2>&1 || exit 127
${asked[kind ?? 'rule']}`,
      { reads: [resourceOf(params)] },
    ),
    ({ code, stdout }) => ({ missing: code === 127, ...foundIn(stdout) }),
  )
}

/** Chains of kube-proxy and kubelet, flannel, calico, other CNI plugins and Docker. */
const othersPattern = sh.raw('KUBE-*|-NFLANNEL*|-Ncali-*|-NCNI-*|-NDOCKER*')

function foundIn(stdout: string): Omit<Found, 'missing'> {
  const lines = stdout.split('\n').map((line) => line.split(' '))
  const value = (name: string) => lines.find(([key]) => key === name)?.[1]
  const yes = (name: string) => (value(name) === undefined ? null : value(name) === 'yes')
  return {
    rule: yes('rule'),
    chain: yes('chain'),
    policy: value('policy') ?? null,
    rules: value('rules') === undefined ? null : Number(value('rules')),
    others: [...new Set(lines.flatMap(([key, name = '']) => (key === 'other' ? [name] : [])))],
  }
}

/** What {@link probe} prints. */
const textOf = ({ rule, chain, policy, rules, others }: Found): string =>
  [
    rule !== null && `rule ${rule ? 'yes' : 'no'}`,
    chain !== null && `chain ${chain ? 'yes' : 'no'}`,
    policy !== null && `policy ${policy}`,
    rules !== null && `rules ${rules}`,
    ...others.map((name) => `other ${name}`),
  ]
    .filter((line) => line !== false)
    .map((line) => `${line}\n`)
    .join('')
