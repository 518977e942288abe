// link: a symbolic or hard link.
import { posix } from 'node:path'
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import {
  all,
  always,
  glob,
  link as linkTarget,
  map,
  type Probe,
  type StatAnswer,
  script,
  stat,
  target,
} from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type Script, sh } from '../engine/script.ts'
import { desiredAttributes, fileAttributeParams } from './common/file-attributes.ts'
import { pathParam } from './common/params.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `link`. */
export interface LinkParams {
  /** Absolute path of the link. */
  path: string
  /** What it points to, as it shall be written: a relative target stays relative to the link's folder. It need not exist. */
  target: string
  /** Replace a file or an empty folder that is in the way. Another link is replaced without it. Default false. */
  force?: boolean
  /** A hard link: `target` is then an absolute path that exists. Default false. */
  hard?: boolean
  /** Owner of the link itself, by name or number. Default: as it is, or whoever makes it. Not for a hard link. */
  owner?: string
  /** Group of the link itself. Default: as it is, or that of whoever makes it. Not for a hard link. */
  group?: string
}

interface LinkState {
  /** null where nothing is there. */
  readonly type: StatAnswer['type'] | null
  readonly target: string | null
  readonly owner: string | null
  readonly group: string | null
  readonly stat: StatAnswer | null
  /** Whether there is a folder to make it in. */
  readonly parent: boolean
  /** What a hard link is to lead to. */
  readonly other: StatAnswer['type'] | null
  /** A folder in its place that holds something. */
  readonly full: boolean
}

/**
 * A link points where it should. Another link in its place is replaced at once.
 *
 * @example a link to the release that is in use
 * ```ts
 * task('current', link({ path: '/opt/app/current', target: 'releases/1.4.2' }))
 * ```
 *
 * @example in the place of a file
 * ```ts
 * task('resolver', link({ path: '/etc/resolv.conf', target: '/run/systemd/resolve/resolv.conf', force: true }))
 * ```
 */
export const link = defineModule<LinkParams, LinkState>({
  name: 'link',
  params: z
    .strictObject({
      path: pathParam.refine((path) => !path.endsWith('/'), {
        error: 'give the path of the link without a slash at its end',
      }),
      target: z
        .string()
        .min(1)
        .refine((target) => !target.includes('\0'), { error: 'a path cannot hold a NUL character' }),
      force: z.boolean().optional(),
      hard: z.boolean().optional(),
      owner: fileAttributeParams.owner,
      group: fileAttributeParams.group,
    })
    .refine(({ hard, target }) => !hard || target.startsWith('/'), {
      error: 'the target of a hard link is an absolute path',
      path: ['target'],
    })
    .refine(({ hard, owner, group }) => !hard || (owner ?? group) === undefined, {
      error: 'a hard link has the owner of its target',
      path: ['owner'],
    }),
  subject: ({ path }) => path,
  probe: ({ path, target: leads, hard, force }) =>
    map(
      all({
        found: stat(path),
        to: hard ? sameFile(path, leads) : linkTarget(path),
        parent: target(posix.dirname(path)),
        other: hard ? stat(leads) : always(null),
        full: force ? holdsSomething(path) : always(false),
      }),
      ({ found, to, parent, other, full }) => ({
        type: found?.type ?? null,
        target: to,
        owner: found?.owner ?? null,
        group: found?.group ?? null,
        stat: found,
        parent: parent?.type === 'directory',
        other: other?.type ?? null,
        full: full && found?.type === 'directory',
      }),
    ),
  desired(params, actual) {
    const { path, target, force, hard } = params
    const there = actual.type === (hard ? 'file' : 'link') && actual.target === target
    if (actual.type !== null && actual.type !== 'link' && !there && !force)
      throw new TaskFailure(`${path} is a ${actual.type}, not a link`, 'force: true replaces a file or an empty folder')
    if (actual.full)
      throw new TaskFailure(
        `${path} is a directory that is not empty`,
        `remove it first, with all that is in it: file({ path: '${path}', state: 'absent' })`,
      )
    if (actual.type === null && !actual.parent) {
      const folder = posix.dirname(path)
      throw new TaskFailure(
        `${folder} is not a directory on the host`,
        `make it first: directory({ path: '${folder}' })`,
      )
    }
    if (hard && actual.other !== 'file')
      throw new TaskFailure(
        actual.other === null ? `${target} does not exist on the host` : `${target} is a ${actual.other}`,
        'a hard link is another name of a file that is there',
      )
    return { type: hard ? 'file' : 'link', target, ...desiredAttributes(params, there ? actual.stat : null, 'file') }
  },
  apply({ path, target, hard }, { from, to, has }) {
    const made = has('type') || has('target')
    const { owner, group } = to ?? {}
    return sh.join(
      [
        made && makeLink(path, target, { hard: hard === true, instead: from.type }),
        owner != null && (made || has('owner')) && sh`chown -h -- ${owner} ${path}`,
        group != null && (made || has('group')) && sh`chgrp -h -- ${group} ${path}`,
      ].map((script) => script && sh`${script} || exit 1`),
    )
  },
  touches: ({ path }) => [fileResource(path)],
  predict: ({ path, target, hard }, { to }) =>
    hard
      ? [will.be(path, { type: 'file' }), willAnswer(sameFile(path, target), { code: 0, stdout: '' })]
      : [
          will.be(path, {
            type: 'link',
            target,
            ...(to?.owner != null && { owner: to.owner }),
            ...(to?.group != null && { group: to.group }),
          }),
        ],
})

/** Whether there is a name in the folder, hidden or not; costs no process. */
const holdsSomething = (path: string): Probe<boolean> => {
  const folder = path.replace(/[\\*?[]/g, '\\$&')
  return map(all(['*', '.[!.]*', '..?*'].map((name) => glob(`${folder}/${name}`))), (found) =>
    found.some((names) => names.length > 0),
  )
}

/** Made under a name of its own and renamed over the old one: there is no moment without it. */
const makeLink = (path: string, target: string, { hard, instead }: { hard: boolean; instead: string | null }): Script =>
  sh`_p=${path} _t=${path.replace(/[^/]*$/, '')}.tsplay-link.$$
${instead === 'directory' ? sh`rmdir -- "$_p" || exit 1` : sh.empty}
rm -f -- "$_t" && ${hard ? sh`ln` : sh`ln -s`} -- ${target} "$_t" && mv -fT -- "$_t" "$_p" || { rm -f -- "$_t"; exit 1; }`

/** The target, where both names are one file; null where they are not. A symbolic link to it does not count. */
const sameFile = (path: string, target: string): Probe<string | null> =>
  map(
    script(sh`[ ! -L ${path} ] && [ ${path} -ef ${target} ]`, { reads: [fileResource(path), fileResource(target)] }),
    ({ code }) => (code === 0 ? target : null),
  )
