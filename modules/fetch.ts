// fetch: a file of the host, brought to the control side.

import { createHash } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { all, digest, map, target } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import { modeParam } from './common/file-attributes.ts'
import { pathParam } from './common/params.ts'

/** Parameters of `fetch`. */
export interface FetchParams {
  /** Absolute path of a file on the host. Links are followed. */
  src: string
  /** Where it goes on the control side, relative to the playbook's folder. See `flat`. */
  dest: string
  /**
   * Default false: `dest` is a folder, and the file lies in it by the host's name and its whole path, `dest/web1/etc/hosts`.
   * True: `dest` is the file; with a slash at its end a folder that it goes into by its own name. Hosts that share a
   * `dest` then replace each other's file.
   */
  flat?: boolean
  /** False: a file that the host does not have is nothing to do. Default true: it is a failure. */
  failOnMissing?: boolean
  /** Mode of the file on the control side, when it is written. Default: 0600 where only its owner may read it on the host, else 0644. */
  mode?: string
}

/** What `register` receives. */
export interface FetchResult {
  /** Absolute path on the control side, or relative to the playbook's folder. */
  readonly dest: string
  /** Of the file on the host; null where there is none. */
  readonly sha256: string | null
}

interface Input {
  readonly params: FetchParams
  readonly dest: string
  /** Of the file on the control side. */
  readonly present: string | null
}

/** Digest of the file on the control side, which is to be that of the host's. */
interface FetchState {
  readonly sha256: string | null
  readonly found: { readonly type: string; readonly mode: string; readonly sha256: string | null } | null
}

/**
 * Brings a file to the control side, where it differs from what is there. What arrives is summed again before it is
 * written, at once or not at all. Changes nothing on the host.
 *
 * @example the kubeconfig of the first master
 * ```ts
 * task('kubeconfig', fetch({ src: '/etc/kubernetes/admin.conf', dest: 'out/admin.conf', flat: true }))
 * ```
 * @example a log of every host, if it has one: out/web1/var/log/app.log
 * ```ts
 * task('logs', fetch({ src: '/var/log/app.log', dest: 'out', failOnMissing: false }))
 * ```
 */
export const fetch = defineModule<FetchParams, FetchState, FetchResult, Input>({
  name: 'fetch',
  params: z.strictObject({
    src: pathParam.refine((src) => !src.endsWith('/'), { error: 'is a file; synchronize brings folders' }),
    dest: z.string().min(1),
    flat: z.boolean().optional(),
    failOnMissing: z.boolean().optional(),
    mode: modeParam.regex(/^[0-7]+$/, { error: "is octal digits here, such as '0600'" }).optional(),
  }),
  // tasks before it may make or remove what is on the control side
  late: true,
  subject: ({ src }) => src,
  async prepare(params, control) {
    const dest = destOf(params, control.host.name)
    return { params, dest, present: (await control.present(dest))?.content.sha256 ?? null }
  },
  probe: ({ params: { src }, present }) =>
    map(all({ found: target(src), sum: digest(src) }), ({ found, sum }) => ({
      sha256: present,
      found: found && { type: found.type, mode: found.mode, sha256: sum },
    })),
  desired({ params: { src, failOnMissing = true } }, { found }) {
    if (found === null) {
      if (!failOnMissing) return {}
      throw new TaskFailure(`${src} does not exist`, 'failOnMissing: false takes that for nothing to do')
    }
    if (found.type !== 'file')
      throw new TaskFailure(`${src} is a ${found.type}, not a file`, 'synchronize brings folders')
    if (found.sha256 === null) throw new TaskFailure(`${src} may not be read`, 'become: true reads it as root')
    return { sha256: found.sha256 }
  },
  apply: ({ params: { src } }) => sh`cat < ${src}`,
  async receive({ params: { mode }, dest }, { from, to }, output, control) {
    const sum = createHash('sha256').update(output).digest('hex')
    if (sum !== to?.sha256) throw new Error('the file was changed while it was fetched: try again')
    await control.save(dest, output, { mode: mode ?? (/[4-7]$/.test(from.found?.mode ?? '') ? '0644' : '0600') })
  },
  result: ({ dest }, { found }) => ({ dest, sha256: found?.sha256 ?? null }),
  touches: () => [],
  predict: () => [],
})

function destOf({ src, dest, flat = false }: FetchParams, host: string): string {
  // a host's name is the inventory's; what in it would lead elsewhere does not
  if (!flat) return path.join(dest, host.replaceAll('/', '_').replace(/^\.+$/, '_'), path.posix.normalize(src))
  return dest.endsWith('/') ? path.join(dest, path.posix.basename(src)) : dest
}
