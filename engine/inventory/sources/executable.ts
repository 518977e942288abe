// An inventory that is a program: what it prints for --list, and for --host where that says nothing of hosts.
import { spawn } from 'node:child_process'
import pLimit from 'p-limit'
import { TsplayError } from '../../error.ts'
import type { InventorySource } from '../inventory-source.ts'
import { listedSource } from './listed-source.ts'

export interface ExecutableOptions {
  readonly name: string
  /** The program as messages show it. */
  readonly shown: string
  readonly cwd: string
  /** Seconds that one call may take. */
  readonly timeout: number
}

/** @throws TsplayError where the program fails, takes too long, or prints something else than JSON */
export async function executableSource(
  file: string,
  { name, shown, cwd, timeout }: ExecutableOptions,
): Promise<InventorySource> {
  const ask = async (...args: string[]): Promise<unknown> =>
    parsed(
      await output(file, args, { shown: `${shown} ${args.join(' ')}`, cwd, timeout }),
      `${shown} ${args.join(' ')}`,
    )
  const listed = await ask('--list')
  const source = listedSource(listed, { name, path: shown })
  if ((listed as { _meta?: { hostvars?: unknown } })._meta?.hostvars !== undefined) return source
  const limit = pLimit(atOnce)
  const hosts = [...new Set([...source.groups.values()].flatMap((group) => [...group.hosts]))]
  const hostVars = await Promise.all(
    hosts.map((host) => limit(async (): Promise<[string, unknown]> => [host, await ask('--host', host)])),
  )
  return listedSource(listed, { name, path: shown, hostVars: new Map(hostVars) })
}

/** Calls for single hosts at the same time. */
const atOnce = 8

/** What a program may print, in bytes. */
const most = 256 * 1024 * 1024

function parsed(text: string, call: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    const shown = text.trim().split('\n')[0]!.slice(0, 60)
    throw new TsplayError(
      `${call} prints no JSON: ${(error as Error).message.replace(/ in JSON.*| is not valid.*/, '')}`,
      {
        hint: `it begins: ${JSON.stringify(shown)}`,
      },
    )
  }
}

function output(
  file: string,
  args: readonly string[],
  { shown, cwd, timeout }: { shown: string; cwd: string; timeout: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    // a group of its own: what it started ends with it
    const child = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const chunks: Buffer[] = []
    let size = 0
    let errors = ''
    let problem: string | undefined
    const end = (why: string): void => {
      problem ??= why
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // it has ended by itself
      }
      // a grandchild that left the group may hold the pipes open
      child.stdout.destroy()
      child.stderr.destroy()
    }
    const timer = setTimeout(() => end(`has not ended after ${timeout} seconds`), timeout * 1000)
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > most) end(`prints more than ${most / 1024 / 1024} MiB`)
      else chunks.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (errors.length < 10_000) errors += chunk
    })
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      reject(
        new TsplayError(
          `${shown}: cannot be run: ${error.code === 'ENOENT' ? 'its interpreter is missing' : error.message}`,
        ),
      )
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (problem === undefined && code === 0) return resolve(Buffer.concat(chunks).toString())
      problem ??= code === null ? `was ended by ${signal}` : `exits with ${code}`
      const said = errors.trim().split('\n').slice(-3).join('\n    ')
      reject(new TsplayError(`${shown} ${problem}${said === '' ? '' : `:\n    ${said}`}`))
    })
  })
}
