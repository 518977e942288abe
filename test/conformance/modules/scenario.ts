// A few tasks in both languages, for one module: what Ansible and tsplay do with them on two hosts that are alike. Plain data.
import type { TaskList } from '../../../engine/task.ts'

/**
 * Both run it twice, after a dry run; each time every task's status must be the same, and at the end what they left behind:
 * content, mode, owner, group and link target of everything in `dir` and `also`, and what `shows` prints.
 */
export interface ModuleScenario {
  /** A sentence, with the ids of the feature lines it covers: `a link in the way is replaced with force (M03)`. */
  readonly name: string
  /** Shell that is run on both hosts first, as root, in `dir`. */
  readonly given?: string
  /** A YAML list of tasks, each with a name. `{{ dir }}` is the scenario's own folder on the host, which exists and is empty. */
  readonly ansible: string
  /** The same, with the same names in the same order. */
  readonly tsplay: (dir: string) => TaskList
  /** Paths besides `dir` that are compared as well. */
  readonly also?: readonly string[]
  /** Shell commands whose output (and exit code) on both hosts must be the same in the end: `getent passwd alice`. */
  readonly shows?: readonly string[]
  /** Shell that takes back what the scenario did outside of `dir`. */
  readonly undo?: string
  /** Ansible's module cannot say what a check would do, or says it wrongly: its dry run is not compared. Why, as a sentence. */
  readonly checkDiffers?: string
  /** A difference on purpose: what each does instead, as statuses by task, and why. The trees are compared only where `sameTree` says so. */
  readonly differs?: {
    readonly why: string
    readonly theirs: readonly string[]
    readonly ours: readonly string[]
    readonly sameTree?: boolean
  }
}
