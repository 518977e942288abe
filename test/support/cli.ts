// The built program in a project of the test's own: files as a user writes them, exit code and output as a user sees them.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { HostRecap, RunEvent, TaskEvent } from '../../engine/index.ts'

const bin = path.join(import.meta.dirname, '../../dist/engine/cli/bin.js')

export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** The lines of `-o ndjson`; empty with other formats. */
  readonly events: readonly RunEvent[]
  readonly tasks: readonly TaskEvent[]
  readonly hosts: Readonly<Record<string, HostRecap>>
}

export interface Project {
  readonly dir: string
  /** Writes a file of the project. */
  write(file: string, text: string): string
  /** Runs tsplay in the project's folder. */
  tsplay(
    args: readonly string[],
    options?: { env?: Readonly<Record<string, string>>; onStart?: (child: ChildProcess) => void },
  ): Promise<Finished>
  remove(): void
}

/** A world of one group, and two hosts that are this machine. */
export const world = `import { site, z } from 'tsplay'
export const world = site({
  vars: z.object({ greeting: z.string().default('hello'), listen: z.number().default(80) }),
  groups: { web: z.object({ weight: z.number().default(1) }), db: z.object({}) },
})
`

export const inventoryOf = (groups: string, rest = ''): string => `import { inventory } from 'tsplay'
import { world } from '../world.ts'
export default inventory(world, {
  vars: { transport: 'local' },
  groups: ${groups},
  ${rest}
})
`

/** A playbook of one play over `hosts` with these tasks. */
export const playbookOf = (
  tasks: string,
  hosts = "'web'",
): string => `import { block, handler, play, playbook, role, task } from 'tsplay'
import { assert, command, copy, debug, directory, lineInFile, shell, template } from 'tsplay/modules'
import { world } from './world.ts'
export default playbook(world, [
  play({ name: 'main', hosts: ${hosts}, tasks: ({ vars, host, groups }) => [
${tasks}
  ] }),
])
`

/** A project with a world, an inventory `home` of the hosts w1 and w2 in web, and what is given. */
export function project(files: Readonly<Record<string, string>> = {}): Project {
  if (!existsSync(bin)) throw new Error('the program is not built: npm run build')
  const dir = mkdtempSync(path.join(tmpdir(), 'tsplay-cli-'))
  const write = (file: string, text: string): string => {
    const full = path.join(dir, file)
    mkdirSync(path.dirname(full), { recursive: true })
    writeFileSync(full, text)
    return full
  }
  write('world.ts', world)
  write(
    'inventories/home.ts',
    inventoryOf("{ web: { hosts: { w1: { address: 'w1.test' }, w2: { address: 'w2.test' } } } }"),
  )
  for (const [file, text] of Object.entries(files)) write(file, text)
  return {
    dir,
    write,
    remove: () => rmSync(dir, { recursive: true, force: true }),
    tsplay: (args, { env = {}, onStart } = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [bin, ...args], {
          cwd: dir,
          env: { ...process.env, NO_COLOR: '1', ...env },
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        let [stdout, stderr] = ['', '']
        child.stdout.setEncoding('utf8').on('data', (text) => {
          stdout += text
        })
        child.stderr.setEncoding('utf8').on('data', (text) => {
          stderr += text
        })
        child.on('error', reject)
        child.on('close', (code) => resolve(finished(code ?? -1, stdout, stderr)))
        onStart?.(child)
      }),
  }
}

function finished(code: number, stdout: string, stderr: string): Finished {
  const events = stdout.startsWith('{"type"')
    ? stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as RunEvent)
    : []
  const last = events.at(-1)
  return {
    code,
    stdout,
    stderr,
    events,
    tasks: events.filter((event): event is TaskEvent => event.type === 'task'),
    hosts: last?.type === 'recap' ? last.hosts : {},
  }
}
