// What the connection tests share: shells to try, a local connection, outputs as text.
import { execFileSync } from 'node:child_process'
import type { Connection, Session, StepOutput, Target } from '../../engine/connection/connection.ts'
import { hostConnection } from '../../engine/connection/host-connection.ts'
import { localTransport } from '../../engine/connection/local.ts'

export const localTarget: Target = {
  name: 'here',
  transport: 'local',
  address: 'localhost',
  port: 22,
  user: '',
  privateKeys: [],
  knownHosts: '/nonexistent/known_hosts',
  hostKeys: 'off',
  connectTimeout: 10,
}

/** The shells a resident shell must live in, by the name of the test. */
export const shells = [
  { name: 'dash', command: ['dash'] },
  { name: 'bash', command: ['bash'] },
  { name: 'busybox ash', command: ['busybox', 'ash'] },
  { name: 'mksh', command: ['mksh'] },
].map((shell) => ({ ...shell, missing: !runs(shell.command) }))

function runs([file, ...args]: string[]): boolean {
  return succeeds(file!, [...args, '-c', ':'])
}

export function succeeds(file: string, args: string[]): boolean {
  try {
    execFileSync(file, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A connection to this machine that is closed when `use` is through. */
export async function withSession<T>(
  shell: readonly string[],
  use: (session: Session, connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = hostConnection(localTarget, localTransport(localTarget, { shell }))
  try {
    return await use(await connection.session(), connection)
  } finally {
    await connection.close()
  }
}

/** What of an output can be compared. */
export const outcome = (output: StepOutput | undefined) =>
  output && { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) }

export const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString()

/** Whether a process is there and not a zombie. */
export function isAlive(pid: number): boolean {
  if (!(pid > 1)) throw new Error(`${pid} is no process id`)
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z')
  } catch {
    return false
  }
}
