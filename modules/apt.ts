// apt: packages of Debian and its kin.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, always, installedPackage, map, type PackageAnswer } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { archivesProbe, cleanScript } from './common/apt-archives.ts'
import { aptCandidates } from './common/apt-candidates.ts'
import { type DebSource, type DebState, debProbe, debSource, debsWillKnow, fetchDeb } from './common/apt-deb.ts'
import { expand, type GlobMatches, globProbe, globsWillKnow, isGlob } from './common/apt-globs.ts'
import { type AptPlan, aptPlan, aptPlanScript, emptyPlan } from './common/apt-plan.ts'
import {
  type AptOptions,
  aptFlags,
  aptPrelude,
  aptScript,
  defaultDpkgOptions,
  listsProbe,
  listsWillBe,
} from './common/apt-script.ts'
import { packageWillBe } from './common/package-prediction.ts'
import { anyVersion, type PackageSpec, packageParam, specsOf, wantedVersion } from './common/package-spec.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `apt`. At least one says what is to be done: `name`, `deb`, `upgrade`, `autoremove`, `updateCache`, … */
export interface AptParams {
  /**
   * One package or several: `nginx`, `nginx=1.22.1-9`, `nginx=1.22*`, `libc6:i386`; with wildcards all that the host's
   * lists know, or with `absent` all that are installed: `php8.2-*`. Default: none.
   */
  name?: string | string[]
  /**
   * `latest`: at the newest version that the host's lists know; one on hold is left. `build-dep`: what is needed to build
   * them from source is installed. `fixed`: what was left half installed, or misses what it depends on, is put right; needs
   * no name. Default `present`.
   */
  state?: 'present' | 'absent' | 'latest' | 'build-dep' | 'fixed'
  /** Install this package: an absolute path on the host, an address that the host fetches, or a file of the control side. Default: none. */
  deb?: string
  /** All packages at their newest versions. `safe`: none is removed; `full`: others may be, where they are in the way. Default: none is upgraded. */
  upgrade?: 'safe' | 'full'
  /**
   * Default: the package lists are refreshed where something is to be installed and they are older than `cacheValidTime`,
   * or than the sources. True: wherever they are older, which is a change of its own. False: never.
   */
  updateCache?: boolean
  /** Seconds. Default 3600. */
  cacheValidTime?: number
  /** With `absent` and `autoremove`: remove configuration files as well. Default false. */
  purge?: boolean
  /**
   * Remove packages that were only installed for others and that none needs any more; with `name`, `deb` or `upgrade`
   * together with another change, else by itself. Default false.
   */
  autoremove?: boolean
  /** Remove fetched packages that cannot be fetched any more. Default false. */
  autoclean?: boolean
  /** Remove all fetched packages. Default false. */
  clean?: boolean
  /** Take versions from this release: `bookworm-backports`. Default: what apt prefers. */
  defaultRelease?: string
  /** Install recommended packages. Default: what the host is set to (for Debian: yes). */
  installRecommends?: boolean
  /** Leave alone what is not installed. Default false. */
  onlyUpgrade?: boolean
  /** Let the version asked for be older than the installed one. Default false: that is a failure. */
  allowDowngrade?: boolean
  /** Change packages that are on hold, too, which ends the hold. Default false: another version is a failure, `latest` leaves them. */
  allowChangeHeld?: boolean
  /** What dpkg is told, without the dashes. Default `force-confdef`, `force-confold`: changed configuration files are kept. */
  dpkgOptions?: string[]
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
  /** Fetched packages that are to go; only asked with `autoclean` and `clean`. */
  readonly archives?: readonly string[] | undefined
  /** Whether dpkg has ended what it began; only asked where all packages are looked at. */
  readonly dpkg?: 'complete' | 'interrupted' | undefined
}

type AptAnswers = AptState & {
  readonly answers: Readonly<Record<string, PackageAnswer>>
  readonly candidates: Readonly<Record<string, string>>
  readonly globs?: GlobMatches
  readonly plan?: AptPlan | undefined
  readonly deb?: DebState | undefined
}

type AptInput = AptParams & { readonly source?: DebSource }

