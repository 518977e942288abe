// What later questions of a dry run find behind an apt task. Asks nothing.
import type { Change } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import { archivesProbe } from './apt-archives.ts'
import { debsWillKnow } from './apt-deb.ts'
import { globsWillKnow } from './apt-globs.ts'
import { listsWillBe } from './apt-lists.ts'
import type { AptInput } from './apt-params.ts'
import { aptPlanScript, emptyPlan } from './apt-plan.ts'
import { plannedCall } from './apt-planned-call.ts'
import type { AptAnswers } from './apt-state.ts'
import { packageWillBe } from './package-prediction.ts'
import { willAnswer } from './will-answer.ts'

/** What is answered once the packages are as they should be. */
export function aptPredictions(params: AptInput, { from, to }: Change<AptAnswers>): readonly Prediction[] {
  const args = plannedCall(params)
  const changed = Object.fromEntries(
    Object.entries(to?.packages ?? {}).filter(([name, version]) => version !== from.packages[name]),
  )
  const isPurged = (version: string | null) => version === null && params.purge === true
  return [
    ...Object.entries(changed).flatMap(([name, version]) => [
      will.havePackage(name, version, { enables: true }),
      ...(isPurged(version) ? [packageWillBe(name, { residual: false })] : []),
      // apt ends the hold of what it was allowed to change
      ...(params.allowChangeHeld ? [packageWillBe(name, { held: false })] : []),
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
}
