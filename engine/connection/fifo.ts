// A pipe to read a child's output from. Node gives children sockets, on which `/dev/stdout` and `/dev/stderr` cannot be opened.
import { execFile } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Both ends of a pipe; whoever passes the writing end on closes it afterwards. */
export interface Pipe {
  readonly readable: Socket
  readonly writeEnd: number
}

/** Opens pipes, as many as asked for. */
export async function openPipes(count: number): Promise<Pipe[]> {
  const directory = await mkdtemp(join(tmpdir(), 'tsplay-'))
  try {
    const paths = Array.from({ length: count }, (_, index) => join(directory, String(index)))
    await promisify(execFile)('mkfifo', ['-m', '600', ...paths])
    return paths.map(openPipe)
  } finally {
    await rm(directory, { recursive: true })
  }
}

function openPipe(path: string): Pipe {
  // The reading end first and without waiting, or each end would wait for the other.
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writeEnd = openSync(path, constants.O_WRONLY)
  return { readable: new Socket({ fd: readEnd, readable: true, writable: false }), writeEnd }
}

export const closeWriteEnds = (pipes: readonly Pipe[]): void => {
  for (const { writeEnd } of pipes) closeSync(writeEnd)
}
