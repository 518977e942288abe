// A typed inventory as a file exports it. Plain data; engine/inventory resolves it.
import type { z } from 'zod'
import type { ConnectionSettings, GroupName, Site } from './site.ts'

/** A host of a group: where it is, how to log in, and the group's variables. */
export type HostEntry<Vars = Readonly<Record<string, unknown>>> = ConnectionSettings & {
  readonly address?: string
} & Vars

/** A group: its hosts by name, groups it contains, and variables for all of them. */
export interface GroupEntry<Vars = Readonly<Record<string, unknown>>, Site = Readonly<Record<string, unknown>>> {
  /** Hosts by name. A host may stand in several groups; what is said of it twice must agree. */
  readonly hosts?: Readonly<Record<string, HostEntry<Vars>>>
  /** Groups whose hosts belong to this one as well. */
  readonly children?: readonly string[]
  /** Variables and connection settings of every host in the group. */
  readonly vars?: ConnectionSettings & Partial<Vars> & Partial<Site>
}

/** The default export of an inventory file. */
export interface InventoryFile<S extends Site = Site> {
  readonly kind: 'inventory'
  readonly site: S
  /** Variables of the site and connection settings of all hosts. */
  readonly vars: ConnectionSettings & Readonly<Record<string, unknown>>
  readonly groups: Readonly<Record<string, GroupEntry>>
  /** Settings of the lab that `tsplay lab` boots for this inventory. */
  readonly lab?: LabSettings
}

/** Real throw-away hosts on this machine, one for each host of the inventory. */
export interface LabSettings {
  /** Network of the lab, a private /24 whose .1 the machine takes. */
  readonly subnet: string
  /**
   * What the hosts are. Default `debian`: the release of this machine. `dnf`: hosts that call themselves Rocky Linux 9, with
   * the real dnf and rpm and small packages in `/srv/rpm`; below that they are Debian.
   */
  readonly image?: 'debian' | 'dnf'
}

// Host variables may be given by the group's `vars` instead, so none is required here; the schema has the last word when it loads.
// A schema without variables is typed as one whose every key is `never`, which would refuse even an address.
type Loose<Schema extends z.ZodObject> =
  z.input<Schema> extends Record<string, never> ? object : Partial<z.input<Schema>>

/** Declares an inventory for a site. Unknown groups and variables do not compile. */
export const inventory = <S extends Site>(
  site: S,
  spec: {
    readonly vars: ConnectionSettings & z.input<S['vars']>
    readonly groups: { readonly [G in GroupName<S>]?: GroupEntry<Loose<S['groups'][G]>, Loose<S['vars']>> }
    readonly lab?: LabSettings
  },
): InventoryFile<S> => ({ kind: 'inventory', site, ...spec }) as InventoryFile<S>
