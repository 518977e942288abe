// aptRepository: where a host gets its packages from, as a line of a .list file or a stanza of a .sources file.
import path from 'node:path'
import { z } from 'zod'
import { contentOf } from '../engine/content.ts'
import { type Content, type Control, defineModule } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, always, map, type Probe } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type Script, sh } from '../engine/script.ts'
import {
  desiredKeyring,
  fingerprintParam,
  type Keyring,
  type KeyringState,
  keyParam,
  keyringOf,
  keyringProbe,
  keyringScript,
  predictKeyring,
} from './common/apt-keyring.ts'
import { listsWillBe } from './common/apt-lists.ts'
import { aptPrelude } from './common/apt-script.ts'
import {
  changedFiles,
  hasSource,
  type SourceFiles,
  sourceFilesAnswer,
  sourceFilesProbe,
  withoutSource,
  withSource,
} from './common/apt-source-lines.ts'
import {
  aptFileName,
  formatStanza,
  nameFromUri,
  parseSourceLine,
  passwordRefused,
  sourceLine,
} from './common/apt-sources.ts'
import { configFile, contentOfLines, writeConfigFile } from './common/config-file.ts'
import { hasPassword } from './common/host-download.ts'
import { namesOf } from './common/names.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `aptRepository`: either `repo`, or `name` with `uris` and `suites`. */
export interface AptRepositoryParams {
  /**
   * Lines of a .list file: `deb [signed-by=/etc/apt/keyrings/x.gpg] https://example.com/debian bookworm main`. They may
   * stand in any of the host's .list files; one that stands in none is added to `name`, and `absent` removes it from all. Default: none.
   */
  repo?: string | string[]
  /**
   * The file in /etc/apt/sources.list.d, without its ending. With `uris` it is a .sources file that holds nothing else;
   * with `repo` a .list file, by default named after the address.
   */
  name?: string
  /** Addresses. May be left out with `repo` and with `absent`, as may `suites`. */
  uris?: string | string[]
  /** Releases (`bookworm`), or a path that ends in a slash, which has no components. May be left out where `uris` may. */
  suites?: string | string[]
  /** Default: none, which only a path as suite may have. */
  components?: string | string[]
  /** Default `deb`. */
  types?: ('deb' | 'deb-src')[]
  /** Default: the host's own. */
  architectures?: string | string[]
  /**
   * The key that signs it: its text, an address that the host fetches, or a file of the control side. It goes to
   * /etc/apt/keyrings/NAME.gpg, and is trusted for this repository only. Default: none.
   */
  key?: string
  /** The key must have this fingerprint. Default: any will do. */
  fingerprint?: string
  /** Instead of `key`: a keyring that is on the host, an absolute path, or the fingerprint of a key that apt trusts. Default: none. */
  signedBy?: string
  /** True: signatures are not looked at. Default false. */
  trusted?: boolean
  /** False: it is written down, and not used. Default true. */
  enabled?: boolean
  /** Default `present`. */
  state?: 'present' | 'absent'
  /** Refresh the package lists when something has changed. Where that fails the files are as before. Default true. */
  updateCache?: boolean
}

/** A repository, as the host's files have it. */
export interface AptRepositoryState {
  /** By line: whether one of the files has it. */
  readonly lines?: Readonly<Record<string, boolean>> | undefined
  /** The .sources file; null where there is none. */
  readonly sources?: Content | null | undefined
  /** Its keyring; null where there is none. */
  readonly keyring?: KeyringState | null | undefined
}

type State = AptRepositoryState & { readonly files?: SourceFiles | undefined }

type Input =
  | {
      readonly kind: 'lines'
      readonly params: AptRepositoryParams
      readonly lines: readonly string[]
      readonly file: string
    }
  | {
      readonly kind: 'stanza'
      readonly params: AptRepositoryParams
      readonly path: string
      readonly content: Content
      readonly keyring: Keyring | undefined
    }

const oneOrMore = z.union([word(), z.array(word()).min(1)], { error: 'expected a text or a list of texts' })

/**
 * A repository is known to apt, or is not, and the package lists are those of the repositories.
 *
 * @example with the key that signs it
 * ```ts
 * task('docker repository', aptRepository({
 *   name: 'docker',
 *   uris: 'https://download.docker.com/linux/debian',
 *   suites: 'bookworm',
 *   components: 'stable',
 *   key: 'docker.asc',
 * }))
 * ```
 * @example a line that other tools wrote, removed wherever it stands
 * ```ts
 * task('no backports', aptRepository({ repo: 'deb http://mirror.example.org/debian bookworm-backports main', state: 'absent' }))
 * ```
 */
