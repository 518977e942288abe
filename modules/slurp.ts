// slurp: what is in a file of the host, for tasks that depend on it.
import { z } from 'zod'
import { diffLimit } from '../engine/content.ts'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { all, file, map, script, target } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { type Secret, secret } from '../engine/secret.ts'
import { looking } from './common/looking.ts'
import { pathParam } from './common/params.ts'

/** Parameters of `slurp`. */
export interface SlurpParams {
  /** Absolute path of a file. Links are followed. */
  path: string
  /** Most bytes that are brought; a larger file is a failure. Default 10 MiB. */
  limit?: number
}

/** What `register` receives. */
export interface SlurpResult {
  /** The content as text; undefined where it is not UTF-8. */
  readonly text: string | undefined
  readonly bytes: Uint8Array
  /** The text as a secret, to be handed to parameters that take one. */
  readonly secret: Secret
  readonly sha256: string
}

interface SlurpState {
  readonly type: string | null
  readonly size: number
  readonly sha256: string
  readonly bytes: Uint8Array | undefined
}

/**
 * Brings the content of a file, text or binary. It goes to the tasks behind it and is shown nowhere. Changes nothing.
 *
 * @example a token that another task needs
 * ```ts
 * task('token', slurp({ path: '/var/lib/app/token' })).register(({ secret }) => [
 *   task('login', copy({ content: secret, dest: '/root/.token', mode: '0600' })),
 * ])
 * ```
 * @example a list that decides what is done
 * ```ts
 * task('disks', slurp({ path: '/etc/disks', limit: 4096 })).register(({ text = '' }) =>
 *   text.split('\n').filter(Boolean).map((disk) => task(`fstab ${disk}`, lineInFile({ path: '/etc/fstab', line: disk }))),
 * )
 * ```
 */
export const slurp = defineModule<SlurpParams, SlurpState, SlurpResult>({
  name: 'slurp',
  params: z.strictObject({ path: pathParam, limit: z.int().min(0).optional() }),
  subject: ({ path }) => path,
  probe: ({ path, limit = defaultLimit }) =>
    map(
      all({
        found: target(path),
        small: file(path),
        // a file that is only planned is never this large
        large: script(
          sh`if [ -f ${path} ]; then
  _z=$(wc -c < ${path}) || exit 1
  if [ "$_z" -gt ${diffLimit} ] && [ "$_z" -le ${limit} ]; then base64 < ${path} || exit 1; fi
fi`,
          { reads: [fileResource(path)] },
        ),
      }),
      ({ found, small, large }) => ({
        type: found?.type ?? null,
        size: small?.content?.length ?? found?.size ?? 0,
        sha256: small?.sha256 ?? '',
        bytes:
          small?.content ?? (large.stdout === '' ? undefined : new Uint8Array(Buffer.from(large.stdout, 'base64'))),
      }),
    ),
  ...looking,
  desired({ path, limit = defaultLimit }, { type, size, bytes }) {
    if (type === null) throw new TaskFailure(`${path} does not exist`, 'stat({ path }) tells whether it does')
    if (type !== 'file') throw new TaskFailure(`${path} is a ${type}, not a file`)
    if (bytes === undefined || size > limit)
      throw new TaskFailure(
        `${path} has ${size} bytes, and the limit is ${limit}`,
        `fetch brings large files; or limit: ${size}`,
      )
    return {}
  },
  result: (_params, { bytes = new Uint8Array(), sha256 }) => {
    const text = textOf(bytes)
    return { text, bytes, sha256, secret: secret(text ?? '', 'content of a file') }
  },
})

const defaultLimit = 10 * 1024 * 1024

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
