// knownHosts' edit as a pure function of the file's text. Finds hashed names as well as plain ones.
import { createHash, createHmac } from 'node:crypto'
import { type PublicKey, publicKeyOf, sameKey } from './public-key.ts'

/** Which host, and which keys it is to have. */
export interface HostsEdit {
  /** As it stands in the file: `git.example.com`, `[git.example.com]:2222`. */
  readonly name: string
  /** One for each type at most. */
  readonly keys: readonly HostKey[]
  readonly state: 'present' | 'absent'
  /** undefined: a hashed name stays hashed and a plain one plain. */
  readonly hashHost: boolean | undefined
}

/** A key with what stands before it. */
export interface HostKey extends PublicKey {
  /** `@cert-authority`, `@revoked` or nothing. */
  readonly marker: string
  /** The names it was given with; none: only the host's. */
  readonly names: readonly string[]
}

/** The text with the keys, or without them. Other hosts' names stay, on the same line as well. */
export function editKnownHosts(text: string, edit: HostsEdit): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const had = new Set<HostKey>()
  const kept = lines.flatMap((line) => {
    const found = hostKeyOf(line)
    const own = found?.names.find((name) => isNamed(name, edit.name))
    if (!found || own === undefined) return [line]
    const wanted = edit.keys.find((key) => key.type === found.type && key.marker === found.marker)
    if (edit.state === 'present') {
      if (!wanted) return [line]
      const fits = edit.hashHost === undefined || edit.hashHost === own.startsWith('|1|')
      if (sameKey(wanted, found) && fits && !had.has(wanted)) {
        had.add(wanted)
        return [line]
      }
    } else if (edit.keys.length > 0 && !(wanted && sameKey(wanted, found))) return [line]
    return without(line, found, own)
  })
  const added = edit.state === 'absent' ? [] : edit.keys.filter((key) => !had.has(key)).map((key) => lineOf(key, edit))
  const edited = [...kept, ...added]
  return edited.join('\n') === lines.join('\n') ? text : edited.map((line) => `${line}\n`).join('')
}

/** A line of known_hosts; undefined where it holds no key. */
export function hostKeyOf(line: string): HostKey | undefined {
  const key = publicKeyOf(line)
  if (!key) return undefined
  const [, marker = '', names = ''] = /^(@\S+)?\s*(\S*)$/.exec(key.before) ?? []
  return { ...key, marker, names: names === '' ? [] : names.split(',') }
}

/** The name as ssh writes it: in lower case, the usual port left out. */
export const hostName = (name: string): string => name.toLowerCase().replace(/^\[(.*)\]:22$/, '$1')

/** Whether a name in a file, hashed or not, is this host's. */
export function isNamed(written: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|(.+)$/.exec(written) ?? []
  if (salt === undefined) return hostName(written) === name
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
}

const lineOf = (key: HostKey, { name, hashHost }: HostsEdit): string =>
  [
    key.marker,
    hashHost ? hashed(name, key) : key.names.length > 0 ? key.names.join(',') : name,
    key.type,
    key.blob,
    key.comment,
  ]
    .filter((part) => part !== '')
    .join(' ')

/** Salted by the key it stands before, so that a second run writes the same. */
function hashed(name: string, { blob }: HostKey): string {
  const salt = createHash('sha1').update(`${name}\n${blob}`).digest()
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

/** The line without one of its names; nothing where that was the only one. */
function without(line: string, { names, marker }: HostKey, own: string): string[] {
  const others = names.filter((name) => name !== own)
  if (others.length === 0) return []
  const start = line.indexOf(names.join(','), marker.length)
  return [line.slice(0, start) + others.join(',') + line.slice(start + names.join(',').length)]
}
