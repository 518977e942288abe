// aptRepository: where a host gets its packages from, as a line of a .list file or a stanza of a .sources file.
import { type Content, defineModule } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, always, map, type Probe } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { desiredKeyring, type KeyringState, keyringProbe, keyringScript, predictKeyring } from './common/apt-keyring.ts'
import { listsWillBe } from './common/apt-lists.ts'
import { type RepositoryFile, repositoryFile } from './common/apt-repository-file.ts'
import { aptRepositoryParams } from './common/apt-repository-params.ts'
import { type SourceWrites, writeSources } from './common/apt-source-files.ts'
import {
  changedFiles,
  hasSource,
  type SourceFiles,
  sourceFilesAnswer,
  sourceFilesProbe,
  withoutSource,
  withSource,
} from './common/apt-source-lines.ts'
import { configFile, contentOfLines } from './common/config-file.ts'
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
export const aptRepository = defineModule<
  AptRepositoryParams,
  State,
  { readonly files: readonly string[] },
  RepositoryFile
>({
  name: 'aptRepository',
  params: aptRepositoryParams,
  subject: ({ repo, name }) => (repo === undefined ? (name ?? '') : [repo].flat().join(', ')),
  prepare: repositoryFile,
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
      writeSources(files, { updateCache: input.params.updateCache !== false }),
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

function writes(input: RepositoryFile, { from, has }: { from: State; has(key: 'sources'): boolean }): SourceWrites {
  if (input.kind === 'stanza')
    return has('sources') ? [[input.path, input.params.state === 'absent' ? null : input.content]] : []
  const changed = changedFiles(from.files ?? {}, wantedFiles(input, from))
  return changed.map(([file, lines]) => [file, lines && contentOfLines(lines)])
}

const wantedFiles = ({ lines, file, params }: RepositoryFile & { kind: 'lines' }, { files = {} }: State): SourceFiles =>
  lines.reduce(
    (before, line) => (params.state === 'absent' ? withoutSource(before, line) : withSource(before, line, file)),
    files,
  )
