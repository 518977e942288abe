// The machine's apt sources, in both of apt's formats, reduced to those of its own distribution. Pure text to values.

/** One repository: a single address, suite and list of components. */
export interface AptSource {
  readonly uri: string
  readonly suite: string
  readonly components: readonly string[]
  /** Options in lower case, such as `signed-by`. */
  readonly options: Readonly<Record<string, string>>
}

/** Reads a file of sources; the name's ending tells the format, as it does for apt. Disabled and source entries are left out. */
export const parseAptSources = (file: string, text: string): AptSource[] =>
  file.endsWith('.sources') ? parseStanzas(text) : parseLines(text)

/**
 * The sources of the distribution's own release. Others may well use the same suite name and component, but bring their
 * own key: a key that is not named after the distribution tells them apart.
 */
export const distributionSources = (
  sources: readonly AptSource[],
  { id, codename }: { id: string; codename: string },
): AptSource[] =>
  sources.filter(({ suite, components, options }) => {
    const key = options['signed-by']
    return (
      [codename, `${codename}-updates`, `${codename}-security`].includes(suite) &&
      components.includes('main') &&
      (key === undefined || key.slice(key.lastIndexOf('/') + 1).startsWith(`${id}-archive-`))
    )
  })

/** Where the release itself comes from, as debootstrap wants it. */
export const mirrorOf = (sources: readonly AptSource[], codename: string): string | undefined =>
  sources.find(({ suite }) => suite === codename)?.uri

/** The sources as the text of a `sources.list`. */
export const formatAptSources = (sources: readonly AptSource[]): string =>
  sources
    .map(({ uri, suite, components, options }) => {
      const settings = Object.entries(options).map(([key, value]) => `${key}=${value}`)
      return ['deb', ...(settings.length > 0 ? [`[${settings.join(' ')}]`] : []), uri, suite, ...components].join(' ')
    })
    .map((line) => `${line}\n`)
    .join('')

/** `deb [arch=amd64 signed-by=/key] http://host/debian bookworm main contrib` */
function parseLines(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const [, settings = '', rest = ''] = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?([^#]*)/.exec(line) ?? []
    const [uri, suite, ...components] = rest.split(/\s+/).filter(Boolean)
    if (!uri || !suite) return []
    const options = settings.split(/\s+/).flatMap((setting): [string, string][] => {
      const [, key, value] = /^([^=]+?)[+-]?=(.*)$/.exec(setting) ?? []
      return key && value !== undefined ? [[key, value]] : []
    })
    return [{ uri, suite, components, options: known(options) }]
  })
}

/** Stanzas of `Key: value` lines, values going on where a line is indented, several addresses and suites in each. */
function parseStanzas(text: string): AptSource[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'))
  return lines
    .join('\n')
    .split(/\n\s*\n/)
    .flatMap((stanza) => {
      const fields = stanza
        .replace(/\n[ \t]+/g, ' ')
        .split('\n')
        .flatMap((line): [string, string][] => {
          const [, key, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? []
          return key ? [[key.toLowerCase(), value!.trim()]] : []
        })
      const field = Object.fromEntries(fields)
      const words = (name: string) => (field[name] ?? '').split(/\s+/).filter(Boolean)
      if (!words('types').includes('deb') || /^(no|false|off|0)$/i.test(field.enabled ?? '')) return []
      const [components, options] = [words('components'), known(fields)]
      return words('uris').flatMap((uri) => words('suites').map((suite) => ({ uri, suite, components, options })))
    })
}

/** Only what decides whether a repository is trusted; architectures and the like are the host's own. */
const known = (options: readonly [string, string][]): Record<string, string> =>
  Object.fromEntries(
    options
      .map(([key, value]): [string, string] => [key.toLowerCase(), value])
      .filter(([key]) => ['signed-by', 'trusted', 'check-valid-until'].includes(key)),
  )
