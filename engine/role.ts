// A role: a named function from params to tasks.
import { checkOptions } from './known-options.ts'
import { commonOptions, type Handler, type RoleCall, type TaskList } from './task.ts'

/** A role as playbooks call it. `roleName` tells it from a plain function. */
export type Role<Params> = ((
  ...params: undefined extends Params ? [params?: Params] : [params: Params]
) => RoleCall) & {
  readonly roleName: string
}

/** What a role is made of. */
export interface RoleSpec<Params> {
  /** Its name in output and in `tsplay role <name>`. */
  readonly name: string
  /** Folder of its files and templates: `import.meta.dirname`. */
  readonly dir?: string
  /** Handlers in the order in which they run. Those that tasks notify need not be listed; they come after these. */
  readonly handlers?: readonly Handler[]
  /** The tasks for these params: a pure function. */
  readonly tasks: (params: Params) => TaskList
}

/** Defines a role. Call it with its params to get its tasks: `etcd({ dataDir: '/var/lib/etcd' })`. */
export function role<Params = void>(spec: RoleSpec<Params>): Role<Params> {
  const definition = { origin: new Error(`role '${spec.name}'`) }
  const call = (params?: Params): RoleCall => roleCall(spec, params as Params, definition)
  return Object.assign(call, { roleName: spec.name }) as Role<Params>
}

const roleCall = <Params>(spec: RoleSpec<Params>, params: Params, definition: RoleCall['definition']): RoleCall => ({
  kind: 'role',
  name: spec.name,
  dir: spec.dir,
  definition,
  tasks: spec.tasks(params),
  handlers: spec.handlers ?? [],
  options: {},
  with(more) {
    checkOptions(`role '${spec.name}'`, more, commonOptions)
    return { ...this, options: { ...this.options, ...more } }
  },
})
