// What tasks inherit from what they stand in: roles, tags, options. Pure.
import type { CommonOptions, Handler, RoleCall } from '../task.ts'
import { type Keys, keysOf } from './task-keys.ts'

/** What a list inherits from what it stands in. */
export interface Scope {
  /** Roles from the outermost to the innermost. */
  readonly roles: readonly string[]
  /** The calls of these roles. */
  readonly calls: readonly RoleCall[]
  /** Folders in which sources are looked up, nearest first. */
  readonly dirs: readonly string[]
  readonly tags: readonly string[]
  readonly options: CommonOptions
  /** It is for when something has failed. */
  readonly rescue?: boolean
  /** Tells every handler that a role or a task brings along, with where it stands. */
  readonly onHandler: (handler: ScopedHandler) => void
  /** Names what comes next in the list. */
  readonly keys: Keys
}

/** The outermost scope of a list. */
export const scopeOf = (given: Pick<Scope, 'dirs' | 'onHandler'> & Partial<Scope>): Scope => ({
  roles: [],
  calls: [],
  tags: [],
  options: {},
  keys: keysOf(),
  ...given,
})

/** A handler with what its tasks inherit from where it was named. */
export interface ScopedHandler {
  readonly handler: Handler
  readonly scope: Scope
}

/** The scope inside of something that has options: tags add up, conditions must all hold, environments merge, the rest is replaced. */
export function within(scope: Scope, { when, tags, environment, ...rest }: CommonOptions): Scope {
  const outer = scope.options
  const own = Object.fromEntries(
    Object.entries(rest).filter(([key, value]) => value !== undefined && inherited.has(key)),
  )
  return {
    ...scope,
    tags: [...new Set([...scope.tags, ...tagList(tags)])],
    options: {
      ...outer,
      ...own,
      when: outer.when === false ? false : when,
      environment: environment ? { ...outer.environment, ...environment } : outer.environment,
    },
  }
}

/** A text may hold several tags, as in Ansible; an entry of a list is one. */
const tagList = (tags: CommonOptions['tags'] = []): readonly string[] =>
  typeof tags !== 'string'
    ? tags
    : tags
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean)

const inherited = new Set<string>([
  'become',
  'ignoreErrors',
  'ignoreUnreachable',
  'anyErrorsFatal',
  'delegateTo',
  'runOnce',
  'noLog',
  'timeout',
  'throttle',
  'check',
  'diff',
] satisfies (keyof CommonOptions)[])
