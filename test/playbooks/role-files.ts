// What a role's file tasks write, and what a documented shell snippet does to files: both without a host.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { createControl, createControlCache } from '../../engine/run/control/control.ts'
import type { ListedTask } from './tasks-of.ts'

/** The text that a copy or template task puts on the host. */
export async function writtenBy({ node, params }: ListedTask): Promise<string> {
  if (typeof params.content === 'string') return params.content
  const unused = undefined as never
  const control = createControl({
    ...{ check: true, host: { name: 'h', address: '10.0.0.1' }, store: unused, facts: unused },
    dirs: node.scope.dirs,
    cache: createControlCache(),
  })
  return (await control.render(params.src, params.vars)).text
}

/** The lines of /etc/hosts that a task of the role hosts-file wants. */
export const hostsLines = ({ params }: ListedTask): string[] =>
  (params.entries as readonly { address: string; names: string[] }[]).map(({ address, names }) =>
    [address, ...names].join(' '),
  )

/** A folder that stands for a host's root. */
export interface Root {
  /** Runs shell there, in bash: `$R` is the folder. */
  run(script: string): { readonly code: number; readonly output: string }
  read(file: string): string
}

/** Files by their paths below the root; gone when the test ends. */
export function rootOf(files: Readonly<Record<string, string>>): Root {
  const root = mkdtempSync(path.join(tmpdir(), 'tsplay-documented-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
  }
  return {
    run(script) {
      const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
        cwd: root,
        encoding: 'utf8',
        timeout: 20_000,
        env: { PATH: process.env.PATH, HOME: root, R: root },
      })
      return { code: status ?? -1, output: `${stdout}${stderr}` }
    },
    read: (file) => readFileSync(path.join(root, file), 'utf8'),
  }
}
