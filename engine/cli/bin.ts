#!/usr/bin/env node
// The tsplay binary: runs the program and turns what it throws into a message and an exit code.
import { setFlagsFromString } from 'node:v8'
import { CommanderError } from 'commander'
import { formatError, TsplayError } from '../error.ts'
import { exitCodes } from './exit.ts'
import { program } from './program.ts'

// what is young is soon old in a process that loads programs and asks hosts: room for it is 30 MB for nothing
setFlagsFromString('--semi-space-growth-factor=1')

// a reader that goes away (`tsplay … | head`) is no error of ours
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.bug),
)

try {
  await program().parseAsync(process.argv)
} catch (error) {
  process.exitCode = report(error)
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.input
  if (error instanceof TsplayError) {
    process.stderr.write(`tsplay: ${formatError(error)}\n`)
    if (error.kind === 'interrupted') return exitCodes.interrupted
    return error.kind === 'unreachable'
      ? exitCodes.unreachable
      : error.kind === 'task'
        ? exitCodes.failed
        : exitCodes.input
  }
  process.stderr.write(
    `tsplay: this is a bug in tsplay, please report it with the lines below\n${(error as Error)?.stack ?? String(error)}\n`,
  )
  return exitCodes.bug
}
