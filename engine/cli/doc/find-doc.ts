// The module that somebody asks about: by its own name, as Ansible calls it, or nearly so.
import { refusedModules, translations } from '../../../modules/ansible/index.ts'
import { suggest, TsplayError } from '../../error.ts'
import type { ModuleDoc } from './module-doc.ts'

/** `copy`, `lineinfile`, `line_in_file`, `ansible.builtin.copy`. @throws TsplayError with what was meant, or does the same */
export function findDoc(docs: readonly ModuleDoc[], given: string): ModuleDoc {
  const name = given.replace(/^\w+\.\w+\.(?=\w+$)/, '')
  const found =
    docs.find((doc) => doc.name === name) ??
    docs.find((doc) => simplified(doc.name) === simplified(name)) ??
    docs.find((doc) => doc.name === translated(name))
  if (found) return found
  const refusal = Object.hasOwn(refusedModules, name) ? refusedModules[name] : undefined
  if (refusal) throw new TsplayError(`doc: '${given}' ${refusal.why}`, { hint: refusal.instead })
  throw new TsplayError(`doc: there is no module '${given}'`, {
    hint: suggest(name, [...docs.map((doc) => doc.name), ...translations.flatMap(({ names }) => names)]),
  })
}

/** What one of Ansible's modules is here. */
function translated(name: string): string | undefined {
  const module = translations.find(({ names }) => names.some((each) => simplified(each) === simplified(name)))?.module
  return typeof module === 'string' ? module : module?.name
}

const simplified = (name: string): string => name.toLowerCase().replace(/[_-]/g, '')
