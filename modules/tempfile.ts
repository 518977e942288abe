// tempfile: a file or folder of its own, under a name that nobody has.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { always } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { pathParam } from './common/params.ts'

/** Parameters of `tempfile`. */
export interface TempfileParams {
  /** Default `'file'`. */
  state?: 'file' | 'directory'
  /** The folder it is made in. Default: `$TMPDIR` of the host, or `/tmp`. */
  path?: string
  /** How its name begins. Default `'tsplay.'`. */
  prefix?: string
  /** How its name ends. Default: nothing. */
  suffix?: string
}

/** What `register` receives; its path is known only once it is made. */
export interface TempfileResult {
  /** Its absolute path. */
  readonly path: string
}

const partParam = z.string().regex(/^[^/\0]*$/, { error: 'is part of a name, and holds no slash' })

/**
 * Makes an empty file, or a folder, that only its owner may read. Always changed: whoever makes one removes it.
 *
 * @example a folder to build in
 * ```ts
 * task('scratch', tempfile({ state: 'directory', prefix: 'build.' })).register(({ path }) => [
 *   task('build', command({ cmd: ['make', 'install'], chdir: path })),
 *   task('no scratch', file({ path, state: 'absent' })),
 * ])
 * ```
 * @example a file with an ending that a program wants
 * ```ts
 * task('manifest', tempfile({ path: '/var/tmp', suffix: '.yaml' }))
 * ```
 */
export const tempfile = defineModule<TempfileParams, { readonly made: boolean }, TempfileResult>({
  name: 'tempfile',
  params: z.strictObject({
    state: z.enum(['file', 'directory']).optional(),
    path: pathParam.optional(),
    prefix: partParam.optional(),
    suffix: partParam.optional(),
  }),
  runs: true,
  subject: ({ state = 'file' }) => `a ${state}`,
  probe: () => always({ made: false }),
  desired: () => ({ made: true }),
  apply({ state = 'file', path, prefix = 'tsplay.', suffix = '' }) {
    // busybox mktemp knows no endings, so a name is only proposed; whoever has it already makes us try again
    const make = state === 'directory' ? sh`mkdir -m 0700 -- "$_f"` : sh`(umask 077; set -C; : > "$_f")`
    return sh`_d=${path === undefined ? sh.raw('"${TMPDIR:-/tmp}"') : path}
if [ ! -d "$_d" ]; then printf '%s is not a directory on the host\n' "$_d" >&2; exit 1; fi
for _k in 1 2 3; do
  _f=$(mktemp -u -- "$_d"/${prefix}XXXXXXXX)${suffix} || exit 1
  if ${make}; then printf '%s\n' "$_f"; exit 0; fi
done
exit 1`
  },
  result: (_params, _actual, output) => ({ path: (output?.stdout ?? '').replace(/\n$/, '') }),
  touches: ({ path }) => (path === undefined ? undefined : [fileResource(path)]),
  // nothing that another task asks about is called so
  predict: () => [],
})
