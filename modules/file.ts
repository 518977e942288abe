// file: a path that should be gone, be there, or be touched.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { map, type StatAnswer, stat } from '../engine/probe.ts'
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
   * `file` (default): a file is there already, and gets this mode and owner. `touch`: as the command; always changed.
   */
  state?: 'absent' | 'file' | 'touch'
}

interface FileState extends AttributeState {
  readonly type: StatAnswer['type']
  readonly touched: boolean
  readonly stat: StatAnswer
}

/** A path is absent, present with mode and owner, or touched. */
export const file = defineModule<FileParams, FileState | null>({
  name: 'file',
  params: z
    .strictObject({ path: pathParam, state: z.enum(['absent', 'file', 'touch']).optional(), ...fileAttributeParams })
    .refine(({ path, state }) => state !== 'absent' || !/^\/+(\.{0,2}\/*)*$/.test(path), {
      error: 'the root folder is not removed',
      path: ['path'],
    }),
  subject: ({ path }) => path,
  probe: ({ path }) =>
    map(
      stat(path),
      (found) =>
        found && {
          type: found.type,
          mode: found.mode,
          owner: found.owner,
          group: found.group,
          touched: false,
          stat: found,
        },
    ),
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
    return attributes
  },
  apply({ path, state }, change) {
    if (state === 'absent') return sh`rm -rf -- ${path}`
    return sh.join([state === 'touch' && sh`touch -- ${path}`, setAttributes(path, change)], ' &&\n')
  },
  touches: ({ path }) => [fileResource(path)],
  predict: ({ path }, { from, to }) =>
    to === null
      ? [will.beAbsent(path)]
      : [will.be(path, { ...to, type: from && from.type !== 'other' ? from.type : 'file' })],
})
