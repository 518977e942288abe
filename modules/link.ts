// link: a symbolic or hard link.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, link as linkTarget, map, type StatAnswer, script, stat } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { pathParam } from './common/params.ts'

/** Parameters of `link`. */
export interface LinkParams {
  /** Absolute path of the link. */
  path: string
  /** What it points to, as it shall be written: a relative target stays relative to the link's folder. It need not exist. */
  target: string
  /** Replace a file or an empty folder that is in the way. Default false. */
  force?: boolean
  /** A hard link: `target` is then an absolute path that exists. Default false. */
  hard?: boolean
}

interface LinkState {
  readonly type: StatAnswer['type']
  readonly target: string | null
}

/** A link points where it should. Another link in its place is replaced at once. */
export const link = defineModule<LinkParams, LinkState | null>({
  name: 'link',
  params: z
    .strictObject({
      path: pathParam,
      target: z
        .string()
        .min(1)
        .refine((target) => !target.includes('\0'), { error: 'a path cannot hold a NUL character' }),
      force: z.boolean().optional(),
      hard: z.boolean().optional(),
    })
    .refine(({ hard, target }) => !hard || target.startsWith('/'), {
      error: 'the target of a hard link is an absolute path',
      path: ['target'],
    }),
  subject: ({ path }) => path,
  probe: ({ path, target, hard }) =>
    hard
      ? map(
          all({
            found: stat(path),
            same: script(sh`[ ${path} -ef ${target} ]`, { reads: [fileResource(path), fileResource(target)] }),
          }),
          ({ found, same }) => found && { type: found.type, target: same.code === 0 ? target : null },
        )
      : map(
          all({ found: stat(path), to: linkTarget(path) }),
          ({ found, to }) => found && { type: found.type, target: to },
        ),
  desired({ path, target, force, hard }, actual) {
    const replaceable = actual === null || actual.type === 'link' || (hard && actual.target === target)
    if (!replaceable && !force)
      throw new TaskFailure(`${path} is a ${actual.type}, not a link`, 'force: true replaces a file or an empty folder')
    return { type: hard ? (actual?.target === target ? actual.type : 'file') : 'link', target }
  },
  // a link under a name of its own, renamed over the old one: there is no moment without it
  apply: ({ path, target, hard }, { from }) => sh`_p=${path} _t=${path.replace(/[^/]*$/, '')}.tsplay-link.$$
${from?.type === 'directory' ? sh`rmdir -- "$_p" || exit 1` : sh.empty}
rm -f -- "$_t" && ${hard ? sh`ln` : sh`ln -s`} -- ${target} "$_t" && mv -fT -- "$_t" "$_p" || { rm -f -- "$_t"; exit 1; }`,
  touches: ({ path }) => [fileResource(path)],
  predict: ({ path, target, hard }) => [will.be(path, hard ? { type: 'file' } : { type: 'link', target })],
})