export const aptRepository = defineModule<AptRepositoryParams, State, { readonly files: readonly string[] }, Input>({
  name: 'aptRepository',
  params: z
    .strictObject({
      repo: z.union([sourceLine, z.array(sourceLine).min(1)]).optional(),
      name: aptFileName.optional(),
      uris: oneOrMore.optional(),
      suites: oneOrMore.optional(),
      components: oneOrMore.optional(),
      types: z
        .array(z.enum(['deb', 'deb-src']))
        .min(1)
        .optional(),
      architectures: oneOrMore.optional(),
      key: keyParam.optional(),
      fingerprint: fingerprintParam.optional(),
      signedBy: word().optional(),
      trusted: z.boolean().optional(),
      enabled: z.boolean().optional(),
      state: z.enum(['present', 'absent']).optional(),
      updateCache: z.boolean().optional(),
    })
    .superRefine((params, context) => {
      const problem = problemOf(params)
      if (problem) context.addIssue({ code: 'custom', path: [problem[0]], message: problem[1] })
    }),
  subject: ({ repo, name }) => (repo === undefined ? (name ?? '') : [repo].flat().join(', ')),
  prepare: inputOf,
  probe: (input): Probe<State> =>
    input.kind === 'lines'
      ? map(
          sourceFilesProbe,
          (files): State => ({
            files,
            lines: Object.fromEntries(input.lines.map((line) => [line, hasSource(files, line)])),
          }),
        )
      : all({
          sources: configFile(input.path, { unless: input.content }),
          keyring: input.keyring ? keyringProbe(input.keyring) : always(undefined),
        }),
  desired(input) {
    const present = input.params.state !== 'absent'
    if (input.kind === 'lines') return { lines: Object.fromEntries(input.lines.map((line) => [line, present])) }
    if (!present) return { sources: null, ...(input.keyring && { keyring: null }) }
    return {
      sources: input.content,
      ...(input.keyring && { keyring: desiredKeyring(input.keyring) as KeyringState }),
    }
  },
  apply(input, change) {
    const files = writes(input, change)
    const keyring = input.kind === 'stanza' && change.has('keyring') ? input.keyring : undefined
    const gone = input.params.state === 'absent'
    return sh.join([
      keyring && (gone ? sh`rm -f -- ${keyring.path} || exit 1` : keyringScript(keyring)),
      input.params.updateCache === false
        ? sh.join(files.map(([file, to]) => writeOrRemove(file, to)))
        : writeAndUpdate(files),
    ])
  },
  result: (input) => ({ files: [input.kind === 'lines' ? input.file : input.path] }),
  touches: () => ['/etc/apt', '/var/lib/apt'].map(fileResource),
  predict(input, change) {
    const files = writes(input, change)
    return [
      ...files.map(([file, to]) =>
        to ? will.be(file, { type: 'file', content: to, mode: '0644' }) : will.beAbsent(file),
      ),
      ...(input.kind === 'lines'
        ? [willAnswer(sourceFilesProbe, sourceFilesAnswer(wantedFiles(input, change.from)))]
        : []),
      ...(input.kind === 'stanza' && input.keyring && change.has('keyring')
        ? predictKeyring(input.keyring, change.to?.keyring ?? null)
        : []),
      listsWillBe(input.params.updateCache === false ? 'old' : 'fresh'),
    ]
  },
})

type Writes = readonly (readonly [file: string, to: Content | null])[]

function writes(input: Input, { from, has }: { from: State; has(key: 'sources'): boolean }): Writes {
  if (input.kind === 'stanza')
    return has('sources') ? [[input.path, input.params.state === 'absent' ? null : input.content]] : []
  const changed = changedFiles(from.files ?? {}, wantedFiles(input, from))
  return changed.map(([file, lines]) => [file, lines && contentOfLines(lines)])
}

const wantedFiles = ({ lines, file, params }: Input & { kind: 'lines' }, { files = {} }: State): SourceFiles =>
  lines.reduce(
    (before, line) => (params.state === 'absent' ? withoutSource(before, line) : withSource(before, line, file)),
    files,
  )

const writeOrRemove = (file: string, to: Content | null): Script =>
  to ? writeConfigFile(file, to) : sh`rm -f -- ${file} || exit 1`

