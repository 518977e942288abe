// What can be wrong with an inventory although each value fits its schema: rules over all of it, and what they find.
import type { GroupName, GroupVars, Host, Site, SiteVars } from './site.ts'

/** Something that is wrong (`error`: nothing is run), or looks so. */
export interface Finding {
  readonly level: 'error' | 'warning'
  /** A word for the kind of finding, such as `cidr-overlap`. */
  readonly rule: string
  /** What is wrong, in one sentence. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  /** The variable whose value is meant, `network.podCidr`: where the inventory says it is told. Default: none. */
  readonly variable?: string
  /** The host that is meant. Default: every host on which the rule finds the same. */
  readonly host?: string
}

/**
 * What a rule looks at: what is known before a run. It is called for each host, as task lists are; one that does not read
 * `host` is called once for hosts in a row that have the same variables.
 */
export interface LintContext<S extends Site = Site> {
  /** Variables of the site, as this host sees them. */
  readonly vars: SiteVars<S>
  readonly host: Host
  /** Every host of the inventory. */
  readonly hosts: readonly Host[]
  /** The hosts of each group. */
  readonly groups: { readonly [G in GroupName<S>]: readonly Host<GroupVars<S, G>>[] }
}

/** A pure function from an inventory to what is wrong with it. Findings that several hosts share are told once. */
export type LintRule<S extends Site = Site> = (context: LintContext<S>) => readonly (Finding | false | undefined)[]
