// group_vars/ and host_vars/ beside an inventory or a playbook: files of variables by the name of a group or a host.
import { readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { TsplayError } from '../error.ts'
import { type LoadContext, loadDefault } from '../load/load-file.ts'
import { shownPath } from '../load/shown-path.ts'
import type { Warning } from './inventory-source.ts'
import { readTextFile } from './sources/text-file.ts'
import { readYaml } from './sources/yaml-document.ts'
import { variables } from './sources/yaml-source.ts'
import { type Statement, statementsOf } from './variables.ts'

/** What the files of one folder say. */
export interface VarsFiles {
  readonly groups: ReadonlyMap<string, readonly Statement[]>
  readonly hosts: ReadonlyMap<string, readonly Statement[]>
  readonly warnings: readonly Warning[]
}

/**
 * Reads `group_vars/<name>` and `host_vars/<name>` of these groups and hosts: a file that ends in .yml, .yaml, .json, .ts or
 * nothing, or a folder of such files, which are taken in order of their names.
 * @throws TsplayError with place where a file says no variables
 */
export async function varsFiles(
  dir: string,
  names: { readonly groups: Iterable<string>; readonly hosts: Iterable<string> },
  context: LoadContext & { readonly cwd: string },
): Promise<VarsFiles> {
  const warnings: Warning[] = []
  const read = async (folder: string, wanted: Iterable<string>): Promise<Map<string, readonly Statement[]>> => {
    const found = new Map<string, readonly Statement[]>()
    const path = join(dir, folder)
    const present = new Set(listed(path))
    for (const name of present.size === 0 ? [] : wanted) {
      const [first, second] = ['', ...extensions].filter((extension) => present.has(name + extension))
      if (first === undefined) continue
      if (second !== undefined)
        warnings.push({
          message: `${shownPath(join(path, name + second), context.cwd)} is not read, since there is '${name}${first}' as well`,
        })
      const files = filesOf(join(path, name + first))
      found.set(name, (await Promise.all(files.map((file) => statements(file, context, warnings)))).flat())
    }
    return found
  }
  return {
    groups: await read('group_vars', names.groups),
    hosts: await read('host_vars', names.hosts),
    warnings,
  }
}

const extensions = ['.yml', '.yaml', '.json', '.ts']

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The file, or the files of a folder and of those within it; hidden ones and backups are none. */
function filesOf(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path]
  return listed(path)
    .sort()
    .filter((entry) => !/^\.|~$/.test(entry))
    .flatMap((entry) => {
      const inner = join(path, entry)
      const isFolder = statSync(inner, { throwIfNoEntry: false })?.isDirectory() ?? false
      if (isFolder) return extname(entry) === '' ? filesOf(inner) : []
      return ['', ...extensions].includes(extname(entry)) ? [inner] : []
    })
}

async function statements(
  path: string,
  context: LoadContext & { readonly cwd: string },
  warnings: Warning[],
): Promise<Statement[]> {
  const shown = shownPath(path, context.cwd)
  if (extname(path) === '.ts') {
    const vars = await loadDefault(path, 'variables', context)
    return statementsOf(vars, shown, () => ({ file: shown }))
  }
  const file = readTextFile(path, shown)
  if (file.text.startsWith('$ANSIBLE_VAULT'))
    throw new TsplayError(`${shown} is encrypted with ansible-vault, which tsplay does not open`, {
      place: { file: shown, line: 1 },
      hint: 'ansible-vault decrypt it, or give its variables with -e',
    })
  return variables(readYaml(file), shown, { warn: (warning) => warnings.push(warning) })
}
