// INI as custom facts are written in it: sections of names and values. Pure.

/**
 * Sections with their values as text, names in lower case; undefined where the text is no such thing. `=` or `:` stands
 * between name and value, `#` and `;` begin a comment, a line that is indented goes on with the value before it, and what
 * `[DEFAULT]` says every section has.
 */
export function parseIni(text: string): Readonly<Record<string, Readonly<Record<string, string>>>> | undefined {
  const sections = new Map<string, Map<string, string>>()
  const defaults = new Map<string, string>()
  let section: Map<string, string> | undefined
  let name: string | undefined
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue
    const [, title] = /^\[([^\]]+)\]\s*$/.exec(line) ?? []
    if (title !== undefined) {
      section = title === 'DEFAULT' ? defaults : (sections.get(title) ?? new Map())
      if (title !== 'DEFAULT') sections.set(title, section)
      name = undefined
      continue
    }
    if (section === undefined) return undefined
    if (/^\s/.test(line) && name !== undefined) {
      section.set(name, `${section.get(name)}\n${line.trim()}`)
      continue
    }
    const [, key, value] = /^\s*([^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? []
    if (!key) return undefined
    name = key.toLowerCase()
    section.set(name, value!)
  }
  if (section === undefined) return undefined
  return Object.fromEntries(
    [...sections].map(([title, values]) => [title, Object.fromEntries([...defaults, ...values])]),
  )
}
