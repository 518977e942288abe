import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { changeOf, differences } from '../../engine/difference.ts'
import type { Script } from '../../engine/script.ts'
import { ruleWords } from '../../modules/common/iptables-rule.ts'
import { type IptablesParams, iptables } from '../../modules/iptables.ts'
import { passElsewhere } from '../support/elsewhere.ts'
import { type Fakes, runFaked, scriptFor, shells } from '../support/fake-commands.ts'
import { expectPredicts, expectSettles } from '../support/laws.ts'

const { module } = iptables
const none = { rule: null, chain: null, policy: null, rules: null, others: [], missing: false }
const calls = async (
  params: IptablesParams,
  state: Partial<typeof none> | object,
  shell?: readonly string[],
  fakes: Fakes = {},
) => {
  const script = scriptFor(module, params, { ...none, ...state })
  if (!script) return []
  const run = await runFaked(script, { iptables: '', ip6tables: '', ...fakes }, shell)
  return run.calls.map((words) => words.join(' '))
}

/** Rules as a line each, and the words that iptables gets. */
const rules: [IptablesParams, string][] = [
  [{ protocol: 'tcp', destinationPort: 80, jump: 'ACCEPT' }, '-p tcp --dport 80 -j ACCEPT'],
  [{ protocol: '! udp', source: '!10.0.0.0/8', jump: 'DROP' }, '! -p udp ! -s 10.0.0.0/8 -j DROP'],
  [{ inInterface: 'eth+', outInterface: '!lo', jump: 'RETURN' }, '-i eth+ ! -o lo -j RETURN'],
  [{ ctstate: ['ESTABLISHED', 'RELATED'], jump: 'ACCEPT' }, '-m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT'],
  [{ match: 'state', ctstate: 'NEW', jump: 'ACCEPT' }, '-m state --state NEW -j ACCEPT'],
  [{ match: ['conntrack'], ctstate: 'NEW', jump: 'ACCEPT' }, '-m conntrack --ctstate NEW -j ACCEPT'],
  [
    { protocol: 'tcp', destinationPorts: [80, '443:445'], sourcePorts: [1], jump: 'ACCEPT' },
    '-p tcp -m multiport --sports 1 -m multiport --dports 80,443:445 -j ACCEPT',
  ],
  [{ protocol: 'tcp', syn: false, jump: 'DROP' }, '-p tcp ! --syn -j DROP'],
  [
    { protocol: 'tcp', tcpFlags: { flags: ['ALL'], flagsSet: ['ACK', 'SYN'] }, jump: 'DROP' },
    '-p tcp --tcp-flags ALL ACK,SYN -j DROP',
  ],
  [{ protocol: 'icmp', icmpType: 'echo-request', jump: 'ACCEPT' }, '-p icmp --icmp-type echo-request -j ACCEPT'],
  [{ fragment: true, sourcePort: '1:9', protocol: 'udp', jump: 'DROP' }, '-p udp -f --sport 1:9 -j DROP'],
  [{ sourceRange: '10.0.0.1-10.0.0.9', jump: 'DROP' }, '-m iprange --src-range 10.0.0.1-10.0.0.9 -j DROP'],
  [{ destinationRange: '10.0.0.1-10.0.0.9', jump: 'DROP' }, '-m iprange --dst-range 10.0.0.1-10.0.0.9 -j DROP'],
  [{ limit: '10/minute', limitBurst: 20, jump: 'ACCEPT' }, '-m limit --limit 10/minute --limit-burst 20 -j ACCEPT'],
  [{ uidOwner: '!root', gidOwner: 0, jump: 'DROP' }, '-m owner ! --uid-owner root --gid-owner 0 -j DROP'],
  [{ matchSet: '!bad', matchSetFlags: 'src,dst', jump: 'DROP' }, '-m set ! --match-set bad src,dst -j DROP'],
  [
    { mark: '0x4000/0x4000', comment: 'two words', jump: 'X' },
    '-m mark --mark 0x4000/0x4000 -m comment --comment two words -j X',
  ],
  [{ goto: 'OTHER' }, '-g OTHER'],
  [{ rejectWith: 'tcp-reset', protocol: 'tcp' }, '-p tcp -j REJECT --reject-with tcp-reset'],
  [{ logPrefix: 'dropped: ', logLevel: 'info' }, '-j LOG --log-prefix dropped:  --log-level info'],
  [{ jump: 'DNAT', toDestination: '10.0.0.1:80' }, '-j DNAT --to-destination 10.0.0.1:80'],
  [{ jump: 'SNAT', toSource: '10.0.0.1' }, '-j SNAT --to-source 10.0.0.1'],
  [{ jump: 'REDIRECT', toPorts: 8080 }, '-j REDIRECT --to-ports 8080'],
  [{ jump: 'TEE', gateway: '10.0.0.1' }, '-j TEE --gateway 10.0.0.1'],
  [{ jump: 'MARK', setMark: '0x1/0x1' }, '-j MARK --set-mark 0x1/0x1'],
  [{ jump: 'DSCP', setDscp: 8 }, '-j DSCP --set-dscp 8'],
  [{ jump: 'DSCP', setDscpClass: 'EF' }, '-j DSCP --set-dscp-class EF'],
]

