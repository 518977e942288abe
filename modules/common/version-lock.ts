// The list of versions that the plugin versionlock of dnf and yum keeps packages at.
import { compareRpmVersions } from './rpm-version.ts'

/** The flavours of its lines: dnf writes `name-epoch:version-release.*`, yum `epoch:name-version-release.*`. */
export type LockFlavour = 'dnf' | 'yum'

export const versionLockFiles = {
  dnf: { list: '/etc/dnf/plugins/versionlock.list', conf: '/etc/dnf/plugins/versionlock.conf' },
  yum: { list: '/etc/yum/pluginconf.d/versionlock.list', conf: '/etc/yum/pluginconf.d/versionlock.conf' },
} as const

/** The installed versions of a package that no line locks. */
export const unlocked = (
  lines: readonly string[],
  name: string,
  versions: readonly string[],
  flavour: LockFlavour,
): string[] => versions.filter((version) => !lines.some((line) => covers(line, name, version, flavour)))

/** Whether any line is about the package. */
export const isLocked = (lines: readonly string[], name: string, flavour: LockFlavour): boolean =>
  lines.some((line) => isAbout(line, name, flavour))

/** The lines with these versions locked and no others. */
export const lock = (
  lines: readonly string[],
  name: string,
  versions: readonly string[],
  flavour: LockFlavour,
): string[] => [
  ...unlock(lines, name, flavour),
  ...[...versions].sort(compareRpmVersions).map((version) => lockLine(name, version, flavour)),
]

/** The lines without any about the package. */
export const unlock = (lines: readonly string[], name: string, flavour: LockFlavour): string[] =>
  lines.filter((line, index) => {
    // the plugin's own remark above its line goes with it
    const about = /^# Added locks? on /.test(line) ? (lines[index + 1] ?? '') : line
    return !isAbout(about, name, flavour)
  })

function lockLine(name: string, version: string, flavour: LockFlavour): string {
  const [, epoch = '0', rest] = /^(?:(\d+):)?(.*)$/.exec(version)!
  return flavour === 'dnf' ? `${name}-${epoch}:${rest}.*` : `${epoch}:${name}-${rest}.*`
}

/** A line without an exclamation mark keeps a package at what it names; with one, it keeps that away. */
function covers(line: string, name: string, version: string, flavour: LockFlavour): boolean {
  if (!isAbout(line, name, flavour)) return false
  const pattern = line
    .trim()
    .replace(/[.+^$(){}|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const full = lockLine(name, version, flavour).replace(/\*$/, 'noarch')
  const spellings = [
    full,
    full.replace('0:', ''),
    full.replace(/\.noarch$/, ''),
    full.replace('0:', '').replace(/\.noarch$/, ''),
  ]
  return spellings.some((spelling) => new RegExp(`^${pattern}$`).test(spelling))
}

function isAbout(line: string, name: string, flavour: LockFlavour): boolean {
  const text = line.trim()
  if (text === '' || /^[#!]/.test(text)) return false
  const rest = flavour === 'yum' ? text.replace(/^(\d+|\*):/, '') : text
  return rest === name || (rest.startsWith(`${name}-`) && /^[\d*]/.test(rest.slice(name.length + 1)))
}
