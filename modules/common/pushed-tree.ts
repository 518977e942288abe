// A folder of the control side on its way to a host, and what is in the folder there besides. The writing is written-tree's.
import path from 'node:path'
import type { Change, Desired } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import { all, always, map, type Probe, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { wildcardPicks } from '../../engine/wildcard.ts'
import { treeScript } from './tree-script.ts'
import { willAnswer } from './will-answer.ts'
import { wordChunks } from './word-chunks.ts'
import { desiredTree, predictTree, type TreeState, type TreeWriting, treeProbe } from './written-tree.ts'

export interface Push {
  readonly writing: TreeWriting
  /** Wildcards for what is left alone. */
  readonly exclude: readonly string[]
  /** Remove what is there besides. */
  readonly removes: boolean
}

export interface PushState extends TreeState {
  /** Absolute paths of what is there besides, without what is in it. */
  readonly besides: readonly string[]
}

export const pushProbe = (push: Push): Probe<PushState> =>
  map(
    all({ tree: treeProbe(push.writing), found: push.removes ? listed(push) : always({ stdout: '' }) }),
    ({ tree, found }) => ({
      ...tree,
      besides: besides(
        push,
        found.stdout.split('\0').filter((name) => name !== ''),
      ),
    }),
  )

const listed = ({ writing: { root } }: Push) =>
  script(sh`cd -- ${root} 2>/dev/null || exit 0; find . -mindepth 1 -print0`, { reads: [fileResource(root)] })

function besides({ writing: { root, entries }, exclude }: Push, names: readonly string[]): string[] {
  const wanted = new Set(entries.map((entry) => path.posix.relative(root, entry.path)))
  const isLeftAlone = wildcardPicks(exclude)
  const plain = names.map((name) => name.replace(/^\.\//, ''))
  const kept = new Set([...plain.filter(isLeftAlone), ...wanted])
  // a folder stays where something in it is to stay
  for (const name of [...kept]) for (const folder of foldersOf(name)) kept.add(folder)
  const extra = new Set(plain.filter((name) => !kept.has(name)))
  return [...extra]
    .filter((name) => !foldersOf(name).some((folder) => extra.has(folder)))
    .sort()
    .map((name) => path.posix.join(root, name))
}

const foldersOf = (name: string): string[] =>
  name
    .split('/')
    .slice(0, -1)
    .map((_, index, parts) => parts.slice(0, index + 1).join('/'))

export const desiredPush = ({ writing, removes }: Push, actual: PushState): Desired<PushState> => ({
  ...desiredTree(writing, actual),
  ...(removes && { besides: [] }),
})

/** What goes, goes first: it may be in the way of nothing, but may well fill the disk. */
export const pushScript = ({ writing }: Push, change: Change<PushState>): Script =>
  sh.join([
    ...(change.has('besides') ? wordChunks(change.from.besides).map((paths) => sh`rm -rf -- ${paths} || exit 1`) : []),
    treeScript(writing, change),
  ])

export const predictPush = (push: Push, change: Change<PushState>): readonly Prediction[] => [
  ...(change.has('besides') ? change.from.besides.map(will.beAbsent) : []),
  ...predictTree(push.writing, change),
  ...(push.removes ? [willAnswer(listed(push), { code: 0, stdout: '' })] : []),
]
