// What a host's npm says of the packages of a project, or of its own. Installs nothing.
import { map, type Probe, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'

/** What decides what is asked: the module's own parameters. */
export interface NpmWish {
  readonly name?: string | readonly string[]
  readonly path?: string
  readonly global?: boolean
  readonly state?: 'present' | 'absent' | 'latest'
  readonly production?: boolean
  readonly ci?: boolean
  readonly ignoreScripts?: boolean
  readonly registry?: string
  readonly executable?: string
}

export interface NpmAnswer {
  /** Versions by name; null where package.json asks for a package that is not there, or not so. */
  readonly packages: Readonly<Record<string, string | null>>
  /** Newest versions by name; only asked with `latest`. */
  readonly newest: Readonly<Record<string, string>>
  readonly failure: string | undefined
  readonly hint: string | undefined
}

/** npm with its arguments, telling nobody about itself. */
export const npmCommand = ({ executable = 'npm', registry }: NpmWish, args: readonly string[]): Script =>
  sh`${executable} ${args} --no-update-notifier --no-audit --no-fund ${registry === undefined ? [] : [`--registry=${registry}`]}`

/** In the project's folder, with or without what is only needed to develop it. */
export const npmFolder = ({ path, production }: NpmWish): Script =>
  sh.join([
    path !== undefined && sh`cd -- ${path} || exit 1`,
    production !== undefined && sh`NODE_ENV=${production ? 'production' : 'development'}; export NODE_ENV`,
  ])

const where = ({ global }: NpmWish): string[] => (global ? ['--global'] : [])

/** To list, npm would make an empty cache in the home folder, unless it is told of a folder that is there. */
export const npmQuestion = (params: NpmWish, names: readonly string[]) => {
  const { path, state, executable = 'npm' } = params
  const list = npmCommand(params, ['ls', '--json', '--depth=0', ...where(params)])
  return script(
    sh.join([
      sh`command -v ${executable} >/dev/null 2>&1 || { echo 'missing npm'; exit 0; }`,
      path !== undefined && sh`[ -d ${path} ] || { echo 'missing folder'; exit 0; }`,
      path !== undefined &&
        names.length === 0 &&
        sh`[ -f ${`${path}/package.json`} ] || { echo 'missing package.json'; exit 0; }`,
      npmFolder(params),
      sh`npm_config_logs_max=0; export npm_config_logs_max
npm_config_cache=/ ${list} 2>/dev/null`,
      sh`echo; echo --`,
      state === 'latest' &&
        names.length === 0 &&
        sh`${npmCommand(params, ['outdated', '--json'])} 2>/dev/null; echo; echo --`,
      ...(state === 'latest'
        ? names.map((name) => sh`${npmCommand(params, ['view', `${name}@latest`, 'version'])} 2>&1; echo; echo --`)
        : []),
      sh`:`,
    ]),
    { ...(path !== undefined && { reads: [fileResource(path)] }) },
  )
}

export const npmProbe = (params: NpmWish, names: readonly string[]): Probe<NpmAnswer> =>
  map(npmQuestion(params, names), ({ stdout }) => readAnswer(params, names, stdout))

/** The answer once these versions are installed. */
export const npmAnswer = (
  { state }: NpmWish,
  names: readonly string[],
  { packages, newest }: NpmAnswer,
  wanted: Readonly<Record<string, string | null | undefined>>,
) => {
  const dependencies = Object.entries({ ...packages, ...wanted }).filter(([, version]) => version != null)
  const list = { dependencies: Object.fromEntries(dependencies.map(([name, version]) => [name, { version }])) }
  const rest = state === 'latest' ? (names.length === 0 ? ['{}'] : names.map((name) => newest[name] ?? '')) : []
  return { code: 0, stdout: [JSON.stringify(list), ...rest, ''].join('\n--\n') }
}

interface Listed {
  readonly error?: { readonly summary?: string; readonly code?: string }
  readonly dependencies?: Readonly<
    Record<string, { readonly version?: string; readonly missing?: boolean; readonly invalid?: unknown }>
  >
}

function readAnswer(params: NpmWish, names: readonly string[], stdout: string): NpmAnswer {
  const none = { packages: {}, newest: {}, failure: undefined, hint: undefined }
  const missing = /^missing (.*)$/m.exec(stdout)?.[1]
  if (missing === 'npm')
    return {
      ...none,
      failure: `the host has no ${params.executable ?? 'npm'}`,
      hint: "install it first: package({ name: 'npm' })",
    }
  if (missing !== undefined)
    return {
      ...none,
      failure: `${params.path} ${missing === 'folder' ? 'is not a folder' : `has no ${missing}`} on the host`,
      hint: undefined,
    }
  const [list = '', ...rest] = stdout.split(/^--$/m)
  const listed = json<Listed>(list)
  // a folder that was never installed into is no error
  const broken =
    listed === undefined || (listed.error && listed.error.code !== 'ELSPROBLEMS' && listed.error.code !== 'ENOENT')
  if (broken) return { ...none, failure: `npm ls: ${listed?.error?.summary ?? (list.trim() || 'no answer')}` }
  const packages = Object.entries(listed.dependencies ?? {}).map(
    ([name, { version, missing, invalid }]): [string, string | null] => [
      name,
      missing || (invalid && names.length === 0) ? null : (version ?? null),
    ],
  )
  if (params.state !== 'latest') return { ...none, packages: Object.fromEntries(packages) }
  if (names.length === 0) {
    const outdated = Object.entries(json<Record<string, { wanted?: string; current?: string }>>(rest[0] ?? '') ?? {})
    return {
      ...none,
      packages: Object.fromEntries(packages),
      newest: Object.fromEntries(
        outdated.flatMap(([name, { wanted }]) => (wanted === undefined ? [] : [[name, wanted]])),
      ),
    }
  }
  // warnings go before the version, errors are all there is
  const newest = names.map((name, index): [string, string] => [name, versionIn((rest[index] ?? '').trim())])
  const unknown = newest.find(([, version]) => !/^\d+\.\d+\.\d+\S*$/.test(version))
  return {
    ...none,
    packages: Object.fromEntries(packages),
    newest: Object.fromEntries(newest),
    failure: unknown && `npm view ${unknown[0]}: ${unknown[1] || 'no answer'}`,
  }
}

const versionIn = (text: string): string => /(?:^|\n)(\d+\.\d+\.\d+\S*)$/.exec(text)?.[1] ?? text

function json<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}
