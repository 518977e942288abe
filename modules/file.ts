// file: a path that should be gone, be there, or be touched.
import { posix } from 'node:path'
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, always, map, type StatAnswer, stat, target } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import {
  type AttributeState,
  desiredAttributes,
  type FileAttributes,
  fileAttributeParams,
  setAttributes,
} from './common/file-attributes.ts'
import { pathParam } from './common/params.ts'

/** Parameters of `file`. */
export interface FileParams extends FileAttributes {
  /** Absolute path. */
  path: string
  /**
   * `absent`: nothing is there; a folder goes with all that is in it, a link goes and not what it leads to.
   * `file` (default): something is there already, and gets this mode and owner. `touch`: as the command; always changed.
   * Both follow a link.
   */
  state?: 'absent' | 'file' | 'touch'
}

interface FileState extends AttributeState {
  readonly type: StatAnswer['type']
  readonly touched: boolean
  /** The path is a link, and the rest is about what it leads to. */
  readonly linked: boolean
  readonly stat: StatAnswer
}

/** A path is absent, present with mode and owner, or touched. */
export const file = defineModule<FileParams, FileState | null>({
  name: 'file',
  params: z
    .strictObject({ path: pathParam, state: z.enum(['absent', 'file', 'touch']).optional(), ...fileAttributeParams })
    .refine(({ path, state }) => state !== 'absent' || posix.normalize(path).replace(/^\/+$/, '') !== '', {
      error: 'the root folder is not removed',
      path: ['path'],
    }),
  subject: ({ path }) => path,
  // removing concerns the link itself, all else what it leads to
  probe: ({ path, state }) =>
    map(all({ own: stat(path), leads: state === 'absent' ? always(null) : target(path) }), ({ own, leads }) => {
      const found = leads ?? own
      if (found === null) return null
      const { type, mode, owner, group } = found
      return { type, mode, owner, group, touched: false, linked: leads !== null && own?.type === 'link', stat: found }
    }),
  desired(params, actual) {
    const { path, state = 'file' } = params
    if (state === 'absent') return null
    const attributes = desiredAttributes(
      params,
      actual?.stat ?? null,
      actual?.type === 'directory' ? 'directory' : 'file',
    )
    if (state === 'touch') return { touched: true, ...attributes }
    if (actual === null)
      throw new TaskFailure(`${path} does not exist`, "state: 'touch' makes an empty file; copy and template write one")
    if (actual.type === 'link') throw new TaskFailure(`${path} is a link that leads nowhere`)
    return attributes
  },
  apply({ path, state }, change) {
    if (state === 'absent') return sh`rm -rf -- ${path.replace(/(.)\/+$/, '$1')}`
    const linked = change.from?.linked ?? false
    const attributes = setAttributes(linked ? sh.raw('"$_p"') : path, change)
    const resolved = linked && attributes.parts.length > 0 && sh`_p=$(readlink -f -- ${path})`
    return sh.join([state === 'touch' && sh`touch -- ${path}`, resolved, attributes], ' &&\n')
  },
  touches: ({ path }) => [fileResource(path)],
  predict: ({ path }, { from, to }) =>
    to === null
      ? [will.beAbsent(path)]
      : [will.be(path, { ...to, type: from?.type === 'directory' ? 'directory' : 'file', follows: true })],
})
