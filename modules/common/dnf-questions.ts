// What dnf or yum knows, asked from what it has cached: nothing is fetched, and nothing is written but its own log and lock.
import type { Content } from '../../engine/content.ts'
import { all, map, type Probe, type ScriptAnswer, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { configFile } from './config-file.ts'
import { versionLockFiles } from './version-lock.ts'

/** Newer versions by `name.arch` as the cached metadata have them; undefined where there are none to look at. */
export const updatesProbe = (options: readonly string[], names: readonly string[]): Probe<ScriptAnswer> =>
  asked(sh`"$_t" -C -q ${options} check-update -- ${names} 2>&1`)

/** check-update's answer: its exit code is 100 where there are updates and 0 where there are none. */
export const readUpdates = ({ code, stdout }: ScriptAnswer): Listed[] | undefined =>
  code === 100 || code === 0 ? listed(stdout.split(/^Obsoleting /m)[0]!) : noRepositories.test(stdout) ? [] : undefined

/** With none enabled there is nothing newer, and nothing to be installed. */
const noRepositories = /^Error: There are no enabled repositories/m

/** What is installed and what could be, by patterns. */
export const patternsProbe = (options: readonly string[], patterns: readonly string[]): Probe<ScriptAnswer> =>
  asked(sh`rpm -qa --qf '%{NAME}\n' ${patterns}; echo --
"$_t" -C -q ${options} list available -- ${patterns} 2>&1`)

/** `available` is undefined where the metadata are not cached. */
export function readPatterns({ code, stdout }: ScriptAnswer): {
  installed: readonly string[]
  available: readonly string[] | undefined
} {
  const [installed = '', available = ''] = `\n${stdout}`.split('\n--\n')
  const known = code === 0 || /^Error: No matching Packages/m.test(available) || noRepositories.test(available)
  return {
    installed: [...new Set(installed.split('\n').filter(Boolean))],
    available: known ? listed(available).map(({ name }) => name) : undefined,
  }
}

/** A group of packages. */
export interface Group {
  readonly id: string
  readonly name: string
  readonly installed: boolean
}

export const groupsProbe = (options: readonly string[]): Probe<ScriptAnswer> =>
  asked(sh`"$_t" -C -v ${options} group list --hidden 2>&1`)

/** By id and by name, in small letters: dnf does not tell them apart. Undefined where it cannot be told. */
export function readGroups({ code, stdout }: ScriptAnswer): ReadonlyMap<string, Group> | undefined {
  if (code !== 0) return undefined
  const found = new Map<string, Group>()
  let installed = false
  for (const line of stdout.split('\n')) {
    if (/^\S.*:$/.test(line)) installed = /^Installed /.test(line)
    const [, name, id] = /^ {3}(.+) \(([^()]+)\)$/.exec(line) ?? []
    if (name && id) for (const key of [name, id]) found.set(key.toLowerCase(), { id, name, installed })
  }
  return found
}

/** What rpm files on the host are, and which versions of it are installed. */
export const filesProbe = (paths: readonly string[]): Probe<ScriptAnswer> =>
  script(
    sh`for _f in ${paths}; do
  _n=$(rpm -qp --qf '%{NAME}\t%{EVR}' -- "$_f" 2>/dev/null) && _i=$(rpm -q --qf '%{EVR} ' -- "\${_n%%	*}" 2>/dev/null) || _i=
  printf '%s\t%s\n' "$_n" "$_i"
done`,
  )

/** In the order of the paths; undefined where there is no rpm that can be read. */
export const readFiles = ({ stdout }: ScriptAnswer): (FileOnHost | undefined)[] =>
  stdout.split('\n').map((line) => {
    const [name, version, installed = ''] = line.split('\t')
    return name && version ? { name, version, installed: installed.split(' ').filter(Boolean) } : undefined
  })

export interface FileOnHost {
  readonly name: string
  readonly version: string
  readonly installed: readonly string[]
}

/** Whether the metadata were refreshed at most so many seconds ago, and after the last change of the repositories. */
export const metadataProbe = (age: number): Probe<'fresh' | 'old'> =>
  map(metadataQuestion(age), ({ stdout }) => (stdout.trim() === 'fresh' ? 'fresh' : 'old'))

export const metadataQuestion = (age: number): Probe<ScriptAnswer> =>
  asked(
    sh`_m=/var/cache/$_t/${freshMark}
if [ -f "$_m" ] && [ $(( $(date +%s) - $(stat -c %Y "$_m") )) -le ${age} ] && [ -z "$(find /etc/yum.repos.d -newer "$_m" 2>/dev/null)" ]; then echo fresh; else echo old; fi`,
    ['/etc/yum.repos.d', '/var/cache/dnf', '/var/cache/yum'].map(fileResource),
  )

/** The lists of the plugin versionlock, by the tool that reads them. */
export type VersionLocks = Readonly<Record<keyof typeof versionLockFiles, Content | null>>

export const versionLocksProbe: Probe<VersionLocks> = all({
  dnf: configFile(versionLockFiles.dnf.list),
  yum: configFile(versionLockFiles.yum.list),
})

/** dnf keeps no time of the last refresh as a whole. */
export const freshMark = 'refreshed-by-tsplay'

/** A package in a list of dnf's or yum's. */
export interface Listed {
  readonly name: string
  readonly arch: string
  readonly version: string
}

/** Lines of `name.arch version repository`; yum breaks long ones where nobody would. */
const listed = (text: string): Listed[] =>
  [...text.replace(/\n[ \t]+/g, ' ').matchAll(/^(\S+)\.([a-z0-9_]+)[ \t]+(\S*\d\S*-\S+)[ \t]+\S+[ \t]*$/gm)].map(
    ([, name, arch, version]) => ({ name: name!, arch: arch!, version: version! }),
  )

const asked = (text: Script, reads?: readonly string[]): Probe<ScriptAnswer> =>
  script(
    sh`LC_ALL=C; export LC_ALL
if command -v dnf >/dev/null 2>&1; then _t=dnf; elif command -v yum >/dev/null 2>&1; then _t=yum; else exit 127; fi
${text}`,
    { ...(reads && { reads }) },
  )
