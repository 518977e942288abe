// dpkg_selections, as far as it keeps packages at their version.
import { task } from '../../../../engine/index.ts'
import { packageLock } from '../../../../modules/index.ts'
import type { ModuleScenario } from '../scenario.ts'

export const scenarios: readonly ModuleScenario[] = [
  {
    name: 'a package is put on hold once, and let go once (M08)',
    given: 'apt-mark hold kmod >/dev/null',
    ansible: `
      - name: hold
        dpkg_selections: { name: procps, selection: hold }
      - name: on hold already
        dpkg_selections: { name: procps, selection: hold }
      - name: free
        dpkg_selections: { name: kmod, selection: install }
    `,
    tsplay: () => [
      task('hold', packageLock({ name: 'procps' })),
      task('on hold already', packageLock({ name: 'procps' })),
      task('free', packageLock({ name: 'kmod', state: 'absent' })),
    ],
    shows: ['dpkg --get-selections procps kmod'],
    undo: 'apt-mark unhold procps >/dev/null',
  },
  {
    name: 'a package that is not there (M08)',
    ansible: `
      - name: not there
        dpkg_selections: { name: no-such-package, selection: hold }
    `,
    tsplay: () => [task('not there', packageLock({ name: 'no-such-package' }))],
    unforeseen: 'a package may come with what the scenarios before do',
    differs: {
      why: 'there is no version to keep it at, and a name that is mistyped would keep nothing without a word',
      theirs: ['not there: changed'],
      ours: ['not there: failed'],
    },
  },
]
