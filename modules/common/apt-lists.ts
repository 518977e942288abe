// The lists of packages that apt has fetched: whether they have to be refreshed. Refreshes nothing.
import type { Prediction } from '../../engine/prediction.ts'
import { script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { asksWith } from './will-answer.ts'

/**
 * Succeeds where the package lists have to be refreshed: there are none, they are older than `age` seconds, or the
 * sources are newer. (apt does not mark lists that it found unchanged, so a refresh touches their folder.)
 */
export const listsAreOld = (
  age: number,
  lists = '/var/lib/apt/lists',
  sources = '/etc/apt',
): Script => sh`_lists_old() {
  _l=${lists} _some=
  for _p in "$_l"/*_Packages*; do if [ -e "$_p" ]; then _some=1; fi; break; done
  [ -n "$_some" ] || return 0
  for _p in ${sources}/sources.list ${sources}/sources.list.d ${sources}/sources.list.d/*; do
    if [ "$_p" -nt "$_l" ]; then return 0; fi
  done
  _a=$(( $(date +%s) - $(stat -c %Y "$_l") ))
  [ "$_a" -lt 0 ] || [ "$_a" -gt ${age} ]
}`

/** Seconds that lists may be old where nobody says otherwise. */
export const defaultListsAge = 3600

/** Asks whether the lists are `fresh` or `old`. */
export const listsProbe = (age: number) =>
  script(
    sh`${listsAreOld(age)}
if _lists_old; then echo old; else echo fresh; fi`,
    { reads: ['/var/lib/apt', '/etc/apt'].map(fileResource) },
  )

/** The answer of {@link listsProbe}, for whatever age it asks. */
export const listsWillBe = (state: 'fresh' | 'old'): Prediction => ({
  answer: (question, before) => (asksWith(question, '_lists_old()') ? { code: 0, stdout: `${state}\n` } : before),
})
