// A few tasks in both languages, for one module: what Ansible and tsplay do with them on two hosts that are alike. Plain data.
import type { TaskList } from '../../../engine/task.ts'

/**
 * Both run it twice. Each time every task's status must be the same, and at the end what they left behind: content, mode,
 * owner, group and link target of everything in `dir` and `also`, and what `shows` prints. Before that, tsplay's dry run
 * must have said of every task what its run then does.
 *
 * A task that fails ends its scenario, and no other. Names of users, packages and units are the scenario's own, since all
 * scenarios of a file run one after the other on the same two hosts.
 */
export interface ModuleScenario {
  /** A sentence, with the ids of the feature lines it covers: `a link in the way is replaced with force (M03)`. */
  readonly name: string
  /** Shell that is run on both hosts first, as root, in `dir`. */
  readonly given?: string
  /** Files of the control side by path, for a relative `src`: both find `files/<path>`. Paths are the scenario's own. */
  readonly sources?: Readonly<Record<string, string>>
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
  /** tsplay's dry run cannot foretell it, as with what a command prints: why, as a sentence. */
  readonly unforeseen?: string
  /** A difference on purpose: what each does instead, as statuses by task, and why. The trees are compared only where `sameTree` says so. */
  readonly differs?: {
    readonly why: string
    readonly theirs: readonly string[]
    readonly ours: readonly string[]
    readonly sameTree?: boolean
  }
}
