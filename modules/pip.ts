// pip: packages of Python, in a virtual environment or in the host's own Python.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { map } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { namesOf } from './common/names.ts'
import { pathParam } from './common/params.ts'
import { type PipAnswer, pipAnswer, pipProbe, pipQuestion } from './common/pip-probe.ts'
import { pipScript } from './common/pip-script.ts'
import { isRequirement, type Requirement, requirementsOf } from './common/python-requirement.ts'
import { exactVersion, fitsSpecifiers } from './common/python-version.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `pip`. `name`, `requirements` or both are given. */
export interface PipParams {
  /** One package or several, with what is asked of their versions: `flask`, `flask==2.3.2`, `flask[async]>=2,<3`. Default: none. */
  name?: string | string[]
  /** Exact version, where one package is named. Default: what `name` says. */
  version?: string
  /** A requirements file on the host, an absolute path. Whether it is met is asked of pip (22.2 or newer), without a network. Default: none. */
  requirements?: string
  /** `latest`: the newest version that the index has and the others allow, which is asked each time. Default `present`. */
  state?: 'present' | 'absent' | 'latest'
  /** A virtual environment, an absolute path; made where it is missing. Default: the host's own Python. */
  virtualenv?: string
  /** The Python that makes the environment, or whose packages are meant. Default `python3`. */
  python?: string
  /** Let the environment see the host's own packages. Only matters when it is made. Default false. */
  systemSitePackages?: boolean
  /** Further arguments of `pip install`: `['--no-index', '--find-links', '/srv/wheels']`. Default: none. */
  extraArgs?: string[]
  /** The folder that relative paths in `requirements` and `extraArgs` start from. Default: the login home. */
  chdir?: string
  /** Install into a Python that the distribution manages. Default false: it refuses that, and a virtual environment is better. */
  breakSystemPackages?: boolean
}

/** Packages of a Python. */
export interface PipState {
  /** Whether the virtual environment is there. */
  readonly environment: 'there' | 'missing'
  /** Versions by name; null where it is not installed. */
  readonly packages: Readonly<Record<string, string | null>>
  /** Whether all that the requirements file asks for is installed; only asked with `requirements`. */
  readonly requirements: 'met' | 'not met' | undefined
}

type State = PipState & { readonly answer: PipAnswer }

/**
 * Python packages are installed, or not.
 *
 * @example an environment of its own
 * ```ts
 * task('web', pip({ name: ['flask>=2,<3', 'gunicorn==21.2.0'], virtualenv: '/opt/web/venv' }))
 * ```
 * @example what a project asks for, from wheels on the host
 * ```ts
 * task('project', pip({
 *   requirements: '/srv/project/requirements.txt',
 *   virtualenv: '/srv/project/venv',
 *   extraArgs: ['--no-index', '--find-links', '/srv/wheels'],
 * }))
 * ```
 */
export const pip = defineModule<PipParams, State>({
  name: 'pip',
  params: z
    .strictObject({
      name: z
        .union([requirement(), z.array(requirement())], { error: 'expected a package or a list of packages' })
        .optional(),
      version: z
        .string()
        .regex(/^[0-9][A-Za-z0-9.!+_-]*$/, { error: 'is an exact version; name takes all others: "flask>=2"' })
        .optional(),
      requirements: pathParam.optional(),
      state: z.enum(['present', 'absent', 'latest']).optional(),
      virtualenv: pathParam.optional(),
      python: z
        .string()
        .regex(/^[^-\0][^\0]*$/, { error: 'is the name or the path of a Python' })
        .optional(),
      systemSitePackages: z.boolean().optional(),
      extraArgs: z.array(z.string().regex(/^[^\0]*$/)).optional(),
      chdir: pathParam.optional(),
      breakSystemPackages: z.boolean().optional(),
    })
    .refine(({ name, requirements }) => name !== undefined || requirements !== undefined, {
      error: 'what is to be installed? Give name or requirements',
    })
    .refine(({ name, version }) => version === undefined || (name !== undefined && namesOf(name).length === 1), {
      error: 'goes with one name',
      path: ['version'],
    })
    .refine(({ name = [], version }) => version === undefined || !namesOf(name).some((each) => /[=<>~!]/.test(each)), {
      error: 'is given in name as well',
      path: ['version'],
    })
    .refine(({ state = 'present', requirements }) => state === 'present' || requirements === undefined, {
      error: 'goes with name only: a requirements file says itself which versions are wanted',
      path: ['state'],
    }),
  subject: ({ name = [], requirements }) => [...namesOf(name), requirements].filter(Boolean).join(', '),
  probe: (params) => map(pipProbe(params), (answer) => stateOf(params, answer)),
  desired(params, { answer, packages, environment }) {
    if (answer.failure !== undefined) throw new TaskFailure(answer.failure, answer.hint)
    const absent = params.state === 'absent'
    // nothing is installed where there is no environment
    if (absent && environment === 'missing') return {}
    return {
      environment: 'there' as const,
      packages: Object.fromEntries(
        requirementsOf(params).map((each) => [
          each.name,
          absent ? null : wantedVersion(each, packages[each.name] ?? null, answer, params),
        ]),
      ),
      ...(params.requirements !== undefined && { requirements: 'met' as const }),
    }
  },
  apply: (params, change) => {
    const differing = requirementsOf(params).filter(
      ({ name }) => change.to?.packages?.[name] !== change.from.packages[name],
    )
    return pipScript(params, {
      environment: change.has('environment'),
      names: differing.map(({ text }) => text),
      requirements: change.has('requirements'),
    })
  },
  touches: ({ virtualenv }) => (virtualenv === undefined ? undefined : [fileResource(virtualenv)]),
  predict: (params, { from, to }) => [
    ...(params.virtualenv === undefined ? [] : [will.be(params.virtualenv, { type: 'directory' })]),
    willAnswer(pipQuestion(params), pipAnswer(params, from.answer, to?.packages ?? {})),
  ],
})

/** Stands for the version that pip will choose, or that a check foretells. */
const someVersion = 'installed'

const stateOf = (params: PipParams, answer: PipAnswer): State => ({
  answer,
  environment: answer.environment,
  packages: Object.fromEntries(requirementsOf(params).map(({ name }) => [name, answer.installed[name] ?? null])),
  requirements: params.requirements === undefined ? undefined : answer.met ? 'met' : 'not met',
})

function wantedVersion(
  { name, specifiers }: Requirement,
  installed: string | null,
  { latest }: PipAnswer,
  { state }: PipParams,
): string {
  if (state === 'latest') return latest[name] ?? installed ?? someVersion
  if (installed !== null && (installed === someVersion || fitsSpecifiers(installed, specifiers))) return installed
  return exactVersion(specifiers) ?? someVersion
}

function requirement() {
  return z.string().refine(isRequirement, {
    error: (issue) =>
      `${JSON.stringify(issue.input)} is not a package, such as 'flask' or 'flask>=2,<3'; a requirements file takes all else`,
  })
}