/**
 * Packages are installed, or not. Asks nobody, waits for other package managers, and keeps configuration files that were
 * changed.
 *
 * @example one version, with its services left alone until they are configured
 * ```ts
 * task('nginx', apt({ name: 'nginx=1.22*', startServices: false, installRecommends: false }))
 * ```
 * @example everything at its newest version, and what is not needed any more removed
 * ```ts
 * task('upgrade', apt({ upgrade: 'full', updateCache: true, autoremove: true, purge: true }))
 * ```
 */
export const apt = defineModule<AptParams, AptAnswers, object, AptInput>({
  name: 'apt',
  params: z
    .strictObject({
      name: packageParam(/^[a-z0-9*?[][a-z0-9+.*?[\]!-]+(:[a-z0-9-]+)?$/).optional(),
      state: z.enum(['present', 'absent', 'latest', 'build-dep', 'fixed']).optional(),
      deb: z.string().min(1).optional(),
      upgrade: z.enum(['safe', 'full']).optional(),
      updateCache: z.boolean().optional(),
      cacheValidTime: z.int().min(0).optional(),
      purge: z.boolean().optional(),
      autoremove: z.boolean().optional(),
      autoclean: z.boolean().optional(),
      clean: z.boolean().optional(),
      defaultRelease: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._/=,+-]*$/, { error: "is the name of a release, such as 'bookworm-backports'" })
        .optional(),
      installRecommends: z.boolean().optional(),
      onlyUpgrade: z.boolean().optional(),
      allowDowngrade: z.boolean().optional(),
      allowChangeHeld: z.boolean().optional(),
      dpkgOptions: z
        .array(
          z
            .string()
            .regex(/^[a-z][a-z-]+$/, { error: "an option is written without dashes before it: 'force-confnew'" }),
        )
        .optional(),
      lockTimeout: z.int().min(0).optional(),
      startServices: z.boolean().optional(),
    })
    .refine(
      ({ name, deb, upgrade, autoremove, autoclean, clean, updateCache, state }) =>
        (name ?? deb ?? upgrade) !== undefined || autoremove || autoclean || clean || updateCache || state === 'fixed',
      { error: 'what is to be done? Give name, deb, upgrade, autoremove, autoclean, clean or updateCache' },
    )
    .refine(({ name, deb, upgrade }) => [name, deb, upgrade].filter((each) => each !== undefined).length <= 1, {
      error: 'name, deb and upgrade each want a task of their own',
    })
    .refine(({ state, name }) => state !== 'build-dep' || name !== undefined, { error: 'is needed', path: ['name'] })
    .refine(({ state, deb, upgrade }) => (deb ?? upgrade) === undefined || state === undefined || state === 'present', {
      error: "goes with name only: a deb or an upgrade is 'present'",
      path: ['state'],
    }),
  subject: ({ name, deb, upgrade }) =>
    name !== undefined ? [name].flat().join(', ') : (deb ?? (upgrade ? `${upgrade} upgrade` : 'packages')),
  async prepare(params, control) {
    return params.deb === undefined ? params : { ...params, source: await debSource(params.deb, control) }
  },
  probe(params) {
    const specs = params.name === undefined ? [] : specsOf(params.name)
    const names = specs.map(({ name }) => name).filter((name) => !isGlob(name))
    const globs = specs.map(({ name }) => name).filter(isGlob)
    const args = planned(params)
    return map(
      all({
        answers: all(Object.fromEntries((args ? [] : names).map((name) => [name, installedPackage(name)]))),
        candidates:
          params.state === 'latest'
            ? aptCandidates(
                specs.map(({ name }) => name),
                params.defaultRelease,
              )
            : always<Record<string, string>>({}),
        globs: globProbe(args ? [] : globs),
        lists: params.updateCache
          ? map(listsProbe(params.cacheValidTime ?? defaultAge), ({ stdout }) => listsState(stdout))
          : always(undefined),
        plan: args ? aptPlan(args) : always(undefined),
        deb: params.source ? debProbe(params.source) : always(undefined),
        archives: params.autoclean || params.clean ? archivesProbe(params) : always(undefined),
      }),
      (found) => stateOf(params, specs, found),
    )
  },
  desired(params, actual) {
    const { answers, plan, deb } = actual
    const other = Object.values(answers).find(({ manager }) => manager !== 'apt')
    if (other) {
      throw new TaskFailure(
        `the host has no apt${other.manager === 'none' ? '' : `: its packages are ${other.manager}'s`}`,
        "package({ … }) takes the host's own manager",
      )
    }
    if (plan?.failure !== undefined && !plan.interrupted) throw new TaskFailure(plan.failure, hintFor(plan.failure))
    if (deb?.failure !== undefined) throw new TaskFailure(deb.failure)
    if (deb?.older && !params.allowDowngrade)
      throw new TaskFailure(
        `${deb.name} ${deb.installed} is installed, which is newer than ${deb.version}`,
        'allowDowngrade: true takes the older one',
      )
    return {
      packages: wantedPackages(params, actual),
      ...(params.updateCache && { lists: 'fresh' as const }),
      ...(actual.archives && { archives: [] }),
      ...(plan && { dpkg: 'complete' as const }),
    }
  },
  apply(params, change) {
    const refresh = change.has('lists')
    const options = optionsOf(params, refresh)
    return sh.join([
      packagesScript(params, change.from, change.to?.packages ?? {}, options),
      change.has('archives') && sh.join([aptPrelude({ ...options, refresh: false }, false), cleanScript(params)]),
    ])
  },
  predict(params, { from, to }) {
    const args = planned(params)
    const changed = Object.fromEntries(
      Object.entries(to?.packages ?? {}).filter(([name, version]) => version !== from.packages[name]),
    )
    const isPurged = (version: string | null) => version === null && params.purge === true
    return [
      ...Object.entries(changed).flatMap(([name, version]) => [
        will.havePackage(name, version, { enables: true }),
        ...(isPurged(version) ? [packageWillBe(name, { residual: false })] : []),
      ]),
      globsWillKnow(
        Object.fromEntries(
          Object.entries(changed).map(([name, version]) => [
            name,
            { version, ...(isPurged(version) && { residual: false }) },
          ]),
        ),
      ),
      debsWillKnow(changed),
      ...(params.updateCache ? [listsWillBe('fresh')] : []),
      ...(args ? [willAnswer(aptPlanScript(args), emptyPlan)] : []),
      ...(from.archives ? [willAnswer(archivesProbe(params), { code: 0, stdout: '' })] : []),
    ]
  },
})

