// unit: what systemd knows of units. One `systemctl show` for all units of a scope.
import { fileResource } from '../resource.ts'
import { sh } from '../script.ts'
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
  /** True where a unit file on disk is newer than what systemd has loaded. */
  readonly needsReload: boolean
}

interface Key {
  readonly name: string
  readonly scope: 'system' | 'user'
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

const properties = ['Id', 'LoadState', 'ActiveState', 'UnitFileState', 'NeedDaemonReload']

export const unitKind: QuestionKind<Key, UnitAnswer> = {
  name: 'unit',
  script: (keys) =>
    sh.join(
      scopes.map((scope) => {
        const names = keys.filter((key) => key.scope === scope).map((key) => unitName(key.name))
        return (
          names.length > 0 &&
          sh`if [ -d /run/systemd/system ]; then ${scope === 'user' ? userBus : sh.empty}systemctl ${`--${scope}`} show -p ${properties.join(',')} -- ${names}; else printf 'none\n'; fi; printf '\n--\n'`
        )
      }),
    ),
  parse(output, keys) {
    const sections = decode(output).split('\n--\n')
    const blocks = new Map(
      scopes
        .filter((scope) => keys.some((key) => key.scope === scope))
        .map((scope, index) => [scope, sections[index]!.trim().split(/\n\n+/)] as const),
    )
    return keys.map(({ name, scope }) => {
      const id = unitName(name)
      const block = blocks.get(scope)!.shift()
      if (block === undefined) throw new Error(`systemctl show ${id}: no answer`)
      if (block === 'none') {
        blocks.get(scope)!.unshift(block)
        return { systemd: false, id, load: 'not-found', active: 'inactive', enabled: '', needsReload: false }
      }
      const values = Object.fromEntries(
        block.split('\n').map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
      )
      return {
        systemd: true,
        id: values.Id || id,
        load: values.LoadState ?? 'not-found',
        active: values.ActiveState ?? 'inactive',
        enabled: values.UnitFileState ?? '',
        needsReload: values.NeedDaemonReload === 'yes',
      }
    })
  },
  reads: ({ name }) => unitResources(name),
}

const scopes = ['system', 'user'] as const

export const unitQuestion = (name: string, scope: 'system' | 'user' = 'system') =>
  question(unitKind, { name, scope }, `${scope} ${name}`)
