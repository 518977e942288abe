// directory: a directory with its parents, mode and owner.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import type { StatAnswer } from '../engine/probe.ts'
import { all, map, stat, target } from '../engine/probe.ts'
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

/** Parameters of `directory`. */
export interface DirectoryParams extends FileAttributes {
  /** Absolute path. Parents that are missing are made with mode 0755. A link to a directory is followed. */
  path: string
}

/** What is at the path. */
export interface DirectoryState extends AttributeState {
  readonly type: StatAnswer['type']
}

/** A directory exists with this mode and owner. Fails where something else is at the path. */
export const directory = defineModule<DirectoryParams, (DirectoryState & { stat: StatAnswer }) | null>({
  name: 'directory',
  params: z.strictObject({ path: pathParam, ...fileAttributeParams }),
  subject: ({ path }) => path,
  // a link to a directory is as good as the directory; one that leads nowhere is in the way
  probe: ({ path }) =>
    map(all({ own: stat(path), leads: target(path) }), ({ own, leads }) => {
      const found = leads ?? own
      return found && { type: found.type, mode: found.mode, owner: found.owner, group: found.group, stat: found }
    }),
  desired(params, actual) {
    if (actual && actual.type !== 'directory') {
      throw new TaskFailure(
        `${params.path} is a ${actual.type}, not a directory`,
        "remove it first: file({ path, state: 'absent' })",
      )
    }
    return { type: 'directory', ...desiredAttributes(params, actual?.stat ?? null, 'directory') }
  },
  apply: ({ path }, change) =>
    sh.join(
      [
        change.from === null && sh`mkdir -p ${change.to?.mode === undefined ? [] : ['-m', change.to.mode]} -- ${path}`,
        // with the dot a link is followed
        setAttributes(`${path}/.`, change),
      ],
      ' &&\n',
    ),
  touches: ({ path }) => [fileResource(path)],
  predict: ({ path }, { to }) => [will.be(path, { ...to, type: 'directory', follows: true })],
})
