// The version in package.json.
import { readFileSync } from 'node:fs'

/** As `--version` prints it. */
export function version(): string {
  // dist/engine/cli and engine/cli lie at different depths below package.json
  for (const folder of ['../../', '../../../']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(`${folder}package.json`, import.meta.url), 'utf8'))
      if (name === 'tsplay') return version
    } catch {
      // not there: the other depth
    }
  }
  return 'unknown'
}
