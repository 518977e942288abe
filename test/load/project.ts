// A user's project for one test: files in a folder far from any node_modules, gone when the test is over.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished, vi } from 'vitest'

/** The folder; compiled files are kept outside of it, for this test only. */
export function project(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'tsplay-project-'))
  vi.stubEnv('XDG_CACHE_HOME', join(root, 'cache'))
  onTestFinished(() => {
    vi.unstubAllEnvs()
    rmSync(root, { recursive: true, force: true })
  })
  const cwd = join(root, 'work')
  mkdirSync(cwd)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    // what begins as a script does is one
    writeFileSync(join(cwd, name), text, { mode: text.startsWith('#!') ? 0x1ed : 0x1a4 })
  }
  return cwd
}
