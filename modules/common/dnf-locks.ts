// Packages that the plugin versionlock keeps at a version, where a task of dnf's may change them all the same.
import { type Content, contentOf } from '../../engine/content.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import { type Script, sh } from '../../engine/script.ts'
import { linesOf } from './config-file.ts'
import type { DnfInput } from './dnf-params.ts'
import { readingOf } from './dnf-reading.ts'
import type { DnfFound } from './dnf-state.ts'
import { replaceFile } from './replace-file.ts'
import { rpmSpecs } from './rpm-spec.ts'
import { isLocked, unlock, versionLockFiles } from './version-lock.ts'

/** The plugin's list, as it is and as it has to be for the packages to change. */
export interface LiftedLocks {
  readonly list: string
  readonly before: Content
  readonly after: Content
}

/**
 * What has to be lifted for what was named to be as it is wanted; undefined where nothing keeps it, or the task may not.
 *
 * @param input what was asked for.
 * @param actual what the host has.
 * @param wanted versions by what was named.
 */
export function liftedLocks(
  input: DnfInput,
  { found, packages }: DnfFound,
  wanted: Readonly<Record<string, string | null>>,
): LiftedLocks | undefined {
  const flavour = found.manager === 'yum' ? 'yum' : 'dnf'
  const before = found.locks?.[flavour]
  if (!before) return undefined
  const names = rpmSpecs(input.name ?? []).flatMap((spec) => {
    if (wanted[spec.text] === packages[spec.text]) return []
    if (spec.kind === 'package') return [readingOf(spec, found.answers).name]
    return spec.kind === 'url' ? [spec.name] : []
  })
  if (input.rpm && wanted[input.src!] !== packages[input.src!]) names.push(input.rpm.name)
  const lines = linesOf(before)
  if (!names.some((name) => isLocked(lines, name, flavour))) return undefined
  const left = names.reduce((rest, name) => unlock(rest, name, flavour), lines)
  return {
    ...{ list: versionLockFiles[flavour].list, before },
    after: contentOf(left.map((line) => `${line}\n`).join('')),
  }
}

/** Does the work with that list, and puts it back as it was where the work fails: what has not changed is kept on. */
export const whileLifted = ({ list, before, after }: LiftedLocks, work: Script): Script => sh`_k=${list}.before.$$
cp -p -- ${list} "$_k" || exit 1
trap 'mv -f -- "$_k" ${list}; exit 143' HUP INT TERM
(
${replaceFile(list, { content: after, mode: '0644', owner: null, group: null, replaces: before.sha256 })}
) || { _c=$?; rm -f -- "$_k"; exit $_c; }
(
${work}
)
_c=$?
if [ $_c -ne 0 ]; then mv -f -- "$_k" ${list}; exit $_c; fi
trap - HUP INT TERM
rm -f -- "$_k"`

export const willBeLifted = ({ list, after }: LiftedLocks): Prediction =>
  will.be(list, { type: 'file', content: after })
