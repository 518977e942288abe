// The built program on a lab's hosts, as a child process, with its events.
import { spawn } from 'node:child_process'
import path from 'node:path'
import type { HostRecap, RunEvent, TaskEvent } from '../../engine/index.ts'

export const root = path.join(import.meta.dirname, '../..')
export const bin = path.join(root, 'dist/engine/cli/bin.js')

export interface Ran {
  readonly code: number
  readonly tasks: readonly TaskEvent[]
  readonly hosts: Readonly<Record<string, HostRecap>>
  readonly stderr: string
}

/** Calls of the program with an inventory, in the project's folder. */
export const tsplayOn =
  (inventory: string) =>
  async (...args: string[]): Promise<Ran> => {
    const { code, stdout, stderr } = await ended(process.execPath, [bin, ...args, '-i', inventory, '-o', 'ndjson'])
    const events = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as RunEvent)
    const recap = events.at(-1)
    return {
      code,
      tasks: events.filter((event): event is TaskEvent => event.type === 'task'),
      hosts: recap?.type === 'recap' ? recap.hosts : {},
      stderr,
    }
  }

/** A program that has ended. */
export function ended(
  file: string,
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: root })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('error', reject).on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
  })
}