describe('iptables (M15)', () => {
  it.each(rules)('says %j as %s', (rule, words) => {
    expect(ruleWords(rule, 'ipv4').join(' ')).toBe(words)
    expect(() => iptables({ chain: 'INPUT', ...rule })).not.toThrow()
  })

  it('has its own word for ICMP of IPv6', () => {
    expect(ruleWords({ icmpType: '128' }, 'ipv6')).toEqual(['--icmpv6-type', '128'])
  })

  it.each(shells)('appends, inserts and deletes a rule (%s)', async (...shell) => {
    const rule = { chain: 'INPUT', protocol: 'tcp', jump: 'ACCEPT' }
    const words = 'INPUT -p tcp -j ACCEPT'
    const no = { rule: false }
    expect(await calls(rule, no, shell)).toEqual([`iptables -w 10 -t filter -A ${words}`])
    expect(await calls({ ...rule, action: 'insert' }, no, shell)).toEqual([`iptables -w 10 -t filter -I ${words}`])
    expect(await calls({ ...rule, action: 'insert', ruleNum: 3, wait: 2 }, no, shell)).toEqual([
      'iptables -w 2 -t filter -I INPUT 3 -p tcp -j ACCEPT',
    ])
    expect(await calls({ ...rule, ipVersion: 'ipv6', table: 'mangle' }, no, shell)).toEqual([
      `ip6tables -w 10 -t mangle -A ${words}`,
    ])
    expect(await calls(rule, { rule: true }, shell)).toEqual([])
    expect(await calls({ ...rule, state: 'absent' }, { rule: false }, shell)).toEqual([])
    expectSettles(module, rule, { ...none, rule: false })
  })

  it('deletes a rule as often as it is there, and stops where it cannot', async () => {
    const gone = { chain: 'INPUT', jump: 'DROP', state: 'absent' } as const
    const counting =
      'case "$*" in *-C*) [ ! -e "$0.2" ] ;; *) if [ -e "$0.1" ]; then touch "$0.2"; else touch "$0.1"; fi ;; esac'
    expect(
      (await calls(gone, { rule: true }, undefined, { iptables: counting })).filter((call) => call.includes('-D')),
    ).toHaveLength(2)
    const refusing = 'case "$*" in *-C*) exit 0 ;; *) exit 4 ;; esac'
    expect(await calls(gone, { rule: true }, undefined, { iptables: refusing })).toHaveLength(2)
  })

  it('sets a policy, makes and removes a chain, empties a chain or a table', async () => {
    const chain = 'FORWARD'
    expect(await calls({ chain, policy: 'ACCEPT' }, { policy: 'DROP' })).toEqual([
      'iptables -w 10 -t filter -P FORWARD ACCEPT',
    ])
    expect(await calls({ chain, policy: 'ACCEPT' }, { policy: 'ACCEPT' })).toEqual([])
    expect(await calls({ chain: 'MINE', chainManagement: true }, { chain: false })).toEqual([
      'iptables -w 10 -t filter -N MINE',
    ])
    expect(await calls({ chain: 'MINE', chainManagement: true, state: 'absent' }, { chain: true })).toEqual([
      'iptables -w 10 -t filter -X MINE',
    ])
    expect(await calls({ flush: true, table: 'nat' }, { rules: 3 })).toEqual(['iptables -w 10 -t nat -F'])
    expect(await calls({ flush: true, chain }, { rules: 3 })).toEqual(['iptables -w 10 -t filter -F FORWARD'])
    expect(await calls({ flush: true }, { rules: 0 })).toEqual([])
  })

  it('flushes nothing where others have chains, unless forced, and says which (B07)', async () => {
    const state = { ...none, rules: 9, others: ['KUBE-SERVICES', 'cali-FORWARD'] }
    expect(await calls({ flush: true }, state)).toEqual([])
    expect(module.result!({ flush: true }, state)).toEqual({ kept: ['KUBE-SERVICES', 'cali-FORWARD'] })
    expect(await calls({ flush: true, force: true }, state)).toEqual(['iptables -w 10 -t filter -F'])
    expect(module.result!({ flush: true, force: true }, state)).toEqual({ kept: [] })
  })

  it.each(shells)(
    'reads rules, chains and policies as iptables says them, and foretells them (%s)',
    async (...shell) => {
      const saved =
        '-P FORWARD DROP\n-N KUBE-FORWARD\n-N MINE\n-N cali-x\n-A FORWARD -j KUBE-FORWARD\n-A FORWARD -j MINE\n'
      const fakes = {
        iptables: `case "$*" in *-C*DROP) exit 1 ;; *'-S GONE') exit 1 ;; *-S*) printf '%b' '${saved.replaceAll('\n', '\\n')}' ;; esac`,
      }
      const ask = async (params: IptablesParams) => {
        const question = module.probe(params).questions[0] as unknown as {
          kind: {
            script: (keys: unknown[]) => Script
            parse: (output: Uint8Array, keys: unknown[], code: number) => unknown[]
          }
          key: unknown
        }
        const { stdout } = await runFaked(question.kind.script([question.key]), fakes, shell)
        const [answer] = question.kind.parse(new TextEncoder().encode(stdout), [question.key], 0)
        const answers = (() => answer) as never
        const actual = module.probe(params).read(answers)
        expectPredicts(module, params, answers)
        return actual
      }
      expect(await ask({ chain: 'INPUT', jump: 'ACCEPT' })).toEqual({ ...none, rule: true })
      expect(await ask({ chain: 'INPUT', jump: 'DROP' })).toEqual({ ...none, rule: false })
      expect(await ask({ chain: 'FORWARD', policy: 'ACCEPT' })).toEqual({ ...none, policy: 'DROP' })
      expect(await ask({ chain: 'MINE', chainManagement: true })).toEqual({ ...none, chain: true })
      expect(await ask({ chain: 'GONE', chainManagement: true })).toEqual({ ...none, chain: false })
      expect(await ask({ chain: 'FORWARD', flush: true })).toEqual({
        ...none,
        rules: 2,
        others: ['KUBE-FORWARD', 'cali-x'],
      })
      expect(await ask({ flush: true, force: true })).toMatchObject({ rules: 2 })
    },
  )

  it('says what a host without it lacks', async () => {
    const action = iptables({ chain: 'INPUT', jump: 'ACCEPT' })
    await expect(passElsewhere(action, { iptables: 'no-such-iptables' }, { check: true })).rejects.toThrow(
      'has no iptables',
    )
  })

  it('foretells that nobody knows what a flush leaves of rules that others ask about', () => {
    const opaque = (params: IptablesParams, state: object) => {
      const actual = { ...none, ...state }
      return module.predict!(params, changeOf(actual, module.desired(params, actual))).some((each) => each.opaque)
    }
    expect(opaque({ flush: true }, { rules: 3 })).toBe(true)
    expect(opaque({ chain: 'INPUT', jump: 'DROP' }, { rule: false })).toBe(false)
    expect(differences({ ...none, rules: 3 }, module.desired({ flush: true }, { ...none, rules: 3 }))).toHaveLength(1)
  })

  it.each([
    [{ jump: 'ACCEPT' }, /'chain': is needed/],
    [{ chain: 'INPUT' }, /give one of: a rule, policy, flush, chainManagement/],
    [{ chain: 'INPUT', policy: 'DROP', jump: 'ACCEPT' }, /give one of/],
    [{ chain: 'INPUT', policy: 'DROP', state: 'absent' }, /'state': is for rules and chains/],
    [{ chain: 'INPUT', jump: 'ACCEPT', ruleNum: 1 }, /needs action: 'insert'/],
    [{ chain: 'INPUT', jump: 'ACCEPT', goto: 'X' }, /either jump or goto/],
    [{ chain: 'INPUT', matchSet: 'x', jump: 'DROP' }, /belong together/],
    [{ chain: '-F', jump: 'ACCEPT' }, /name of a chain/],
    [{ chain: 'INPUT', source: '-j', jump: 'DROP' }, /an address or a network/],
    [{ chain: 'INPUT', jump: 'DROP; id' }, /name of a chain or target/],
    [{ chain: 'INPUT', comment: 'say "x"', jump: 'DROP' }, /without quotes/],
    [{ chain: 'INPUT', comment: 'x'.repeat(256), jump: 'DROP' }, /up to 255 characters/],
  ] as [IptablesParams, RegExp][])('refuses %j', (params, message) => {
    expect(() => iptables(params)).toThrow(message)
  })

  // in a network namespace of its own, so that no rule of this machine is touched
  const lacks = spawnSync('unshare', ['-n', 'iptables', '-t', 'nat', '-S']).status !== 0
  it.skipIf(lacks)(
    `the kernel takes what this says${lacks ? ' (skipped: no network namespace, or no iptables)' : ''}`,
    () => {
      const said = rules
        .map(([rule]) => rule)
        // sets, DSCP and owners have chains, tables or packages of their own
        .filter(
          ({ matchSet, gateway, setDscp, setDscpClass, setMark, jump, goto, uidOwner, toSource }) =>
            !(
              matchSet ||
              gateway ||
              setDscp ||
              setDscpClass ||
              setMark ||
              goto ||
              uidOwner ||
              toSource ||
              ['REDIRECT', 'DNAT', 'X'].includes(jump ?? '')
            ),
        )
        .map((rule) =>
          ruleWords(rule, 'ipv4')
            .map((word) => `'${word}'`)
            .join(' '),
        )
      const script = said
        .map((words) => `iptables -A FORWARD ${words} && iptables -C FORWARD ${words} || echo "${words}"`)
        .join('\n')
      const run = spawnSync('unshare', ['-n', 'sh', '-c', script], { encoding: 'utf8' })
      expect([run.stdout, run.stderr]).toEqual(['', ''])
      expect(said.length).toBeGreaterThan(12)
    },
  )
})
