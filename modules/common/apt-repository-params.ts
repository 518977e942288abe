// What aptRepository can be asked for: the schema of its parameters, and what goes with what. Knows no host.
import { z } from 'zod'
import { fingerprintParam, keyParam } from './apt-keyring.ts'
import { aptFileName, passwordRefused, sourceLine } from './apt-sources.ts'
import { hasPassword } from './host-download.ts'
import { namesOf } from './names.ts'

/** Checks the parameters of `aptRepository`. */
export const aptRepositoryParams = z
  .strictObject({
    repo: z.union([sourceLine, z.array(sourceLine).min(1)]).optional(),
    name: aptFileName.optional(),
    uris: oneOrMore().optional(),
    suites: oneOrMore().optional(),
    components: oneOrMore().optional(),
    types: z
      .array(z.enum(['deb', 'deb-src']))
      .min(1)
      .optional(),
    architectures: oneOrMore().optional(),
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
  })

/** The parameters as they are checked. */
export type CheckedAptRepositoryParams = z.output<typeof aptRepositoryParams>

/** What does not go together, and why. */
function problemOf(params: CheckedAptRepositoryParams): [parameter: string, message: string] | undefined {
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

function oneOrMore() {
  return z.union([word(), z.array(word()).min(1)], { error: 'expected a text or a list of texts' })
}

function word() {
  return z
    .string()
    .regex(/^[^\s\0-\x1f]+$/, { error: (issue) => `${JSON.stringify(issue.input)} holds blanks or is empty` })
}
