// What `import … from 'tsplay'` gives: everything a playbook, an inventory, a role or a module is written with.
export { z } from 'zod'
export { batches } from './batches.ts'
export { type Config, config } from './config.ts'
export { type Content, contentOf } from './content.ts'
export { type Difference, differences } from './difference.ts'
export { TsplayError } from './error.ts'
export type { HostRecap, Reporter, RunEvent, TaskEvent, TaskStatus } from './event.ts'
export { type Facts, factProbes } from './facts.ts'
export { type InventoryFile, inventory } from './inventory.ts'
export { labConnection } from './lab/connection.ts'
export type { Finding, LintContext, LintRule } from './lint.ts'
export {
  clearFacts,
  clearHostErrors,
  endBatch,
  endHost,
  endPlay,
  endRole,
  flushHandlers,
  type Meta,
  resetConnection,
  sync,
} from './meta.ts'
export {
  type Action,
  type Change,
  type Control,
  type Desired,
  defineModule,
  type Module,
  type ModuleFunction,
  type Output,
  TaskFailure,
} from './module.ts'
export { type Play, type Playbook, type PlayContext, play, playbook, type Serials } from './play.ts'
export { type Prediction, will } from './prediction.ts'
export * as probe from './probe.ts'
export { type Role, role } from './role.ts'
export { type Script, sh } from './script.ts'
export { type Secret, secret } from './secret.ts'
export { type Host, outsider, type Pattern, pattern, type Site, site } from './site.ts'
export {
  type Block,
  block,
  type Failure,
  type Handler,
  handler,
  type RoleCall,
  type Task,
  type TaskItem,
  type TaskList,
  type TaskOptions,
  type Topic,
  task,
  topic,
} from './task.ts'
