// npm: packages of Node.js, in a project's folder or for the whole host.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { map } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { urlParam } from './common/host-download.ts'
import { namesOf } from './common/names.ts'
import { type NpmAnswer, npmAnswer, npmCommand, npmFolder, npmProbe, npmQuestion } from './common/npm-probe.ts'
import { pathParam } from './common/params.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `npm`. Either `path` or `global` is given. */
export interface NpmParams {
  /** One package or several, with or without an exact version: `typescript`, `@types/node@20.1.0`. Default: what package.json asks for. */
  name?: string | string[]
  /** Exact version, where one package is named. Default: any will do. */
  version?: string
  /** The project's folder, an absolute path. Left out with `global`. */
  path?: string
  /** For the whole host. Default false. */
  global?: boolean
  /**
   * `latest`: the newest version that the registry has, which is asked each time; without `name` the newest that package.json
   * allows. Default `present`.
   */
  state?: 'present' | 'absent' | 'latest'
  /** Leave out what is only needed to develop the project. Default false. */
  production?: boolean
  /** Install exactly what package-lock.json says, by `npm ci`. Only without `name`. Default false. */
  ci?: boolean
  /** Run no scripts of packages. Default false. */
  ignoreScripts?: boolean
  /** Address of the registry. Default: what the host's npm is set to. */
  registry?: string
  /** The program. Default `npm`. */
  executable?: string
}

/** Packages of Node.js. */
export interface NpmState {
  /** Versions by name; null where it is not installed. */
  readonly packages: Readonly<Record<string, string | null>>
}

type State = NpmState & { readonly answer: NpmAnswer }

const exact = /^\d+\.\d+\.\d+[0-9A-Za-z.+-]*$/

/**
 * Packages of Node.js are installed, or not.
 *
 * @example what a project needs to run
 * ```ts
 * task('packages', npm({ path: '/srv/web', production: true, ci: true }))
 * ```
 * @example a program for the whole host
 * ```ts
 * task('typescript', npm({ name: 'typescript@5.4.5', global: true }))
 * ```
 */
export const npm = defineModule<NpmParams, State>({
  name: 'npm',
  params: z
    .strictObject({
      name: z
        .union([packageName(), z.array(packageName()).min(1)], { error: 'expected a package or a list of packages' })
        .optional(),
      version: z.string().regex(exact, { error: "is an exact version, such as '1.2.3'" }).optional(),
      path: pathParam.optional(),
      global: z.boolean().optional(),
      state: z.enum(['present', 'absent', 'latest']).optional(),
      production: z.boolean().optional(),
      ci: z.boolean().optional(),
      ignoreScripts: z.boolean().optional(),
      registry: urlParam.optional(),
      executable: z
        .string()
        .regex(/^[^-\0][^\0]*$/, { error: 'is the name or the path of a program' })
        .optional(),
    })
    .refine(({ path, global }) => (path === undefined) === (global === true), {
      error: 'give either path or global: true',
    })
    .refine(({ name, global, state }) => name !== undefined || (!global && state !== 'absent'), {
      error: 'is needed: which package?',
      path: ['name'],
    })
    .refine(({ name, version }) => version === undefined || (name !== undefined && namesOf(name).length === 1), {
      error: 'goes with one name',
      path: ['version'],
    })
    .refine(
      ({ name = [], version }) => version === undefined || namesOf(name).every((each) => !each.includes('@', 1)),
      {
        error: 'is given in name as well',
        path: ['version'],
      },
    )
    .refine(({ name, ci, state = 'present' }) => !ci || (name === undefined && state === 'present'), {
      error: 'installs what package-lock.json says, and nothing by name or newer',
      path: ['ci'],
    }),
  subject: ({ name = [], path }) => namesOf(name).join(', ') || (path ?? ''),
  probe: (params) =>
    map(npmProbe(params, plainNames(params)), (answer) => ({ answer, packages: packagesOf(params, answer) })),
  desired(params, { answer, packages }) {
    if (answer.failure !== undefined) throw new TaskFailure(answer.failure, answer.hint)
    return { packages: wantedPackages(params, answer, packages) }
  },
  apply(params, { from, to }) {
    const { state = 'present', global, ignoreScripts, ci } = params
    const flags = [...(global ? ['--global'] : []), ...(ignoreScripts ? ['--ignore-scripts'] : [])]
    const differing = specsOf(params).filter(({ name }) => to?.packages?.[name] !== from.packages[name])
    const names = differing.map(({ name, version }) => {
      if (state === 'absent') return name
      const wanted = version ?? (state === 'latest' ? 'latest' : undefined)
      return wanted === undefined ? name : `${name}@${wanted}`
    })
    const verb =
      state === 'absent' ? 'uninstall' : ci ? 'ci' : state === 'latest' && names.length === 0 ? 'update' : 'install'
    return sh`${npmFolder(params)}
${npmCommand(params, [verb, ...flags, ...names])}`
  },
  touches: ({ path }) => (path === undefined ? undefined : [fileResource(path)]),
  predict: (params, { from, to }) => [
    willAnswer(
      npmQuestion(params, plainNames(params)),
      npmAnswer(params, plainNames(params), from.answer, to?.packages ?? {}),
    ),
  ],
})

/** Stands for the version that npm will choose. */
const someVersion = 'installed'

interface Spec {
  readonly name: string
  readonly version: string | undefined
}

const specsOf = ({ name = [], version }: NpmParams): Spec[] =>
  namesOf(name).map((text) => {
    const at = text.indexOf('@', 1)
    return at < 0 ? { name: text, version } : { name: text.slice(0, at), version: text.slice(at + 1) }
  })

const plainNames = (params: NpmParams): string[] => specsOf(params).map(({ name }) => name)

const packagesOf = (params: NpmParams, { packages }: NpmAnswer): Record<string, string | null> =>
  params.name === undefined
    ? packages
    : Object.fromEntries(plainNames(params).map((name) => [name, packages[name] ?? null]))

function wantedPackages(
  params: NpmParams,
  { newest }: NpmAnswer,
  packages: Readonly<Record<string, string | null>>,
): Record<string, string | null> {
  if (params.name === undefined)
    return Object.fromEntries(
      Object.entries(packages).map(([name, version]) => [name, newest[name] ?? version ?? someVersion]),
    )
  const wanted = ({ name, version }: Spec): string | null => {
    if (params.state === 'absent') return null
    return version ?? (params.state === 'latest' ? newest[name] : packages[name]) ?? someVersion
  }
  return Object.fromEntries(specsOf(params).map((spec) => [spec.name, wanted(spec)]))
}

function packageName() {
  const name = /^(@[a-z0-9~_][a-z0-9~._-]*\/)?[A-Za-z0-9~_][A-Za-z0-9~._-]*$/
  return z.string().refine(
    (text) => {
      const at = text.indexOf('@', 1)
      return at < 0 ? name.test(text) : name.test(text.slice(0, at)) && exact.test(text.slice(at + 1))
    },
    {
      error: (issue) =>
        `${JSON.stringify(issue.input)} is not a package with or without an exact version, such as 'typescript@5.4.5'; ranges belong into package.json`,
    },
  )
}
