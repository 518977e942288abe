// The typed world of a playbook: which variables and groups there are. One schema types playbooks and checks inventories.
import type { z } from 'zod'
import { TsplayError } from './error.ts'
import { checkOptions, namesOf } from './known-options.ts'
import type { Secret } from './secret.ts'

/** Schemas of a site's variables and of the hosts in each group. */
export interface Site<Vars extends z.ZodObject = z.ZodObject, Groups extends Schemas = Schemas> {
  readonly kind: 'site'
  /** Variables that every host has. */
  readonly vars: Vars
  /** Per group, the variables of its hosts. */
  readonly groups: Groups
  /** The variables of hosts in groups that `groups` does not name. Default: there are no other groups, and one is refused. */
  readonly otherGroups?: z.ZodObject
}

export type Schemas = Readonly<Record<string, z.ZodObject>>

/**
 * Declares a site: `site({ vars: z.object({ … }), groups: { masters: z.object({ … }) } })`.
 *
 * @throws TsplayError for what is no schema of an object, and for an option that there is not
 */
export const site = <Vars extends z.ZodObject, Groups extends Schemas>(spec: {
  vars: Vars
  groups: Groups
  otherGroups?: z.ZodObject
}): Site<Vars, Groups> => {
  checkOptions('site', spec, siteOptions)
  checkSchema('vars', spec.vars)
  for (const [group, schema] of Object.entries(Object(spec.groups))) checkSchema(`groups.${group}`, schema)
  if (spec.groups === undefined)
    throw new TsplayError("site: 'groups' is not given", { hint: 'groups: { web: z.object({ … }) }' })
  if (spec.otherGroups !== undefined) checkSchema('otherGroups', spec.otherGroups)
  return { kind: 'site', ...spec }
}

// `kind` as well: a site may be made of another one, `site({ ...cluster, otherGroups })`
const siteOptions = namesOf<Site>({ kind: true, vars: true, groups: true, otherGroups: true })

/** Nobody else checks it: playbooks are run without a compiler. */
function checkSchema(option: string, schema: unknown): void {
  if (typeof schema === 'object' && schema !== null && 'shape' in schema) return
  const [problem, hint] = schema === undefined ? ['is not given', '{}'] : ['is no schema of an object', '{ … }']
  throw new TsplayError(`site: '${option}' ${problem}`, { hint: `${option.replace(/.*\./, '')}: z.object(${hint})` })
}

export type GroupName<S extends Site> = keyof S['groups'] & string

/** The variables of the site, as tasks see them. */
export type SiteVars<S extends Site> = z.output<S['vars']>

/** The variables of a host in a group. */
export type GroupVars<S extends Site, G extends GroupName<S>> = z.output<S['groups'][G]>

/** Connection settings of a host; each has a default. */
export interface ConnectionSettings {
  /** Login user. Default: the one who runs tsplay; root in a lab. */
  readonly user?: string
  /** TCP port. Default 22. */
  readonly port?: number
  /** `local`: this machine, without a network. Default `ssh`. */
  readonly transport?: 'ssh' | 'local'
  /** Private key files, tried in order. Default: the agent's keys and ~/.ssh/id_*. `~` is the home folder. */
  readonly privateKeys?: readonly string[]
  /** Login password, tried after keys. */
  readonly password?: Secret
  /** Default ~/.ssh/known_hosts. */
  readonly knownHosts?: string
  /** How unknown host keys are met; a changed key is refused by `strict` and `accept-new`. Default `strict`. */
  readonly hostKeys?: 'strict' | 'accept-new' | 'off'
  /** Hosts to go through, the nearest first: `[user@]host[:port]`, as OpenSSH's ProxyJump; the user is yours by default. */
  readonly jumpHosts?: readonly string[]
  /** A shell command whose input and output are the connection, as OpenSSH's ProxyCommand: `%h` is the address, `%p` the port. */
  readonly proxyCommand?: string
  /** Become this user for every task; true means `becomeUser`. Tasks may say otherwise. */
  readonly become?: boolean | string
  /** Whom to become where no task says more than that it becomes another user. Default root. */
  readonly becomeUser?: string
  /** How to become another user. Default `sudo`. */
  readonly becomeMethod?: 'sudo' | 'su' | 'doas'
  /** Password for becoming. */
  readonly becomePassword?: Secret
}

/** A host of the inventory, with its variables. */
export interface Host<Vars = object> {
  /** Name in the inventory. */
  readonly name: string
  /** Where it is reached; the name where the inventory gives no address. */
  readonly address: string
  /** Names of the groups it is in, directly or through children. */
  readonly groups: readonly string[]
  readonly vars: Vars
  readonly connection: ConnectionSettings
  /** Why it cannot be reached, where the inventory asks for a connection that tsplay does not make. */
  readonly unsupported?: string
}

/** A host that stands in no inventory, to delegate tasks to: `outsider('10.0.0.9', { user: 'root' })`. */
export const outsider = (address: string, connection: ConnectionSettings = {}): Host => ({
  name: address,
  address,
  groups: [],
  vars: {},
  connection,
})

/** A set of hosts written as a pattern, where the typed forms do not suffice. */
export interface Pattern {
  readonly pattern: string
}

/** `pattern('web*:&prod:!db')`: hosts by Ansible's pattern language. Their group variables are not typed. */
export const pattern = (text: string): Pattern => ({ pattern: text })

/** What a play may name as its hosts: every host, a group, one of a group by position, or a pattern. */
export type HostSelector<S extends Site> = 'all' | GroupName<S> | `${GroupName<S>}[${number}]` | Pattern

type GroupOf<Selector> = Selector extends `${infer Group}[${number}]`
  ? Group
  : Selector extends readonly (infer Item)[]
    ? GroupOf<Item>
    : Selector

/** The group variables that every host of a selector has. */
export type SelectedVars<S extends Site, Selector> = [GroupOf<Selector>] extends [GroupName<S>]
  ? GroupVars<S, GroupOf<Selector>>
  : object
