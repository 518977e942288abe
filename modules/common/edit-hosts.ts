// Lines of /etc/hosts that others wrote, as a pure function of the text: names that are to lead elsewhere are taken off them.
import { isIP } from 'node:net'
import { compressedIPv6 } from '../../engine/compressed-ipv6.ts'
import { linesOfText, type TextLine, textOfLines } from './text-lines.ts'

/** Names, and an address that they are to lead to. A name may stand in several. */
export interface NamedAddress {
  readonly address: string
  readonly names: readonly string[]
}

/**
 * The text with each of these names on lines of its addresses only; a line that is left without a name goes. All else stays
 * as it is written, and so do blocks between markers of tsplay: who wrote one would write it again.
 *
 * @param text of /etc/hosts.
 * @param wanted where names are to lead. Other names are nobody's business; `localhost` stays on its own lines whatever is said here.
 */
export function withoutOtherAddresses(text: string, wanted: readonly NamedAddress[]): string {
  const addresses = new Map<string, Set<string>>()
  for (const { address, names } of wanted)
    for (const name of names) {
      const key = name.toLowerCase()
      addresses.set(key, (addresses.get(key) ?? new Set()).add(plainAddress(address)))
    }
  const lines = linesOfText(text)
  const kept = linesInBlocks(lines)
  return textOfLines(lines.flatMap((line, index) => (kept.has(index) ? [line] : freed(line, addresses))))
}

/** An address as the host's resolver prints it: IPv6 has many spellings. */
export const plainAddress = (address: string): string =>
  isIP(address) === 6 && !address.includes('%') ? compressedIPv6(address) : address

// what C calls white space, and no more: a name may hold any other
const blank = '[ \\t\\v\\f\\r]'
const word = '[^ \\t\\v\\f\\r#]+'
const entry = new RegExp(`^(${blank}*)(${word})((?:${blank}+${word})+)(${blank}*(#.*)?)$`, 's')

/** The line without names that are to lead elsewhere: one line, or none, or the remark that stood behind it. */
function freed(line: TextLine, addresses: ReadonlyMap<string, ReadonlySet<string>>): readonly TextLine[] {
  const [, indent = '', address = '', names = '', tail = '', remark] = entry.exec(line.text) ?? []
  // what is no address leads nowhere
  if (isIP(address.split('%', 1)[0]!) === 0) return [line]
  const all = [...names.matchAll(new RegExp(`(${blank}+)(${word})`, 'g'))]
  const kept = all.filter(([, , name]) => {
    const own = addresses.get(name!.toLowerCase())
    return own === undefined || own.has(plainAddress(address)) || (isLoopback(address) && isLocalhost(name!))
  })
  if (kept.length === all.length) return [line]
  if (kept.length === 0) return remark === undefined ? [] : [{ ...line, text: remark }]
  // the first that is left stands where the first stood
  const text = kept.map(([, space, name], index) => `${index === 0 ? all[0]![1] : space}${name}`).join('')
  return [{ ...line, text: `${indent}${address}${text}${tail}` }]
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || plainAddress(address) === '::1'

const isLocalhost = (name: string): boolean =>
  /^(localhost[46]?(\.localdomain[46]?)?|ip6-localhost|ip6-loopback|loopback)$/i.test(name)

/** Indexes of lines in blocks that begin and end. */
function linesInBlocks(lines: readonly TextLine[]): ReadonlySet<number> {
  const found = new Set<number>()
  for (let first = 0; first < lines.length; first += 1) {
    const [, label] = /^# BEGIN TSPLAY (.+)$/.exec(lines[first]!.text) ?? []
    if (label === undefined) continue
    const last = lines.findIndex(({ text }, index) => index > first && text === `# END TSPLAY ${label}`)
    for (let index = first; index <= last; index += 1) found.add(index)
  }
  return found
}
