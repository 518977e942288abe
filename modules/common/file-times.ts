// Times of access and change: the parameters, what is asked for them, and the commands that set them.
import { z } from 'zod'
import { always, map, type Probe, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'

/** Parameters of what touches a path. */
export interface FileTimes {
  /** When it was last read, as `modificationTime` says when it was written. Default: `'now'` where it is touched, else `'preserve'`. */
  accessTime?: string
  /**
   * When it was last written: a time with its zone such as `'2026-01-31T12:00:00Z'`, `'preserve'` for as it is, or `'now'`,
   * with which the task is always changed. Default: `'now'` where it is touched, else `'preserve'`.
   */
  modificationTime?: string
}

const timeParam = z.string().refine((time) => time === 'now' || time === 'preserve' || secondsOf(time) !== undefined, {
  error: "is 'now', 'preserve', or a time with its zone such as '2026-01-31T12:00:00Z'",
})

/** The schema's share. */
export const fileTimeParams = { accessTime: timeParam.optional(), modificationTime: timeParam.optional() }

/** Seconds since 1970; undefined for what is no time. */
export function secondsOf(time: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[-+]\d\d:\d\d)$/.test(time)) return undefined
  const milliseconds = Date.parse(time)
  return Number.isNaN(milliseconds) || milliseconds < 0 ? undefined : milliseconds / 1000
}

/** When the path, or what it leads to, was last read. Asked only where that matters; null where nothing is there. */
export const accessedProbe = (path: string, { accessTime = '' }: FileTimes): Probe<number | null> =>
  secondsOf(accessTime) === undefined
    ? always(null)
    : map(script(sh`stat -L -c %X -- ${path} 2>/dev/null`, { reads: [fileResource(path)] }), ({ code, stdout }) =>
        code === 0 ? Number(stdout) : null,
      )

/** Sets one of the times of what is there. POSIX knows no seconds since 1970, so the time is written out. */
export const setTime = (which: '-a' | '-m', seconds: number, path: string): Script =>
  sh`TZ=UTC0 touch -c ${which} -t ${new Date(seconds * 1000).toISOString().replace(/^(....)-(..)-(..)T(..):(..):(..).*$/, '$1$2$3$4$5.$6')} -- ${path}`
