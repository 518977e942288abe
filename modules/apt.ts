// apt: packages of Debian and its kin.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, always, installedPackage, map, type PackageAnswer, type Probe, script } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { type AptOptions, aptScript, listsAreOld } from './common/apt-script.ts'
import { anyVersion, type PackageSpec, packageParam, specsOf, wantedVersion } from './common/package-spec.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `apt`. */
export interface AptParams {
  /** One package or several: `nginx`, `nginx=1.22.1-9`, `nginx=1.22*`, `libc6:i386`. */
  name: string | string[]
  /** `latest`: at the newest version that the host's lists know; one on hold is left. Default `present`. */
  state?: 'present' | 'absent' | 'latest'
  /**
   * Default: the package lists are refreshed where something is to be installed and they are older than `cacheValidTime`,
   * or than the sources. True: wherever they are older, which is a change of its own. False: never.
   */
  updateCache?: boolean
  /** Seconds. Default 3600. */
  cacheValidTime?: number
  /** With `absent`: remove configuration files as well. Default false. */
  purge?: boolean
  /** Remove packages that were only installed for others and that none needs any more, together with another change. Default false. */
  autoremove?: boolean
  /** Install recommended packages. Default: what the host is set to (for Debian: yes). */
  installRecommends?: boolean
  /** Let the version asked for be older than the installed one. Default false: that is a failure. */
  allowDowngrade?: boolean
  /** Seconds to wait for another apt or dpkg to end. Default 60. */
  lockTimeout?: number
  /** False: services that come with the packages are not started. Default true. */
  startServices?: boolean
}

/** Packages on the host. */
export interface AptState {
  /** Versions by name; null where it is not installed. */
  readonly packages: Readonly<Record<string, string | null>>
  /** Whether the package lists are fresh; only asked with `updateCache: true`. */
  readonly lists?: 'fresh' | 'old' | undefined
}

type AptAnswers = AptState & {
  readonly answers: Readonly<Record<string, PackageAnswer>>
  readonly candidates: Readonly<Record<string, string>>
}

/** Packages are installed, or not. Asks nobody, and keeps configuration files that were changed. */
export const apt = defineModule<AptParams, AptAnswers>({
  name: 'apt',
  params: z.strictObject({
    name: packageParam(/^[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?$/),
    state: z.enum(['present', 'absent', 'latest']).optional(),
    updateCache: z.boolean().optional(),
    cacheValidTime: z.int().min(0).optional(),
    purge: z.boolean().optional(),
    autoremove: z.boolean().optional(),
    installRecommends: z.boolean().optional(),
    allowDowngrade: z.boolean().optional(),
    lockTimeout: z.int().min(0).optional(),
    startServices: z.boolean().optional(),
  }),
  subject: ({ name }) => [name].flat().join(', '),
  probe(params) {
    const names = specsOf(params.name).map(({ name }) => name)
    return map(
      all({
        answers: all(Object.fromEntries(names.map((name) => [name, installedPackage(name)]))),
        candidates: params.state === 'latest' ? candidates(names) : always<Record<string, string>>({}),
        lists: params.updateCache ? map(listsProbe(params), ({ stdout }) => listsState(stdout)) : always(undefined),
      }),
      (found) => ({
        ...found,
        packages: Object.fromEntries(names.map((name) => [name, versionOf(found.answers[name]!, params)])),
      }),
    )
  },
  desired(params, { answers, candidates, packages }) {
    const other = Object.values(answers).find(({ manager }) => manager !== 'apt')
    if (other) {
      throw new TaskFailure(
        `the host has no apt${other.manager === 'none' ? '' : `: its packages are ${other.manager}'s`}`,
        "package({ … }) takes the host's own manager",
      )
    }
    const version = (spec: PackageSpec): string | null => {
      if (params.state === 'absent') return null
      const present = packages[spec.name] ?? null
      if (params.state !== 'latest' || spec.version !== undefined) return wantedVersion(spec, present, 'apt')
      return answers[spec.name]!.held ? present : (candidates[spec.name] ?? present ?? anyVersion)
    }
    return {
      packages: Object.fromEntries(specsOf(params.name).map((spec) => [spec.name, version(spec)])),
      ...(params.updateCache && { lists: 'fresh' as const }),
    }
  },
  apply(params, change) {
    const wanted = change.to?.packages ?? {}
    const differing = specsOf(params.name).filter(({ name }) => wanted[name] !== change.from.packages[name])
    const refresh = change.has('lists')
    if (params.state === 'absent')
      return aptScript(
        [],
        differing.map(({ name }) => name),
        optionsOf(params, refresh),
      )
    // with newer lists there may be newer versions than were known
    const install =
      params.state === 'latest' && refresh
        ? specsOf(params.name).filter(({ name }) => !change.from.answers[name]!.held)
        : differing
    return aptScript(install, [], optionsOf(params, refresh))
  },
  predict: (params, { to }) => [
    ...Object.entries(to?.packages ?? {}).map(([name, version]) => will.havePackage(name, version, { enables: true })),
    ...(params.updateCache ? [willAnswer(listsProbe(params), { code: 0, stdout: 'fresh\n' })] : []),
  ],
})

const defaultAge = 3600

const optionsOf = (params: AptParams, refresh: boolean): AptOptions => ({
  ...params,
  refresh,
  listsAge: params.updateCache === false ? undefined : (params.cacheValidTime ?? defaultAge),
  lockTimeout: params.lockTimeout ?? 60,
})

/** The version; where a package was removed and is to be purged, what is left of it. */
const versionOf = ({ version, residual }: PackageAnswer, { state, purge }: AptParams): string | null =>
  version ?? (state === 'absent' && purge && residual ? 'configuration files' : null)

const aptFiles = ['/var/lib/apt', '/etc/apt'].map(fileResource)

const listsProbe = ({ cacheValidTime = defaultAge }: AptParams) =>
  script(
    sh`${listsAreOld(cacheValidTime)}
if _lists_old; then echo old; else echo fresh; fi`,
    { reads: aptFiles },
  )

const listsState = (stdout: string) => (stdout.trim() === 'fresh' ? ('fresh' as const) : ('old' as const))

/** The version that apt would install, by name; a package that has none is left out. */
const candidates = (names: readonly string[]): Probe<Record<string, string>> =>
  map(
    script(sh`if command -v apt-cache >/dev/null 2>&1; then LC_ALL=C apt-cache policy -- ${names}; fi`, {
      reads: [...aptFiles, ...names.map((name) => `package:${name}`)],
    }),
    ({ stdout }) => {
      const found = new Map(
        [...stdout.matchAll(/^(\S+):\n.*\n {2}Candidate: (\S+)$/gm)].map(([, name, version]) => [name!, version!]),
      )
      // apt leaves the host's own architecture out of a name
      const known = names.map((name) => [name, found.get(name) ?? found.get(name.replace(/:.*/, ''))] as const)
      return Object.fromEntries(
        known.filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '(none)'),
      )
    },
  )
