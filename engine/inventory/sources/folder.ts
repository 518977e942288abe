// A folder as an inventory: the files in it, in the order in which they are merged. Reads no file.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The inventories of a folder and of those within it, sorted by name: `hosts.*`, and whatever else Ansible would read there.
 * Variables of groups and hosts, hidden files, backups, documents and configuration are none.
 */
export function inventoriesIn(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .filter((entry) => /^hosts\.(?:ini|ts|mts|js|mjs)$/.test(entry) || !ignored.test(entry))
    .flatMap((entry) => {
      const path = join(folder, entry)
      return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? inventoriesIn(path) : [path]
    })
}

const ignored =
  /^\.|^(?:group_vars|host_vars|vars_plugins|node_modules)$|~$|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry|[cm]?[jt]s)$/
