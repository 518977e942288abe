// The module that -m names: one of ours, or one of Ansible's said with ours. Converts no arguments.
import { collections, refusedModules, type Translation, translations } from '../../../modules/ansible/index.ts'
import * as modules from '../../../modules/index.ts'
import { suggest, TsplayError } from '../../error.ts'
import type { AnyModule } from '../../module.ts'

/** A module, and how Ansible's arguments are said with its own. */
export interface FoundModule {
  /** As the user named it, without a collection. */
  readonly name: string
  readonly module: AnyModule | undefined
  readonly translation: Translation | undefined
  /** Its argument is a command. */
  readonly freeForm: boolean
}

/** Our modules by name; what is no module of the registry, such as `fact`, is left out. */
const registry: ReadonlyMap<string, AnyModule> = new Map(
  Object.values(modules).flatMap((made): [string, AnyModule][] =>
    'module' in made ? [[made.module.name, made.module]] : [],
  ),
)

/** `copy`, `lineinfile`, `line_in_file`, `ansible.builtin.copy`. @throws TsplayError with what does the same */
export function findModule(given: string): FoundModule {
  const name = withoutCollection(given)
  const plain = simplified(name)
  const translation =
    translations.find(({ names }) => names.includes(name)) ??
    (registry.has(name) ? undefined : translations.find(({ names }) => names.some((one) => simplified(one) === plain)))
  const module = registry.get(name) ?? [...registry].find(([own]) => simplified(own) === plain)?.[1]
  if (translation || module) return { name, module, translation, freeForm: translation?.freeForm === true }
  const refusal = Object.hasOwn(refusedModules, name) ? refusedModules[name] : undefined
  if (refusal) throw new TsplayError(`-m ${name}: ${refusal.why}`, { hint: refusal.instead })
  throw new TsplayError(`-m ${name}: there is no such module`, {
    hint: suggest(name, [...registry.keys(), ...translations.flatMap(({ names }) => names)]),
  })
}

/** The module that a translation asks for. */
export function moduleNamed(wanted: string | AnyModule): AnyModule {
  const found = typeof wanted === 'string' ? registry.get(wanted) : wanted
  if (!found) throw new Error(`a translation names the module '${String(wanted)}', which is none`)
  return found
}

function withoutCollection(given: string): string {
  const [, collection, name] = /^(\w+\.\w+)\.(\w+)$/.exec(given) ?? []
  if (collection === undefined || name === undefined) return given
  if (collections.includes(collection)) return name
  throw new TsplayError(`-m ${given}: there are no modules of the collection ${collection}`, {
    hint: `of ${collections.join(', ')} many are understood; -m command runs anything`,
  })
}

const simplified = (name: string): string => name.toLowerCase().replace(/[_-]/g, '')
