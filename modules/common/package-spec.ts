// Packages as a user names them: `nginx`, `docker-ce=5:20.10*`. Knows no package manager.
import { z } from 'zod'
import type { PackageAnswer } from '../../engine/probe.ts'
import { namesOf } from './names.ts'

/** A package, and the version it should have. */
export interface PackageSpec {
  readonly name: string
  /** Exact, or with `*` for any rest. */
  readonly version: string | undefined
}

/** One package or several, each once. `pattern` is what a manager takes as a name. */
export const packageParam = (pattern: RegExp): z.ZodType<string | string[]> =>
  z
    .union([z.string(), z.array(z.string())], { error: 'expected a package or a list of packages' })
    .superRefine((value, ctx) => {
      const seen = new Set<string>()
      for (const text of namesOf(value)) {
        const { name, version } = parseSpec(text)
        const shown = JSON.stringify(text.slice(0, 80))
        // apt takes a name with a dash at its end as one to be removed
        const valid =
          pattern.test(name) &&
          !name.endsWith('-') &&
          (version === undefined || /^[A-Za-z0-9][A-Za-z0-9.+:~^_*-]*$/.test(version))
        if (!valid)
          ctx.addIssue({
            code: 'custom',
            message: `${shown} is not the name of a package, such as 'nginx' or 'nginx=1.22*'`,
          })
        else if (seen.has(name)) ctx.addIssue({ code: 'custom', message: `${shown}: '${name}' is named twice` })
        seen.add(name)
      }
    }) as z.ZodType<string | string[]>

export const specsOf = (value: string | readonly string[]): PackageSpec[] => namesOf(value).map(parseSpec)

/** Whether an installed version is the one that was asked for. An rpm's may be asked for without epoch and release. */
export function versionFits(installed: string, wanted: string, manager: PackageAnswer['manager']): boolean {
  const spellings =
    manager === 'apt' || manager === 'apk'
      ? [installed]
      : [
          installed,
          installed.replace(/^\d+:/, ''),
          installed.replace(/-[^-]*$/, ''),
          installed.replace(/^\d+:/, '').replace(/-[^-]*$/, ''),
        ]
  const pattern = new RegExp(`^${wanted.split('*').map(escaped).join('.*')}$`)
  return spellings.some((spelling) => pattern.test(spelling))
}

/** The version a package should have, given the one it has: that one where it will do. */
export function wantedVersion(
  { version }: PackageSpec,
  installed: string | null,
  manager: PackageAnswer['manager'],
): string {
  if (installed !== null && (version === undefined || versionFits(installed, version, manager))) return installed
  return version ?? anyVersion
}

/** Stands for the version that the manager will choose. */
export const anyVersion = 'installed'

function parseSpec(text: string): PackageSpec {
  const equals = text.indexOf('=')
  return equals < 0
    ? { name: text, version: undefined }
    : { name: text.slice(0, equals), version: text.slice(equals + 1) }
}

const escaped = (text: string): string => text.replace(/[.+^$()|[\]\\{}?]/g, '\\$&')
