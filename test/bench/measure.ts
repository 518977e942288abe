// Runs a program and measures it: wall time and the most memory it held.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Measured {
  readonly seconds: number
  /** Peak resident memory in MB. */
  readonly megabytes: number
  readonly stdout: string
}

/** @throws Error where it does not exit with 0. */
export function measure(file: string, args: readonly string[], options: { cwd?: string } = {}): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr, kilobytes] = ['', '', 0]
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const watch = setInterval(() => {
      kilobytes = Math.max(kilobytes, highWater(child.pid))
    }, 10)
    child.on('error', reject).on('close', (code) => {
      clearInterval(watch)
      if (code === 0) resolve({ seconds: (performance.now() - started) / 1000, megabytes: kilobytes / 1024, stdout })
      else reject(new Error(`${file} ${args.join(' ')}: exit ${code}\n${stderr}`))
    })
  })
}

function highWater(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0 // it has just ended
  }
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
