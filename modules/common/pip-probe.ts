// What a host's pip says of what is installed, what a requirements file misses, and what is newer. Installs nothing.
import { all, always, map, type Probe, script, target } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { canonical, requirementsOf } from './python-requirement.ts'

/** What decides what is asked: the module's own parameters. */
export interface PipWish {
  readonly name?: string | readonly string[]
  readonly version?: string
  readonly requirements?: string
  readonly state?: 'present' | 'absent' | 'latest'
  readonly virtualenv?: string
  readonly python?: string
  readonly systemSitePackages?: boolean
  readonly extraArgs?: readonly string[]
  readonly chdir?: string
  readonly breakSystemPackages?: boolean
}

export interface PipAnswer {
  readonly environment: 'there' | 'missing'
  /** Versions by name. */
  readonly installed: Readonly<Record<string, string>>
  /** Newer versions that would be installed, by name; only asked with `latest`. */
  readonly latest: Readonly<Record<string, string>>
  /** Whether the requirements file is met. */
  readonly met: boolean
  readonly failure: string | undefined
  readonly hint: string | undefined
}

/** Python with pip, as a command; in a folder, and such that it asks and tells nothing besides. */
export const pipCommand = ({ virtualenv, python = 'python3' }: PipWish): Script =>
  sh`${virtualenv === undefined ? python : `${virtualenv}/bin/python`} -m pip --disable-pip-version-check --no-input`

export const pipFolder = ({ chdir }: PipWish): Script => (chdir === undefined ? sh.empty : sh`cd -- ${chdir} || exit 1`)

/** The question itself: lines of a key and a value. */
export const pipQuestion = (params: PipWish) => {
  const { virtualenv, python = 'python3', requirements, state, extraArgs = [] } = params
  const pip = pipCommand(params)
  return script(
    sh.join([
      virtualenv === undefined
        ? sh`command -v ${python} >/dev/null 2>&1 || { echo 'missing python'; exit 0; }`
        : sh`[ -x ${`${virtualenv}/bin/python`} ] || { command -v ${python} >/dev/null 2>&1 && echo 'missing environment' || echo 'missing python'; exit 0; }`,
      pipFolder(params),
      sh`_l=$(${pip} list --format=freeze 2>&1) || { printf '%s\n' "$_l" | sed 's/^/failure /'; exit 0; }
printf '%s\n' "$_l" | sed 's/^/installed /'`,
      // what is installed meets a requirement without any index; a pip that has no such option is not believed
      requirements !== undefined &&
        sh`if _l=$(${pip} install --dry-run --no-index ${extraArgs} -r ${requirements} 2>&1); then
  case $_l in *'Would install'*) ;; *) echo met ;; esac
fi`,
      state === 'latest' &&
        sh`_l=$(${pip} install --dry-run --upgrade ${extraArgs} -- ${requirementsOf(params).map(({ text }) => text)} 2>&1) || { printf '%s\n' "$_l" | sed 's/^/failure /'; exit 0; }
printf '%s\n' "$_l" | sed -n 's/^Would install /latest /p'`,
      sh`:`,
    ]),
    {
      ...(virtualenv !== undefined && {
        reads: [virtualenv, ...(requirements === undefined ? [] : [requirements])].map(fileResource),
      }),
    },
  )
}

export const pipProbe = (params: PipWish): Probe<PipAnswer> =>
  map(
    all({
      answer: pipQuestion(params),
      file: params.requirements === undefined ? always(null) : target(params.requirements),
    }),
    ({ answer, file }) => {
      const found = readAnswer(answer.stdout)
      // one that another task will bring is not there yet in a check
      return params.requirements === undefined || file !== null || found.failure !== undefined
        ? found
        : { ...found, failure: `there is no ${params.requirements} on the host`, hint: 'copy it there first' }
    },
  )

/** The answer once these versions are installed. */
export const pipAnswer = (
  { requirements }: PipWish,
  { installed }: PipAnswer,
  wanted: Readonly<Record<string, string | null | undefined>>,
) => ({
  code: 0,
  stdout: [
    ...Object.entries({ ...installed, ...wanted })
      .filter(([, version]) => version != null)
      .map(([name, version]) => `installed ${name}==${version}`),
    ...(requirements !== undefined ? ['met'] : []),
    '',
  ].join('\n'),
})

function readAnswer(stdout: string): PipAnswer {
  const lines = stdout.split('\n').map((line) => [line.split(' ', 1)[0]!, line.slice(line.indexOf(' ') + 1)] as const)
  const valuesOf = (key: string) => lines.filter(([each]) => each === key).map(([, value]) => value)
  const missing = valuesOf('missing')
  const answer: PipAnswer = {
    environment: missing.includes('environment') ? 'missing' : 'there',
    installed: Object.fromEntries(
      valuesOf('installed').flatMap((line) => {
        const [name, version] = line.split('==')
        return name && version ? [[canonical(name), version]] : []
      }),
    ),
    latest: Object.fromEntries(
      valuesOf('latest')
        .flatMap((line) => line.split(' '))
        .map((word) => [canonical(word.replace(/-[^-]*$/, '')), word.replace(/^.*-/, '')]),
    ),
    met: valuesOf('met').length > 0,
    failure: undefined,
    hint: undefined,
  }
  if (missing.includes('python'))
    return { ...answer, failure: 'the host has no Python', hint: "install it first: package({ name: 'python3' })" }
  if (valuesOf('failure').length === 0) return answer
  const failure = valuesOf('failure').join('\n')
  return {
    ...answer,
    failure,
    hint: /No module named pip/.test(failure) ? "install it first: package({ name: 'python3-pip' })" : undefined,
  }
}
