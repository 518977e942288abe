// cron's edit as a pure function of a crontab's text: jobs under a line with their name, and variables.

/** A job or a variable. */
export interface CronEdit {
  readonly name: string
  /** The line that names a job; `{name}` is the name. */
  readonly marker: string
  /** The job's line, or that of the variable; undefined: it goes. */
  readonly line: string | undefined
  readonly env: boolean
  readonly insertAfter?: string | undefined
  readonly insertBefore?: string | undefined
}

/** The variable that a new one should stand beside is not there. */
export class NoSuchVariable extends Error {}

/** What Ansible puts before the jobs it has made. Those are taken over as they are. */
export const ansibleMarker = '#Ansible: {name}'

/** The text as it should be; the same text where nothing is to be done. cron reads no last line without a newline, so it gets one. */
export function editCrontab(text: string, edit: CronEdit): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const edited = edit.env ? withVariable(lines, edit) : withJob(lines, edit)
  const same = edited.length === lines.length && edited.every((line, index) => line === lines[index])
  if (same) return text === '' || text.endsWith('\n') ? text : `${text}\n`
  return edited.map((line) => `${line}\n`).join('')
}

function withJob(lines: readonly string[], { name, marker, line }: CronEdit): readonly string[] {
  const [own, theirs] = [marker, ansibleMarker].map((each) => each.replace('{name}', () => name))
  const markers = [own, theirs]
  const edited: string[] = []
  let found = false
  for (let at = 0; at < lines.length; at++) {
    if (!markers.includes(lines[at]!)) {
      edited.push(lines[at]!)
      continue
    }
    // the line behind the name is the job; of several with one name, the first stays
    if (line !== undefined && !found) edited.push(lines[at]!, line)
    found = true
    at++
  }
  if (line === undefined || found) return edited
  // the same job, made by hand: it gets its name
  const same = lines.indexOf(line)
  const named = [marker, ansibleMarker].some((each) => lines[same - 1]?.startsWith(each.split('{name}')[0]!))
  if (same >= 0 && !named) return [...lines.slice(0, same), own!, ...lines.slice(same)]
  return [...lines, own!, line]
}

function withVariable(
  lines: readonly string[],
  { name, line, insertAfter, insertBefore }: CronEdit,
): readonly string[] {
  if (line === undefined) return lines.filter((each) => variableOf(each) !== name)
  if (lines.some((each) => variableOf(each) === name))
    return lines.map((each) => (variableOf(each) === name ? line : each))
  const beside = insertAfter ?? insertBefore
  if (beside === undefined) return [line, ...lines]
  const at = lines.findIndex((each) => variableOf(each) === beside)
  if (at < 0) throw new NoSuchVariable(beside)
  const place = insertAfter === undefined ? at : at + 1
  return [...lines.slice(0, place), line, ...lines.slice(place)]
}

const variableOf = (line: string): string | undefined => /^\s*([^\s=#"']+)\s*=/.exec(line)?.[1]
