// unit: what systemd knows of units. One `systemctl show` for all units of a scope.
import { fileResource } from '../resource.ts'
import { type Script, sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

/** A systemd unit. */
export interface UnitAnswer {
  /** False where the host does not run systemd. */
  readonly systemd: boolean
  /** The unit's own name; differs from the one asked for where that is an alias. */
  readonly id: string
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`. */
  readonly load: string
  /** `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading`. */
  readonly active: string
  /** `enabled`, `disabled`, `static`, `masked`, `alias`, `generated`, … ; empty where there is no unit file. */
  readonly enabled: string
  /** True where a unit file on disk is newer than what systemd has loaded, or one of its drop-ins has not been loaded. */
  readonly needsReload: boolean
}

/** Whose systemd: the host's, that of the user who asks, or what holds for all users alike (of which nothing runs). */
export type UnitScope = 'system' | 'user' | 'global'

interface Key {
  readonly name: string
  readonly scope: UnitScope
}

/** `nginx` means `nginx.service`. */
export const unitName = (name: string): string =>
  /\.(service|socket|timer|target|mount|automount|swap|path|slice|scope|device)$/.test(name) ? name : `${name}.service`

/** A shell without a login session does not know where its user's systemd listens. */
export const userBus = sh`XDG_RUNTIME_DIR="\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" `

/** Where a unit's file and its drop-ins may lie. */
const unitFolders = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system']

/** What a unit's state depends on: itself, and whatever systemd would load it from. */
export const unitResources = (name: string): string[] => {
  const id = unitName(name)
  const template = /^([^@]+@).+(\.[a-z]+)$/.exec(id)
  const files = template ? [id, `${template[1]}${template[2]}`] : [id]
  return [
    `unit:${id}`,
    ...files.flatMap((file) =>
      unitFolders.flatMap((folder) => [`${folder}/${file}`, `${folder}/${file}.d`]).map(fileResource),
    ),
  ]
}

const properties = ['Id', 'LoadState', 'ActiveState', 'UnitFileState', 'NeedDaemonReload', 'DropInPaths']

export const unitKind: QuestionKind<Key, UnitAnswer> = {
  name: 'unit',
  script: (keys) =>
    sh.join(
      sections.map((section) => {
        const own = keys.filter((key) => sectionOf(key) === section)
        const asked =
          section === 'files'
            ? sh.join([fileState, ...own.map(({ name, scope }) => fileStateOf(scope, unitName(name)))])
            : sh`${section === 'user' ? userBus : sh.empty}systemctl ${`--${section}`} show -p ${properties.join(',')} -- ${own.map(({ name }) => unitName(name))}${section === 'system' ? dropIns(own.map(({ name }) => unitName(name))) : sh.empty}`
        return (
          own.length > 0 && sh`if [ -d /run/systemd/system ]; then ${asked}; else printf 'none\n'; fi; printf '\n--\n'`
        )
      }),
    ),
  parse(output, keys) {
    const texts = decode(output).split('\n--\n')
    const blocks = new Map(
      sections
        .filter((section) => keys.some((key) => sectionOf(key) === section))
        .map((section, index) => [section, texts[index]!.trim().split(/\n\n+/)] as const),
    )
    return keys.map((key) => {
      const id = unitName(key.name)
      const section = blocks.get(sectionOf(key))!
      const block = section.shift()
      if (block === undefined) throw new Error(`systemctl show ${id}: no answer`)
      if (block === 'none') {
        section.unshift(block)
        return { systemd: false, id, load: 'not-found', active: 'inactive', enabled: '', needsReload: false }
      }
      const onDisk = section.filter((each) => each.startsWith(dropIn)).flatMap((each) => each.split('\n'))
      const values = Object.fromEntries(
        block.split('\n').map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
      )
      return {
        systemd: true,
        id: values.Id || id,
        load: values.LoadState ?? 'not-found',
        active: values.ActiveState ?? 'inactive',
        enabled: values.UnitFileState ?? '',
        needsReload: values.NeedDaemonReload === 'yes' || hasUnread(values, onDisk),
      }
    })
  },
  reads: ({ name }) => unitResources(name),
}

const dropIn = 'drop-in '

/** systemd says nothing of a drop-in in a folder that was not there when it last read units: so it is looked at itself. */
const dropIns = (ids: readonly string[]): Script => sh`
printf '\n'; for _u in ${ids}; do for _f in /etc/systemd/system/"$_u".d/*.conf; do [ ! -f "$_f" ] || [ ! -s "$_f" ] || printf '${sh.raw(dropIn)}%s\n' "$_f"; done; done`

function hasUnread(
  { Id = '', LoadState, DropInPaths = '' }: Record<string, string>,
  onDisk: readonly string[],
): boolean {
  const read = new Set(DropInPaths.split(' '))
  const own = onDisk.map((line) => line.slice(dropIn.length)).filter((path) => path.includes(`/${Id}.d/`))
  return LoadState === 'loaded' && own.some((path) => !read.has(path))
}

/** What is asked in one command. Of templates, and of what holds for all users, there are only files: nothing of them runs. */
const sections = ['system', 'user', 'files'] as const

const sectionOf = ({ name, scope }: Key): (typeof sections)[number] =>
  scope === 'global' || isTemplate(name) ? 'files' : scope

/** `name@.service`, of which units are made by giving it an instance. */
export const isTemplate = (name: string): boolean => /@\.[a-z]+$/.test(unitName(name))

/** Prints what `show` prints, of a unit's file alone: the command, then the unit. */
const fileState = sh`_f() {
  _s=$("$@" 2>/dev/null); _l=loaded
  case $_s in ''|not-found) _l=not-found; _s=;; masked*) _l=masked;; esac
  shift $(($# - 1)); printf 'Id=%s\nLoadState=%s\nActiveState=inactive\nUnitFileState=%s\nNeedDaemonReload=no\n\n' "$1" "$_l" "$_s"
}`

const fileStateOf = (scope: UnitScope, name: string): Script =>
  sh`${scope === 'user' ? userBus : sh.empty}_f systemctl ${`--${scope}`} is-enabled -- ${name}`

export const unitQuestion = (name: string, scope: UnitScope = 'system') =>
  question(unitKind, { name, scope }, `${scope} ${name}`)
