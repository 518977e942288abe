// Files whose whole content a module gives, several in one task: what is there, what should be, and how to replace it.
import { type Content, contentOnHost } from '../../engine/content.ts'
import { changeOf } from '../../engine/difference.ts'
import { type Change, TaskFailure } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import { all, file, map, type Probe, type StatAnswer, stat } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'
import { type AttributeState, desiredAttributes, type FileAttributes, setAttributes } from './file-attributes.ts'

/** A file as it should be. */
export interface PlacedFile extends FileAttributes {
  readonly path: string
  readonly content: Content
}

/** A file on the host. */
export interface PlacedFileState extends AttributeState {
  readonly content: Content
  readonly stat: StatAnswer
}

/** Files by path; null where nothing is. */
export interface PlacedState {
  readonly files: Readonly<Record<string, PlacedFileState | null>>
}

export const probePlaced = (files: readonly PlacedFile[]): Probe<PlacedState> =>
  map(all(Object.fromEntries(files.map((each) => [each.path, probeOne(each)]))), (found) => ({ files: found }))

/** @throws TaskFailure where something else than a file is in the way. */
export const desiredPlaced = (files: readonly PlacedFile[], actual: PlacedState): PlacedState => ({
  files: Object.fromEntries(
    files.map((each) => [
      each.path,
      { content: each.content, ...desiredAttributes(each, actual.files[each.path]?.stat ?? null, 'file') },
    ]),
  ) as unknown as PlacedState['files'],
})

/** Replaces each file that differs, at once or not at all; where only attributes differ, sets those. */
export const applyPlaced = (files: readonly PlacedFile[], change: Change<PlacedState>): Script =>
  sh.join(
    files.map(({ path, content }) => {
      const [from, to] = [change.from.files[path] ?? null, change.to?.files?.[path] ?? null]
      const own = changeOf<PlacedFileState | null>(from, to)
      if (from !== null && !own.has('content')) return and(setAttributes(path, own as Change<AttributeState>))
      return replace(path, content, from, to)
    }),
  )

export const predictPlaced = (files: readonly PlacedFile[], { to }: Change<PlacedState>): Prediction[] =>
  files.map(({ path, content }) => will.be(path, { ...to?.files?.[path], type: 'file', content }))

const probeOne = ({ path, content }: PlacedFile): Probe<PlacedFileState | null> =>
  map(all({ found: stat(path), answer: file(path, { unless: content.sha256 }) }), ({ found, answer }) => {
    if (found === null) return null
    if (found.type !== 'file' || answer === null) {
      throw new TaskFailure(`${path} is a ${found.type}, not a file`, 'remove it, or name another path')
    }
    const present = answer.sha256 === content.sha256 ? content : contentOnHost(answer, { secret: content.secret })
    return { content: present, mode: found.mode, owner: found.owner, group: found.group, stat: found }
  })

/** A new file beside the old one takes its place once it is complete; what is not asked for stays as it was. */
function replace(
  path: string,
  content: Content,
  from: PlacedFileState | null,
  to: Partial<AttributeState> | null,
): Script {
  const temporary = sh.raw('"$_t"')
  const owner = to?.owner ?? from?.owner
  const group = to?.group ?? from?.group
  const steps = [
    sh`(umask 077; ${content} > "$_t")`,
    owner !== undefined && sh`{ [ "$(stat -c %U -- "$_t")" = ${owner} ] || chown -- ${owner} "$_t"; }`,
    group !== undefined && sh`{ [ "$(stat -c %G -- "$_t")" = ${group} ] || chgrp -- ${group} "$_t"; }`,
    setAttributes(temporary, { to: { mode: to?.mode ?? from?.mode ?? '0644' }, has: (key) => key === 'mode' }),
    sh`{ sync "$_t" 2>/dev/null || :; }`,
    sh`mv -f -- "$_t" ${path}`,
  ]
  return sh`_t=${`${path}.tsplay.`}$$
${sh.join(steps, ' &&\n')} || { rm -f -- "$_t"; exit 1; }`
}

const and = (script: Script): Script | false => script.parts.length > 0 && sh`{ ${script}; } || exit 1`
