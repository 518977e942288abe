// What questions about systemd's units find once a unit, its file or a package has changed. Starts nothing.
import { answerTo, type Prediction } from './predicted-answers.ts'
import type { PredictedFile } from './predicted-file.ts'
import { type UnitAnswer, type UnitScope, unitName } from './question/unit.ts'

/** A unit's state; what is left out stays. */
export const unitWillBe = (
  name: string,
  state: Partial<Pick<UnitAnswer, 'active' | 'enabled' | 'load' | 'needsReload'>>,
  scope: UnitScope = 'system',
): Prediction =>
  answerTo(
    'unit',
    (key: { name: string; scope?: UnitScope }) =>
      unitName(key.name) === unitName(name) && (key.scope ?? 'system') === scope,
    (before: UnitAnswer) => ({ ...before, ...state }),
  )

/** A unit that is not there yet may come with a package, stopped until a task starts it. `enables`: the one called like the package. */
export const unitsMayCome = (name: string, { enables }: { enables: boolean }): Prediction =>
  answerTo(
    'unit',
    () => true,
    (before: UnitAnswer, key: { name: string }): UnitAnswer => {
      if (!isUnknown(before)) return before
      const enabled = enables && unitName(key.name) === unitName(name)
      return { ...before, systemd: true, load: 'loaded', ...(enabled && { enabled: 'enabled' }) }
    },
  )

/** A unit file that is written makes its unit known, stopped and disabled, or one to be reloaded. */
export function unitFileWillBe(path: string, { type }: PredictedFile): Prediction {
  const name = /^\/(?:etc|run|usr\/lib|lib)\/systemd\/system\/([^/]+)$/.exec(path)?.[1]
  return answerTo(
    'unit',
    (key: { name: string }) => type === 'file' && name !== undefined && unitName(key.name) === name,
    (before: UnitAnswer) =>
      isUnknown(before) ? { ...before, load: 'loaded', enabled: 'disabled' } : { ...before, needsReload: true },
  )
}

/** A unit that systemd has not loaded: there is none, or one of which no more is known than that it may come with a package. */
const isUnknown = ({ load, enabled }: UnitAnswer): boolean => load === 'not-found' || enabled === ''
