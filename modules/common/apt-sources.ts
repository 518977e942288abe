// Where apt gets packages from, in both of its formats: lines of .list files, and stanzas of .sources files.
import { z } from 'zod'
import { hasPassword } from './host-download.ts'
import { nameParam } from './names.ts'

/** A file's name, as apt accepts it, without its ending. */
export const aptFileName = nameParam(
  /^(?!.*\.(list|sources|gpg|asc)$)[A-Za-z0-9_][A-Za-z0-9_.-]*$/,
  "the name of a file without its ending: letters, digits, '_', '-' and '.'",
)

/** A line for a .list file: `deb [arch=amd64] https://example.com/debian bookworm main`. */
export const sourceLine: z.ZodType<string> = z.string().superRefine((line, context) => {
  const message = line.startsWith('ppa:')
    ? 'a ppa is known by Launchpad only: give the line that it stands for, and its key with aptKey'
    : parseSourceLine(line) === undefined || /[\r\n\0]/.test(line)
      ? `${JSON.stringify(line.slice(0, 80))} is not a source: 'deb [options] uri suite components'`
      : hasPassword(parseSourceLine(line)!.uri)
        ? passwordRefused
        : undefined
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

/** Everybody on a host may read its sources. */
export const passwordRefused = 'a password belongs into a file of its own: /etc/apt/auth.conf.d/NAME.conf, mode 0600'

/** One spelling for each source: options in their order, single blanks, no comment; undefined for a line that is none. */
export function parseSourceLine(line: string): { readonly text: string; readonly uri: string } | undefined {
  const [code = ''] = line.split('#')
  const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)((?:\s+\S+)*)\s*$/.exec(code)
  if (!match) return undefined
  const [, type, options = '', uri, suite, components = ''] = match
  if (!/^[a-z+-]+:/i.test(uri!)) return undefined
  // a suite that is a path has no components, every other has at least one
  if (suite!.endsWith('/') !== (components.trim() === '')) return undefined
  const settings = options.trim().split(/\s+/).filter(Boolean)
  const words = [type, settings.length > 0 && `[${settings.join(' ')}]`, uri, suite, ...components.trim().split(/\s+/)]
  return { text: words.filter(Boolean).join(' '), uri: uri! }
}

/** The name of a file for a source, from its address: `download.docker.com/linux` gives `download_docker_com_linux`. */
export const nameFromUri = (uri: string): string =>
  uri
    .replace(/^[a-z+-]+:\/*/i, '')
    .replace(/^[^/@]*@/, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')

/** A stanza of a .sources file. Fields without a value are left out. */
export const formatStanza = (fields: Readonly<Record<string, string | readonly string[] | undefined>>): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined && value.length > 0)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : value!.join(' ')}\n`)
    .join('')
