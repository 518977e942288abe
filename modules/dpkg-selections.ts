// dpkgSelections: what dpkg is to do with packages when it is asked to do what was selected; `hold` keeps them as they are.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { map, script } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { nameOrNames, namesOf } from './common/names.ts'
import { packageWillBe } from './common/package-prediction.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `dpkgSelections`. */
export interface DpkgSelectionsParams {
  /** One package or several. dpkg must know them: they are, or were, installed. */
  name: string | string[]
  /** `hold`: neither upgraded nor removed. `install`: the usual one of an installed package. */
  selection: 'install' | 'hold' | 'deinstall' | 'purge'
}

/** Selections of packages. */
export interface DpkgSelectionsState {
  /** By name; null where dpkg does not know the package. */
  readonly selections: Readonly<Record<string, string | null>>
}

/**
 * Packages are selected for something: most of all `hold`, so that no upgrade touches them.
 *
 * @example a version that stays
 * ```ts
 * task('kubelet stays', dpkgSelections({ name: ['kubelet', 'kubeadm'], selection: 'hold' }))
 * ```
 * @example upgraded again from now on
 * ```ts
 * task('kubelet is free', dpkgSelections({ name: 'kubelet', selection: 'install' }))
 * ```
 */
export const dpkgSelections = defineModule<DpkgSelectionsParams, DpkgSelectionsState & { readonly dpkg: boolean }>({
  name: 'dpkgSelections',
  params: z.strictObject({
    name: nameOrNames(/^[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?$/, "the name of a package, such as 'nginx'"),
    selection: z.enum(['install', 'hold', 'deinstall', 'purge']),
  }),
  subject: ({ name }) => namesOf(name).join(', '),
  probe: (params) =>
    map(question(params), ({ code, stdout }) => {
      const found = new Map(stdout.split('\n').map((line) => line.split(/\s+/) as [string, string]))
      return {
        dpkg: code !== 127,
        selections: Object.fromEntries(
          namesOf(params.name).map((name) => [name, found.get(name) ?? found.get(name.replace(/:.*/, '')) ?? null]),
        ),
      }
    }),
  desired({ name, selection }, { dpkg, selections }) {
    if (!dpkg) throw new TaskFailure('the host has no dpkg', 'packageLock keeps packages of other managers')
    const unknown = namesOf(name).filter((each) => selections[each] == null)
    if (unknown.length > 0)
      throw new TaskFailure(
        `dpkg does not know ${unknown.join(', ')}`,
        'a package can be selected once it is installed: apt({ name }) first',
      )
    return { selections: Object.fromEntries(namesOf(name).map((each) => [each, selection])) }
  },
  apply({ name, selection }, { from }) {
    const lines = namesOf(name).filter((each) => from.selections[each] !== selection)
    return sh`printf ${`%s ${selection}\\n`} ${lines} | dpkg --set-selections`
  },
  touches: ({ name }) => [fileResource('/var/lib/dpkg'), ...namesOf(name).map((each) => `package:${each}`)],
  predict: (params) => [
    willAnswer(question(params), {
      code: 0,
      stdout: namesOf(params.name)
        .map((name) => `${name} ${params.selection}\n`)
        .join(''),
    }),
    ...namesOf(params.name).map((name) => packageWillBe(name, { held: params.selection === 'hold' })),
  ],
})

const question = ({ name }: DpkgSelectionsParams) =>
  script(
    sh`command -v dpkg >/dev/null 2>&1 || exit 127; dpkg --get-selections -- ${namesOf(name)} 2>/dev/null; exit 0`,
    { reads: [fileResource('/var/lib/dpkg'), ...namesOf(name).map((each) => `package:${each}`)] },
  )