const defaultAge = 3600

const optionsOf = (params: AptParams, refresh: boolean): AptOptions => ({
  ...params,
  refresh,
  listsAge: params.updateCache === false ? undefined : (params.cacheValidTime ?? defaultAge),
  lockTimeout: params.lockTimeout ?? 60,
})

/** What apt-get is called with where it decides itself which packages change; undefined where they are named. */
function planned(params: AptParams): string[] | undefined {
  const { name, state, upgrade, autoremove, deb } = params
  const purge = params.purge ? ['--purge'] : []
  const names = name === undefined ? [] : specsOf(name).map(nameAndVersion)
  if (state === 'build-dep') return ['build-dep', ...aptFlags(params), '--', ...names]
  if (state === 'fixed') return ['install', '--fix-broken', ...aptFlags(params), '--', ...names]
  if (upgrade === 'safe') return ['upgrade', '--with-new-pkgs', ...purge, ...aptFlags(params)]
  if (upgrade === 'full') return ['dist-upgrade', ...purge, ...aptFlags(params)]
  return autoremove && name === undefined && deb === undefined ? ['autoremove', ...purge] : undefined
}

type Found = Omit<AptAnswers, 'packages'> & { readonly globs: GlobMatches }

function stateOf(params: AptInput, specs: readonly PackageSpec[], found: Found): AptAnswers {
  const { plan, deb, globs } = found
  const answers = { ...globs.installed, ...found.answers }
  const named = expand(specs, globs).map(
    ({ name }) => [name, answers[name] && versionOf(answers[name], params)] as const,
  )
  const changed = Object.entries(plan?.changes ?? {}).map(([name, { from }]) => [name, from] as const)
  return {
    ...found,
    answers,
    packages: Object.fromEntries(
      plan ? changed : deb ? [[deb.name, deb.installed]] : named.map(([name, v]) => [name, v ?? null]),
    ),
    dpkg: plan && (plan.interrupted ? 'interrupted' : 'complete'),
  }
}

