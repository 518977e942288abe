// Runs one of this machine's own programs to its end. Knows nothing of labs or hosts.
import { execFile } from 'node:child_process'
import { TsplayError } from '../error.ts'

/** How a program ended. */
export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program; whatever its exit code, it is the caller's to judge. */
export const attempt = (argv: readonly string[], input = ''): Promise<CommandResult> =>
  new Promise((resolve) => {
    const [file = '', ...args] = argv
    // administration programs live in sbin, which is not in every user's PATH
    const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`, LC_ALL: 'C' }
    const child = execFile(file, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 127) : 0
      resolve({ code, stdout, stderr: stderr || (error && code === 127 ? error.message : '') })
    })
    child.stdin?.on('error', () => {}) // a program need not read what it is given
    child.stdin?.end(input)
  })

/**
 * Runs a program that must succeed and gives its standard output.
 * @throws TsplayError with the last lines that it wrote.
 */
export async function run(argv: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await attempt(argv, input)
  if (code === 0) return stdout
  const said = lastLines(stderr.trim() || stdout.trim(), 15)
  throw new TsplayError(`'${lastLines(argv.join(' '), 1).slice(0, 200)}' failed (${code})${said && `: ${said}`}`)
}

/** The last lines of a text. */
export const lastLines = (text: string, count: number): string => text.trimEnd().split('\n').slice(-count).join('\n')
