// aptSuite: whether a host's apt takes packages from a suite, and where it has its release from. Changes nothing.
import { defineModule, probe, sh, TaskFailure, z } from 'tsplay'

/** Parameters of `aptSuite`. */
export interface AptSuiteParams {
  /** The suite, which belongs to a release: `bookworm-backports`. */
  suite: string
  /** The file that holds it where it was brought: then it still has to be. An absolute path. */
  file: string
  /** Where the suite is to come from. Default: from where the host has the release. */
  mirror?: string
}

/** A place of packages, as apt has read its files. */
interface Source {
  readonly suite: string
  readonly uris: string
  readonly component: string
  readonly file: string
}

/** What the host takes packages from. */
export interface AptSuiteState {
  readonly sources: readonly Source[]
}

/** What `register` receives. */
export interface AptSuiteResult {
  /** Where the suite is to be had; undefined: the host has it from a file of its own. */
  readonly missing?: { readonly uris: string; readonly components: string[] }
}

// what apt makes of all its files, whether their lists have been fetched or not
const look = sh`apt-get indextargets --no-release-info --format '$(RELEASE) $(COMPONENT) $(SOURCESENTRY) $(REPO_URI)' 'Created-By: Packages'`

/** Looks at the sources of a host's packages, and fails where nothing tells from where the suite is to come. */
export const aptSuite = defineModule<AptSuiteParams, AptSuiteState, AptSuiteResult>({
  name: 'aptSuite',
  params: z.strictObject({ suite: z.string().min(1), file: z.string().min(1), mirror: z.string().min(1).optional() }),
  subject: ({ suite }) => suite,
  probe: () =>
    probe.map(probe.script(look, { reads: ['file:/etc/apt'] }), ({ stdout }) => ({ sources: sourcesIn(stdout) })),
  desired(params, { sources }) {
    if (params.mirror === undefined && !isThere(params, sources) && releaseOf(params, sources).length === 0)
      throw new TaskFailure(
        `the host takes no packages from ${nameOf(params)}, whose mirror would have ${params.suite}`,
        "name the mirror: 'http://mirror.example.org/debian'",
      )
    return {}
  },
  apply: () => sh.empty,
  result(params, { sources }) {
    if (isThere(params, sources)) return {}
    const release = releaseOf(params, sources)
    const uris = params.mirror ?? release[0]?.uris
    if (uris === undefined) return {}
    const components = [
      ...new Set(release.filter((each) => each.uris === release[0]!.uris).map((each) => each.component)),
    ]
    return { missing: { uris, components: components.length > 0 ? components : ['main'] } }
  },
  touches: () => [],
})

/** Files of others are not repeated: apt would warn of it. */
const isThere = ({ suite, file, mirror }: AptSuiteParams, sources: readonly Source[]): boolean =>
  sources.some((each) => each.suite === suite && each.file !== file && (mirror ?? each.uris) === each.uris)

const releaseOf = (params: AptSuiteParams, sources: readonly Source[]): readonly Source[] =>
  sources.filter(({ suite, uris }) => suite === nameOf(params) && !uris.startsWith('cdrom:'))

/** `bookworm` of `bookworm-backports`. */
const nameOf = ({ suite }: AptSuiteParams): string => suite.split('-', 1)[0]!

/** Every architecture has a line of its own; a place without suites (`./`) has no component either. */
function sourcesIn(output: string): Source[] {
  const lines = [...new Set(output.split('\n').filter(Boolean))]
  return lines.flatMap((line) => {
    const [, suite, component, file, uris] = /^(\S+) (\S+) (\S+?)(?::\d+)? (.+)$/.exec(line) ?? []
    if (suite === undefined || component!.startsWith('$')) return []
    return [{ suite, component: component!, file: file!, uris: uris!.replace(/\/+$/, '') }]
  })
}