/** A repository whose lists cannot be fetched would break every later installation: then the files are put back. */
const writeAndUpdate = (files: Writes): Script => sh`(
_keep=$(mktemp -d) || exit 1
trap 'rm -rf -- "$_keep"' EXIT
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
${sh.join(files.map(([file], index) => sh`if [ -e ${file} ]; then cp -p -- ${file} "$_keep/"${index} || exit 1; fi`))}
${sh.join(files.map(([file, to]) => writeOrRemove(file, to)))}
${aptPrelude({ listsAge: undefined, lockTimeout: 60 }, false)}
if _apt update -o APT::Update::Error-Mode=any; then touch /var/lib/apt/lists; exit 0; fi
${sh.join(files.map(([file], index) => sh`if [ -e "$_keep/"${index} ]; then cp -p -- "$_keep/"${index} ${file}; else rm -f -- ${file}; fi`))}
printf 'the package lists could not be refreshed, so the sources are as they were\n' >&2
exit 100
) || exit $?`

async function inputOf(params: AptRepositoryParams, control: Control): Promise<Input> {
  const folder = '/etc/apt/sources.list.d'
  if (params.repo !== undefined) {
    const sources = namesOf(params.repo).map((line) => parseSourceLine(line)!)
    const name = params.name ?? nameFromUri(sources[0]!.uri)
    return {
      kind: 'lines',
      params,
      lines: [...new Set(sources.map(({ text }) => text))],
      file: `${folder}/${name}.list`,
    }
  }
  const at = `/etc/apt/keyrings/${params.name}.gpg`
  const owns = params.key !== undefined || (params.state === 'absent' && params.signedBy === undefined)
  const key = params.state === 'absent' ? undefined : params.key
  return {
    kind: 'stanza',
    params,
    path: path.posix.join(folder, `${params.name}.sources`),
    content: contentOf(stanzaOf(params, params.key === undefined ? params.signedBy : at)),
    keyring: owns ? await keyringOf(at, key, params.fingerprint, control) : undefined,
  }
}

const stanzaOf = (params: AptRepositoryParams, signedBy: string | undefined): string =>
  formatStanza({
    Enabled: params.enabled === false ? 'no' : undefined,
    Types: params.types ?? ['deb'],
    URIs: namesOf(params.uris ?? []),
    Suites: namesOf(params.suites ?? []),
    Components: namesOf(params.components ?? []),
    Architectures: namesOf(params.architectures ?? []),
    'Signed-By': signedBy,
    Trusted: params.trusted ? 'yes' : undefined,
  })

/** What does not go together, and why. */
function problemOf(params: AptRepositoryParams): [parameter: string, message: string] | undefined {
  const { repo, name, uris, suites, components, state, key, signedBy, fingerprint } = params
  const stanzaOnly = (
    [
      'uris',
      'suites',
      'components',
      'types',
      'architectures',
      'key',
      'fingerprint',
      'signedBy',
      'trusted',
      'enabled',
    ] as const
  ).find((each) => params[each] !== undefined)
  if (repo !== undefined)
    return (
      stanzaOnly && [
        stanzaOnly,
        'belongs to a .sources file: give uris and suites instead of repo, or write it into the line',
      ]
    )
  if (name === undefined) return ['name', 'is needed: what is the file called? Or give repo, a line']
  if (state === 'absent') return undefined
  if (uris === undefined) return ['uris', 'is needed, or repo: a line']
  if (namesOf(uris).some(hasPassword)) return ['uris', passwordRefused]
  if (suites === undefined) return ['suites', "is needed: the release, such as 'bookworm'"]
  const paths = namesOf(suites).filter((suite) => suite.endsWith('/')).length
  if (paths > 0 && components !== undefined)
    return ['components', 'a suite that is a path (with a slash at its end) has none']
  if (paths < namesOf(suites).length && components === undefined)
    return ['components', "is needed: 'main', unless the suite is a path with a slash at its end"]
  if (key !== undefined && signedBy !== undefined) return ['signedBy', 'give either key or signedBy']
  return fingerprint !== undefined && key === undefined ? ['fingerprint', 'needs key'] : undefined
}

function word() {
  return z
    .string()
    .regex(/^[^\s\0-\x1f]+$/, { error: (issue) => `${JSON.stringify(issue.input)} holds blanks or is empty` })
}
