// Manifests of Kubernetes: a text of YAML documents or data, as the objects it defines.
import { parseAllDocuments, stringify } from 'yaml'
import { type Content, contentOf } from '../../engine/content.ts'
import { TsplayError } from '../../engine/error.ts'
import type { KubeObject } from './kubectl.ts'

/** What is to be applied. */
export interface Manifest {
  readonly objects: readonly KubeObject[]
  /** All of them as a text that kubectl reads. */
  readonly content: Content
  /** Whether secrets have gone into it: then no object of it is shown. */
  readonly hidden: boolean
}

/** @throws TsplayError where what `from` has is none. */
export function manifestFrom(from: string, hidden: boolean, read: () => readonly KubeObject[]): Manifest {
  try {
    const objects = read()
    if (objects.length === 0) throw new Error('there is nothing in it')
    return { objects, content: contentOf(manifestOf(objects), { secret: true }), hidden }
  } catch (error) {
    throw new TsplayError(`'${from}' is no manifest: ${(error as Error).message.split('\n')[0]}`)
  }
}

/**
 * The objects of a manifest. Lists are taken apart, empty documents left out.
 * @throws Error where it is no YAML, or something in it is no object.
 */
export function readManifest(text: string): readonly KubeObject[] {
  const documents = parseAllDocuments(text)
  return ('empty' in documents ? [] : documents).flatMap((document) => {
    const [error] = document.errors
    if (error) throw error
    return objectsOf(document.toJS() as unknown)
  })
}

/** @throws Error where something in it is no object. */
export function objectsOf(data: unknown): readonly KubeObject[] {
  if (data === null || data === undefined) return []
  if (Array.isArray(data)) return data.flatMap(objectsOf)
  const { kind, items, apiVersion, metadata } = data as KubeObject
  if (kind === 'List' && Array.isArray(items)) return items.flatMap(objectsOf)
  if (typeof kind !== 'string' || typeof apiVersion !== 'string')
    throw new Error('a document has no kind or apiVersion')
  if (typeof metadata?.name !== 'string')
    throw new Error(`a ${kind} has no name: generateName would make another each time`)
  return [data as KubeObject]
}

const manifestOf = (objects: readonly KubeObject[]): string =>
  objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n')
