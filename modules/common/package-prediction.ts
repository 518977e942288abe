// What a dry run's package questions will say besides versions: holds, and what a purge leaves.
import type { Prediction } from '../../engine/prediction.ts'
import { installedPackage, type PackageAnswer } from '../../engine/probe.ts'

/** The package will be so; what is left out stays. */
export function packageWillBe(name: string, state: Partial<PackageAnswer>): Prediction {
  const [asked] = installedPackage(name).questions
  return {
    answer: (question, before) => (question.id === asked!.id ? { ...(before as PackageAnswer), ...state } : before),
  }
}
