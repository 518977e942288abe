// One section of a file of yum's repositories: read, compared by meaning, replaced. What else is in the file stays as it is.

/** The options of a repository; several values stand in a line each. */
export type RepoOptions = ReadonlyMap<string, readonly string[]>

/** The text with this section as wanted (null: without it). A section that means the same is left as it is written. */
export function editSection(text: string, id: string, wanted: RepoOptions | null): string {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => sectionOf(line) === id)
  if (start < 0) return wanted ? `${text}${gap(text)}${sectionText(id, wanted)}` : text
  const end = endOf(lines, start)
  if (wanted && same(optionsOf(lines.slice(start + 1, end)), wanted)) return text
  const [before, after] = [lines.slice(0, start), lines.slice(end)]
  return [
    ...before,
    ...(wanted ? [...sectionText(id, wanted).split('\n').slice(0, -1)] : []),
    ...(after.length > 0 ? after : ['']),
  ].join('\n')
}

/** The line behind a section: that of the next one, or of the remarks above that. */
function endOf(lines: readonly string[], start: number): number {
  const rest = lines.slice(start + 1).findIndex((line) => sectionOf(line) !== undefined)
  if (rest < 0) return lines.length
  let end = start + 1 + rest
  while (end > start + 1 && /^[#;]/.test(lines[end - 1]!)) end -= 1
  return end
}

/** Whether nothing is left that yum would read. */
export const holdsNothing = (text: string): boolean => text.split('\n').every((line) => sectionOf(line) === undefined)

const sectionOf = (line: string): string | undefined => /^\[([^\]]+)\]/.exec(line)?.[1]

/** A section as Ansible writes it, with an empty line behind, so that nothing changes for who comes from there. */
export const sectionText = (id: string, options: RepoOptions): string =>
  [
    `[${id}]`,
    ...[...options].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, values]) => `${key} = ${values.join('\n\t')}`),
    '',
    '',
  ].join('\n')

const gap = (text: string): string =>
  text === '' ? '' : text.endsWith('\n\n') ? '' : text.endsWith('\n') ? '\n' : '\n\n'

function optionsOf(lines: readonly string[]): RepoOptions {
  const options = new Map<string, string[]>()
  let last: string[] | undefined
  for (const line of lines) {
    if (/^\s*([#;]|$)/.test(line)) continue
    const [, key, value = ''] = /^(\S[^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? []
    if (/^\s/.test(line)) last?.push(line.trim())
    else if (key !== undefined) {
      last = value === '' ? [] : [value]
      options.set(key.toLowerCase(), last)
    }
  }
  return options
}

const same = (one: RepoOptions, other: RepoOptions): boolean =>
  one.size === other.size &&
  [...one].every(([key, values]) => other.has(key) && meaning(key, values) === meaning(key, other.get(key)!))

/** Lists may be told apart by blanks, commas and lines; yes and no have several words. */
function meaning(key: string, values: readonly string[]): string {
  if (key === 'name') return values.join('\n').trim()
  const words = values.flatMap((value) => value.split(/[\s,]+/)).filter(Boolean)
  const [only] = words
  if (words.length === 1 && /^(1|yes|true|on)$/i.test(only!)) return '1'
  if (words.length === 1 && /^(0|no|false|off)$/i.test(only!)) return '0'
  return words.join('\n')
}
