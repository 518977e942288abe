// What `register` receives of a file that was written as a whole: as it is now, or as a check foretells it.
import type { Output } from '../../engine/module.ts'
import { type FileReport, reportOf } from './replace-file.ts'
import { desiredWritten, type Writing, type WrittenState } from './written-file.ts'

/** What was written, for `register`. Owner and numbers are left out where a check cannot know them. */
export interface WriteResult extends FileReport {
  /** Where the file is. */
  readonly dest: string
  /** Hex sha256 of its content. */
  readonly sha256: string
  /** Permission bits as four octal digits. */
  readonly mode?: string
  /** Owner's number. */
  readonly uid?: number
  /** Group's number. */
  readonly gid?: number
  /** Owner's name, its number as text where the host knows no name. */
  readonly owner?: string
  /** Group's name, as owner. */
  readonly group?: string
  /** Bytes. */
  readonly size?: number
  /** The copy of the file that was replaced, where `backup` asked for one. */
  readonly backupFile?: string
}

export function writeResult(writing: Writing, actual: WrittenState, output?: Output): WriteResult {
  const wanted = desiredWritten(writing, actual) as Partial<WrittenState>
  const content = wanted.content ?? actual.content ?? writing.content
  const { uid, gid, size: there } = actual.stat ?? {}
  const [mode, owner, group] = [
    wanted.mode ?? actual.mode ?? '0644',
    wanted.owner ?? actual.owner,
    wanted.group ?? actual.group,
  ]
  const size = content.size < 0 ? there : content.size
  return {
    dest: actual.path,
    sha256: content.sha256,
    mode,
    ...(owner != null && { owner, ...(owner === actual.owner && uid !== undefined && { uid }) }),
    ...(group != null && { group, ...(group === actual.group && gid !== undefined && { gid }) }),
    ...(size !== undefined && { size }),
    ...reportOf(output?.stdout ?? ''),
  }
}
