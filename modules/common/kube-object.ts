// Objects of Kubernetes compared: what of them is a person's wish, and what the server keeps for itself.
import { stringify } from 'yaml'
import { type Content, contentOf } from '../../engine/content.ts'
import type { KubeObject } from './kubectl.ts'

/** The object as text, without what the server writes by itself. That of a Secret is kept secret. */
export function objectContent(object: KubeObject, { hidden = false }: { hidden?: boolean } = {}): Content {
  const { status: _status, metadata = {}, ...rest } = object
  const own = Object.entries(metadata).filter(([key]) => !ofTheServer.has(key))
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== lastApplied)
  const sorted = {
    ...rest,
    metadata: Object.fromEntries([
      ...own.filter(([key]) => key !== 'annotations'),
      ...(annotations.length > 0 ? [['annotations', Object.fromEntries(annotations)]] : []),
    ]),
  }
  return contentOf(stringify(sorted, { sortMapEntries: true, lineWidth: 0 }), {
    secret: hidden || object.kind === 'Secret',
  })
}

/** `Deployment kube-system/coredns`, `Namespace apps`. */
export const objectName = ({ kind = '', metadata }: KubeObject, namespace?: string): string => {
  const within = metadata?.namespace ?? namespace
  return `${kind} ${within === undefined ? '' : `${within}/`}${metadata?.name ?? ''}`
}

/** Whether `found` is the object that `wish` defines; one that names no namespace is in whichever it got. */
export const sameObject = (wish: KubeObject, found: KubeObject, namespace?: string): boolean => {
  const within = wish.metadata?.namespace ?? namespace
  return (
    wish.kind === found.kind &&
    groupOf(wish) === groupOf(found) &&
    wish.metadata?.name === found.metadata?.name &&
    (within === undefined || found.metadata?.namespace === undefined || within === found.metadata.namespace)
  )
}

/** What `kubectl apply` has written down of what it was given last. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

const ofTheServer = new Set(['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'uid', 'selfLink'])

/** The version may be another one: the server answers with the one it was asked for. */
const groupOf = ({ apiVersion = '' }: KubeObject): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
