// Changes in a row that rewrite one thing, such as edits of one file: each is planned on the one before, and all are applied as one. Sends nothing.
import { changeOf } from '../difference.ts'
import type { Change } from '../module.ts'
import type { TaskOptions } from '../task.ts'
import type { Ready, Verdict } from './evaluate.ts'
import type { TaskNode } from './nodes.ts'
import { type Overlay, overlay } from './overlay.ts'

type Differs = Extract<Verdict, { kind: 'differs' }>

/** A pending change that others may join. */
export interface Rewrite {
  readonly resource: string
  /** What it is applied with: the first of its tasks. */
  readonly carrier: number
  readonly change: Change<object | null>
  /** What later probes find once it is made. */
  readonly planned: Overlay
}

/** Options that look at how the task itself went: what is applied with others has no result of its own. */
const ofItsOwn = [
  'async',
  'delegateTo',
  'environment',
  'failedWhen',
  'ignoreErrors',
  'ignoreUnreachable',
  'retries',
  'runOnce',
  'throttle',
  'timeout',
  'until',
] as const satisfies readonly (keyof TaskOptions)[]

/** What the task rewrites, if it may be applied with others. `alone`: tasks that must not, as they have failed together. */
export function rewritten({ node, input }: Ready, alone: ReadonlySet<TaskNode>): string | undefined {
  const options = node.options as TaskOptions
  if (alone.has(node) || node.registered || ofItsOwn.some((option) => options[option] !== undefined)) return undefined
  return node.action.module.rewrites?.(input)
}

/** The first of what may become several. */
export function startRewrite(resource: string, carrier: number, node: TaskNode, verdict: Differs): Rewrite {
  const planned = overlay()
  planned.add(node.name, verdict.predictions())
  return { resource, carrier, change: verdict.change, planned }
}

/** Another one joins: `verdict` was found on what the rewrite leaves behind. */
export function joinRewrite(rewrite: Rewrite, node: TaskNode, verdict: Differs): Rewrite {
  rewrite.planned.add(node.name, verdict.predictions())
  const wishes = Object.entries(verdict.change.to ?? {}).filter(([, wish]) => wish !== undefined)
  return { ...rewrite, change: changeOf(rewrite.change.from, { ...rewrite.change.to, ...Object.fromEntries(wishes) }) }
}

/** The script of all that have joined: the last one's module from what was there to what all want. */
export const rewriteScript =
  ({ change }: Rewrite, { node, input }: Ready): Differs['script'] =>
  () =>
    node.action.module.apply(input, change)

/** What is applied by the script of the entry at `index`, besides itself. */
export function ridersOf<Entry extends { readonly applies: boolean; readonly rides?: boolean }>(
  entries: readonly Entry[],
  index: number,
): readonly Entry[] {
  const next = entries.findIndex(({ applies }, at) => at > index && applies)
  return entries.slice(index + 1, next < 0 ? entries.length : next).filter(({ rides }) => rides)
}
