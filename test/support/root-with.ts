// A folder that stands for the root of a host, and shells that lack some tools.

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { folderHere } from './settle-here.ts'

/** A root folder with these files; a name that ends in `/` is a folder. */
export function rootWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = folderHere()
  for (const [file, text] of Object.entries(files)) {
    const at = path.join(root, file)
    mkdirSync(file.endsWith('/') ? at : path.dirname(at), { recursive: true })
    if (!file.endsWith('/')) writeFileSync(at, text)
  }
  return root
}

/** busybox's shell and tools, and these programs (shell text) before them; without `lacking`. */
export function poorShell(lacking: readonly string[], programs: Readonly<Record<string, string>> = {}): string[] {
  const folder = folderHere()
  spawnSync('busybox', ['--install', '-s', folder])
  for (const name of lacking) rmSync(path.join(folder, name), { force: true })
  for (const [name, body] of Object.entries(programs)) {
    rmSync(path.join(folder, name), { force: true })
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${body}\n`)
    chmodSync(path.join(folder, name), 0o755)
  }
  return ['env', `PATH=${folder}`, path.join(folder, 'ash')]
}