/** The version; where a package was removed and is to be purged, what is left of it. */
const versionOf = ({ version, residual }: PackageAnswer, { state, purge }: AptParams): string | null =>
  version ?? (state === 'absent' && purge && residual ? 'configuration files' : null)

function wantedPackages(params: AptInput, actual: AptAnswers): Record<string, string | null> {
  const { answers, candidates, packages, plan, deb } = actual
  if (plan) return Object.fromEntries(Object.entries(plan.changes).map(([name, { to }]) => [name, to]))
  if (deb) return { [deb.name]: deb.version ?? anyVersion }
  const version = (spec: PackageSpec): string | null => {
    const present = packages[spec.name] ?? null
    if (params.state === 'absent' || (params.onlyUpgrade && present === null)) return null
    if (params.state !== 'latest' || spec.version !== undefined) return wantedVersion(spec, present, 'apt')
    const stays = answers[spec.name]?.held && !params.allowChangeHeld
    return stays ? present : (candidates[spec.name] ?? present ?? anyVersion)
  }
  return Object.fromEntries(namedSpecs(params, actual).map((spec) => [spec.name, version(spec)]))
}

/** What was named, wildcards replaced by what they mean. @throws TaskFailure where they mean nothing. */
function namedSpecs(params: AptParams, { globs }: Pick<AptAnswers, 'globs'>): PackageSpec[] {
  const specs = params.name === undefined ? [] : specsOf(params.name)
  const unknown = specs.find(({ name }) => isGlob(name) && !globs?.names[name]?.length)
  if (unknown && params.state !== 'absent')
    throw new TaskFailure(
      `no package that the host knows is called '${unknown.name}'`,
      'are its package lists fresh? updateCache: true',
    )
  return globs ? expand(specs, globs) : specs
}

function packagesScript(
  params: AptInput,
  from: AptAnswers,
  wanted: Readonly<Record<string, string | null>>,
  options: AptOptions,
): Script {
  const differing = Object.keys(wanted).filter((name) => wanted[name] !== from.packages[name])
  const args = planned(params)
  if (args) {
    const again = differing.length > 0 || options.refresh || from.plan?.failure !== undefined
    return sh.join([
      aptPrelude(options),
      from.dpkg === 'interrupted' &&
        sh`dpkg ${(params.dpkgOptions ?? defaultDpkgOptions).map((option) => `--${option}`)} --configure -a || exit $?`,
      again && sh`_apt ${args} || exit $?`,
    ])
  }
  if (params.source) {
    if (differing.length === 0) return aptPrelude(options, false)
    return sh`${aptPrelude(options)}
(
${fetchDeb(params.source)}
_apt install ${aptFlags(params)} -- "$_deb"
) || exit $?`
  }
  if (params.state === 'absent') return aptScript([], differing, options)
  const specs = namedSpecs(params, from).filter(({ name }) => !params.onlyUpgrade || from.packages[name] != null)
  // with newer lists there may be newer versions than were known
  const install =
    params.state === 'latest' && options.refresh
      ? specs.filter(({ name }) => params.allowChangeHeld || !from.answers[name]?.held)
      : specs.filter(({ name }) => differing.includes(name))
  return aptScript(install, [], options)
}

const nameAndVersion = ({ name, version }: PackageSpec): string => (version === undefined ? name : `${name}=${version}`)

const listsState = (stdout: string) => (stdout.trim() === 'fresh' ? ('fresh' as const) : ('old' as const))

function hintFor(failure: string): string | undefined {
  if (/deb-src/.test(failure)) return "aptRepository({ types: ['deb-src'], … }) brings the sources"
  if (/unmet dependencies|--fix-broken/i.test(failure))
    return "apt({ state: 'fixed' }) puts right what was left half installed"
  return undefined
}
