// What a dry run's later probes find: answers as they will be once planned changes are made.
import { answerTo, type Prediction, together } from './predicted-answers.ts'
import type { PredictedFile } from './predicted-file.ts'
import { pathWillBe, pathWillBeAbsent } from './predicted-path.ts'
import { unitsMayCome, unitWillBe } from './predicted-unit.ts'
import type { GroupEntry, UserEntry } from './question/accounts.ts'
import type { KernelModuleAnswer } from './question/kernel-module.ts'
import type { PackageAnswer } from './question/package.ts'
import { normaliseSysctl, sysctlName } from './question/sysctl.ts'
import type { UnitAnswer, UnitScope } from './question/unit.ts'

export type { Prediction } from './predicted-answers.ts'
export type { PredictedFile } from './predicted-file.ts'

/** Builders of predictions, one per kind of thing. */
export const will = {
  /** A file, directory or link at `path`. A directory brings the folders it is in. */
  be(path: string, file: PredictedFile): Prediction {
    return pathWillBe(path, file)
  },

  /** Nothing at `path`, nor below it. */
  beAbsent(path: string): Prediction {
    return pathWillBeAbsent(path)
  },

  /**
   * A package at a version, or absent. What it brings with it (files, users, units) cannot be told, but for one thing:
   * Debian's packages enable the unit that is called as they are (`enables`).
   */
  havePackage(name: string, version: string | null, { enables = false }: { enables?: boolean } = {}): Prediction {
    const present = answerTo(
      'package',
      (key: string) => key === name,
      (before: PackageAnswer): PackageAnswer => ({ ...before, version }),
    )
    return { ...together(present, ...(version === null ? [] : [unitsMayCome(name, { enables })])), opaque: true }
  },

  /** A systemd unit's state; what is left out stays. */
  beUnit(
    name: string,
    state: Partial<Pick<UnitAnswer, 'active' | 'enabled' | 'load' | 'needsReload'>>,
    scope: UnitScope = 'system',
  ): Prediction {
    return unitWillBe(name, state, scope)
  },

  /** A live sysctl value. */
  haveSysctl(key: string, value: string): Prediction {
    return answerTo(
      'sysctl',
      (other: string) => other === sysctlName(key),
      () => normaliseSysctl(value),
    )
  },

  /** A user as given, or none. */
  haveUser(name: string, user: UserEntry | null): Prediction {
    return answersTo(
      ['user', 'local-user'],
      (key) => key === name,
      () => user,
    )
  },

  /** A group as given, or none. */
  haveGroup(name: string, group: GroupEntry | null): Prediction {
    return answersTo(
      ['group', 'local-group'],
      (key) => key === name,
      () => group,
    )
  },

  /** A kernel module, loaded or not, and with it each alias of it alone. */
  loadModule(name: string, loaded: boolean): Prediction {
    const isIt = (other: string): boolean => other.replaceAll('-', '_') === name.replaceAll('-', '_')
    return answerTo(
      'module',
      () => true,
      (before: KernelModuleAnswer, key: string) =>
        isIt(key) || (before.aliasOf?.every(isIt) ?? false)
          ? { ...before, loaded, available: before.available || loaded }
          : before,
    )
  },

  /** Changes that nobody can foresee. */
  changeAnything: { answer: (_question: unknown, before: unknown) => before, opaque: true } as Prediction,
}

const answersTo = (kinds: readonly string[], matches: (key: string) => boolean, update: () => unknown): Prediction =>
  together(...kinds.map((kind) => answerTo(kind, matches, update)))
