// The way out of a lab: one rule by which this machine lends its address to the lab's hosts. Knows nothing of hosts.
import { attempt, run } from './command.ts'
import { hasProgram } from './machine.ts'
import { bridgeName } from './names.ts'

/** Lets the hosts of a subnet reach what this machine reaches. A second call changes nothing. */
export async function enableMasquerade(lab: string, cidr: string): Promise<void> {
  if (!(await hasProgram('iptables'))) {
    await run(['nft', '-f', '-'], nftTable(lab, cidr))
    return
  }
  for (const [chain, ...rule] of await iptablesRules(lab, cidr))
    if ((await iptables('-C', chain!, rule)).code !== 0) await run(iptablesArgv('-I', chain!, rule))
}

/** Takes back what {@link enableMasquerade} did. */
export async function disableMasquerade(lab: string, cidr: string): Promise<void> {
  if (!(await hasProgram('iptables'))) {
    await attempt(['nft', 'delete', 'table', 'ip', tableName(lab)])
    return
  }
  for (const [chain, ...rule] of [masqueradeRule(cidr), ...forwardRules(lab)])
    while ((await iptables('-D', chain!, rule)).code === 0); // also those that were doubled by hand
}

/** Where forwarding is closed by default, as container engines leave it, the lab's bridge must be let through. */
async function iptablesRules(lab: string, cidr: string): Promise<string[][]> {
  const { stdout } = await attempt(['iptables', '-w', '-S', 'FORWARD'])
  return [masqueradeRule(cidr), ...(stdout.includes('-P FORWARD DROP') ? forwardRules(lab) : [])]
}

const masqueradeRule = (cidr: string) => ['POSTROUTING', '-s', cidr, '!', '-d', cidr, '-j', 'MASQUERADE']

const forwardRules = (lab: string) => [
  ['FORWARD', '-i', bridgeName(lab), '-j', 'ACCEPT'],
  ['FORWARD', '-o', bridgeName(lab), '-j', 'ACCEPT'],
]

const iptablesArgv = (action: string, chain: string, rule: readonly string[]) => [
  ...['iptables', '-w', '-t', chain === 'POSTROUTING' ? 'nat' : 'filter', action, chain],
  ...rule,
]

const iptables = (action: string, chain: string, rule: readonly string[]) => attempt(iptablesArgv(action, chain, rule))

const tableName = (lab: string) => `tsplay_${lab.replaceAll('-', '_')}`

/** Adding a table that exists and emptying it first makes the whole idempotent. */
const nftTable = (lab: string, cidr: string) => `
add table ip ${tableName(lab)}
flush table ip ${tableName(lab)}
table ip ${tableName(lab)} {
  chain out {
    type nat hook postrouting priority srcnat;
    ip saddr ${cidr} ip daddr != ${cidr} masquerade
  }
}
`
