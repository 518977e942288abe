// What a playbook's rules find in an inventory, each finding once, with the place where the inventory says it. Prints nothing.
import { isDeepStrictEqual } from 'node:util'
import { type Place, TsplayError } from '../../error.ts'
import type { Inventory } from '../../inventory/resolve-inventory.ts'
import type { Finding } from '../../lint.ts'
import type { Playbook } from '../../play.ts'
import type { Host } from '../../site.ts'

/** A finding as it is told. */
export interface Found extends Omit<Finding, 'host'> {
  /** The hosts that it holds for; empty: what was found is not about hosts. */
  readonly hosts: readonly string[]
  readonly place?: Place | undefined
}

/** @throws TsplayError where a rule itself fails */
export function ruleFindings({ rules = [] }: Pick<Playbook, 'rules'>, inventory: Inventory): Found[] {
  const hosts = [...inventory.hosts.values()]
  const groups = Object.fromEntries(inventory.groups)
  const found = new Map<string, Found>()
  // what a rule finds without a look at the host, it finds for the next host of the same variables, too: most rules look
  // at all hosts, and are not to do so again for each of them
  const shared = new Map<Rule, readonly Finding[]>()
  let before: Host | undefined
  for (const host of hosts) {
    if (!before || !isDeepStrictEqual(host.vars, before.vars)) shared.clear()
    before = host
    for (const rule of rules)
      for (const finding of shared.get(rule) ?? foundBy(rule, host)) {
        const { host: named, ...rest } = finding
        const meant = named === undefined ? host : (inventory.hosts.get(named) ?? host)
        const key = JSON.stringify([rest.rule, rest.message, rest.variable])
        const known = found.get(key)
        if (known?.hosts.includes(meant.name)) continue
        found.set(key, {
          ...rest,
          hosts: [...(known?.hosts ?? []), meant.name],
          place: known?.place ?? placeOf(inventory, meant, finding),
        })
      }
  }
  return [...found.values()]

  function foundBy(rule: Rule, host: Host): Finding[] {
    let looked = false
    const context = {
      ...{ vars: host.vars, hosts, groups },
      get host() {
        looked = true
        return host
      },
    }
    const findings = called(() => rule(context), host)
    if (!looked) shared.set(rule, findings)
    return findings
  }
}

type Rule = NonNullable<Playbook['rules']>[number]

function called(rule: () => ReturnType<Rule>, host: Host): Finding[] {
  try {
    return rule().filter((each): each is Finding => !!each)
  } catch (error) {
    if (error instanceof TsplayError) throw error
    throw new TsplayError(`a rule of the playbook fails for host '${host.name}': ${(error as Error).message}`, {
      cause: error,
      hint:
        (error as Error).stack
          ?.split('\n')
          .find((line) => /^\s+at /.test(line))
          ?.trim() ?? '',
    })
  }
}

/** Where the value that holds was written; undefined where it is a default. Else where the host is that was named. */
function placeOf(inventory: Inventory, host: Host, { variable, host: named }: Finding): Place | undefined {
  if (variable === undefined) return named === undefined ? undefined : inventory.placeOf(host)
  const [key, ...inner] = variable.split('.')
  return inventory
    .said(host)
    .findLast((statement) => statement.kind === 'variable' && statement.key === key)
    ?.place(inner)
}
