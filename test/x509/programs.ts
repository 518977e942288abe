// The real programs that tests hand certificates to. A test that cannot run says in its title which of them is missing.
import { execFile, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** Whether tests with these programs are skipped, and what their titles say then. */
export interface Needed {
  readonly skip: boolean
  /** Empty, or `, skipped: this machine has no cfssl`. */
  readonly note: string
}

/** Looks for the programs on the PATH. Only Debian's names are asked for. */
export function needs(...programs: readonly string[]): Needed {
  const missing = programs.filter((program) => !isThere(program))
  return {
    skip: missing.length > 0,
    note: missing.length > 0 ? `, skipped: this machine has no ${missing.join(', no ')}` : '',
  }
}

const isThere = (program: string): boolean =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** What a program has printed and how it ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, at most 30 s, in `cwd` and with `input` on its standard input. */
export function end(
  file: string,
  args: readonly string[],
  { cwd, input }: { cwd?: string; input?: string | Uint8Array } = {},
): Ended {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, input, timeout: 30_000, encoding: 'utf8' })
  return { code: status, stdout, stderr }
}

/** What a program prints. @throws Error where it fails, with what it says */
export function output(
  file: string,
  args: readonly string[],
  options: { cwd?: string; input?: string | Uint8Array } = {},
): string {
  const { code, stdout, stderr } = end(file, args, options)
  if (code !== 0) throw new Error(`${file} ${args.join(' ')}: exit ${code}: ${stderr}`)
  return stdout
}

/** The same without holding up whoever serves it from this process. */
export const endLater = (file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(file, args, { timeout: 30_000, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
