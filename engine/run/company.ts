// What a host of a batch shares with the others while it goes through its tasks. Types and the end of a batch.
import type { Inquiry } from '../module.ts'
import type { HostContext } from './host-context.ts'
import type { Members } from './members.ts'
import type { TaskNode } from './nodes.ts'

/** Why every host of a batch is to stop. */
export interface BatchEnd {
  /** `batch`: without a failure; `play`: the batches that follow, too; `failure`: the hosts have failed. */
  readonly what: 'batch' | 'play' | 'failure'
  readonly because: string
}

/** The others. */
export interface Company {
  readonly members: Members
  /** Why everybody is to stop; undefined: nobody is. The first reason stays. */
  readonly ending: BatchEnd | undefined
  end(reason: BatchEnd): void
  /** Asks whoever runs this, once for all hosts that come to the task `key`; undefined: there is nobody to ask. */
  ask(key: string, inquiry: Inquiry): Promise<string> | undefined
  /** This host's handlers that are due now run. */
  flush(): Promise<void>
  /** Takes lost hosts of the play back in, from the next play on. */
  clearErrors(): void
}

/** A task whose errors are fatal for all. */
export const fatal = ({ host, mask }: HostContext, { name }: TaskNode, how: 'failed on' | 'was lost on'): BatchEnd => ({
  what: 'failure',
  because: `'${mask.hide(name)}' ${how} ${host.name}, which is fatal for all`,
})
