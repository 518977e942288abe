// What a dry run will find once dnf has done its work.
import { type Prediction, will } from '../../engine/prediction.ts'
import { liftedLocks, willBeLifted } from './dnf-locks.ts'
import type { DnfInput } from './dnf-params.ts'
import { metadataQuestion } from './dnf-questions.ts'
import { readingOf } from './dnf-reading.ts'
import { type DnfAnswers, type DnfFound, dnfQuestions } from './dnf-state.ts'
import { anyVersion } from './package-spec.ts'
import { type RpmSpec, rpmSpecs } from './rpm-spec.ts'
import { willAnswer } from './will-answer.ts'

/** `versions` by what was named, as they will be. */
export function dnfPredictions(
  input: DnfInput,
  from: DnfFound,
  versions: Readonly<Record<string, string | null>>,
): readonly Prediction[] {
  const { found } = from
  const lifted = liftedLocks(input, from, versions)
  const specs = rpmSpecs(input.name ?? [])
  const asked = dnfQuestions(input)
  const said = (stdout: string) => ({ code: 0, stdout })
  const texts = (kind: RpmSpec['kind']) => specs.filter((spec) => spec.kind === kind).map(({ text }) => text)
  return [
    ...specs.flatMap((spec) => {
      const name =
        spec.kind === 'package' ? readingOf(spec, found.answers).name : spec.kind === 'url' ? spec.name : undefined
      return name === undefined ? [] : [will.havePackage(name, versions[spec.text] ?? null)]
    }),
    ...(lifted ? [willBeLifted(lifted)] : []),
    ...(input.rpm ? [will.havePackage(input.rpm.name, input.rpm.version)] : []),
    ...(asked.updates ? [willAnswer(asked.updates, said(''))] : []),
    ...(asked.patterns
      ? [
          willAnswer(
            asked.patterns,
            said(`${input.state === 'absent' ? '' : texts('glob').map(oneOf).join('\n')}\n--\n`),
          ),
        ]
      : []),
    ...(asked.groups ? [willAnswer(asked.groups, said(installedGroups(specs, input, found)))] : []),
    ...(asked.files
      ? [willAnswer(asked.files, said(asked.paths.map((path) => fileLine(found.files[path])).join('\n')))]
      : []),
    ...(input.updateCache ? [willAnswer(metadataQuestion(input.cacheValidTime ?? 3600), said('fresh\n'))] : []),
  ]
}

/** A name that fits the pattern. */
const oneOf = (pattern: string): string => pattern.replace(/\[(.)[^\]]*\]/g, '$1').replace(/[*?]/g, 'x')

function installedGroups(specs: readonly RpmSpec[], { state }: DnfInput, { groups = new Map() }: DnfAnswers): string {
  const named = specs.flatMap((spec) =>
    spec.kind === 'group' ? [groups.get(spec.id) ?? { id: spec.id, name: spec.id }] : [],
  )
  const others = [...groups.values()].filter(({ id, installed }) => installed && !named.some((each) => each.id === id))
  const after = state === 'absent' ? others : [...others, ...named]
  return ['Installed Groups:', ...after.map(({ id, name }) => `   ${name} (${id})`)].join('\n')
}

const fileLine = (file: DnfAnswers['files'][string]): string => {
  const { name, version } = file ?? { name: 'an-rpm', version: anyVersion }
  return `${name}\t${version}\t${version}`
}
