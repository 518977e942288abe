// What a manifest would change in a cluster: asked of the server itself, and foretold for later looks.
import { isDeepStrictEqual } from 'node:util'
import { type Content, contentText } from '../../engine/content.ts'
import type { Prediction } from '../../engine/prediction.ts'
import { all, always, map, type Probe } from '../../engine/probe.ts'
import { sh } from '../../engine/script.ts'
import { type Asked, asked } from './asked.ts'
import { type Applying, applying, reading } from './kube-apply.ts'
import { lastApplied, objectContent, objectName, sameObject } from './kube-object.ts'
import { type KubeObject, objectsIn } from './kubectl.ts'
import { readManifest } from './manifests.ts'
import { willAnswer } from './will-answer.ts'

/** What the cluster has, and what it would have. */
export interface MergeState {
  /** False where it could not be asked: then all is applied, and a failure is that of applying. */
  readonly asked: boolean
  /** The objects as the cluster has them, by kind and name; null where it has none. */
  readonly objects: Readonly<Record<string, Content | null>>
  /** What they would become, as the server itself says. */
  readonly merged: Readonly<Record<string, Content>>
}

/** Asks what there is, and what there would be. */
export const mergeProbe = (input: Applying): Probe<MergeState> => map(look(input), (looked) => stateOf(input, looked))

/** The cluster will say the same of what is and of what would be. */
export function predictMerged(input: Applying, objects: MergeState['objects']): Prediction[] {
  const { before, with: read } = reading(input)
  const items = Object.values(objects).flatMap((content) => (content ? readManifest(contentText(content) ?? '') : []))
  const answer = { code: 0, stdout: JSON.stringify({ kind: 'List', items }) }
  return [sh`get --ignore-not-found --output=json`, sh`${applying(input.params)} --dry-run=server --output=json`].map(
    (verb) => willAnswer(asked(read(verb), { before }), answer),
  )
}

interface Looked {
  readonly live: Asked
  readonly merged: Asked
  /** What a manifest that is elsewhere defines. */
  readonly defined: Asked | undefined
}

function look(input: Applying): Probe<Looked> {
  const { params, manifest: known } = input
  const { before, with: read } = reading(input)
  const nothing = always<Asked | undefined>(undefined)
  return all({
    live: asked(read(sh`get --ignore-not-found --output=json`), { before }),
    merged:
      params.state === 'absent'
        ? always<Asked>({ code: 0, stdout: '', error: '' })
        : asked(read(sh`${applying(params)} --dry-run=server --output=json`), { before }),
    defined: known ? nothing : asked(read(sh`create --dry-run=client --validate=false --output=json`)),
  })
}

function stateOf({ params, manifest: known }: Applying, { live, merged, defined }: Looked): MergeState {
  const { namespace } = params
  const contentFor = (object: KubeObject) => objectContent(object, { hidden: known?.hidden ?? false })
  const wishes = known?.objects ?? (defined ? objectsIn(defined) : [])
  const [lives, merges] = [objectsIn(live), objectsIn(merged)]
  // `--dry-run=server` is not known before 1.18
  const old = /invalid argument "server"/.test(merged.error)
  const state = { objects: {} as Record<string, Content | null>, merged: {} as Record<string, Content> }
  let complete = live.code === 0 && (defined?.code ?? 0) === 0
  for (const wish of wishes) {
    const name = objectName(wish, namespace)
    const found = lives.find((each) => sameObject(wish, each, namespace))
    const would = merges.find((each) => sameObject(wish, each, namespace))
    state.objects[name] = found ? contentFor(found) : null
    if (old && found && wasApplied(found, wish)) state.merged[name] = contentFor(found)
    else state.merged[name] = contentFor(would ?? wish)
    // what is not there yet may need what comes with it (its namespace), and cannot be tried before
    if (params.state !== 'absent' && found && !would && !old) complete = false
  }
  return { asked: complete, ...state }
}

/** Whether the object was last applied from this very definition. */
function wasApplied({ metadata }: KubeObject, wish: KubeObject): boolean {
  try {
    const { metadata: was, ...rest } = JSON.parse(metadata?.annotations?.[lastApplied] ?? '') as KubeObject
    const { metadata: is, ...wished } = wish
    const plain = ({ namespace: _namespace, annotations = {}, ...others }: NonNullable<KubeObject['metadata']>) => ({
      ...others,
      annotations,
    })
    return isDeepStrictEqual([rest, plain(was ?? {})], [wished, plain(is ?? {})])
  } catch {
    return false
  }
}
