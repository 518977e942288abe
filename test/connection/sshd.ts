// Throw-away ssh servers on the loopback for the connection tests, and users to become.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Target } from '../../engine/connection/connection.ts'
import { succeeds } from './support.ts'

const program = '/usr/sbin/sshd'
const isRoot = process.getuid?.() === 0

/** Why there can be no ssh server here; undefined where there can. */
export const sshdMissing = existsSync(program) ? undefined : 'sshd is not installed here'

/** Why no user can be made here; undefined where one can. */
export const usersMissing = isRoot && succeeds('sh', ['-c', 'command -v useradd']) ? sshdMissing : 'needs root'

/** Why sudo cannot be tried; undefined where it can. */
export const sudoMissing = usersMissing ?? (succeeds('sudo', ['-V']) ? undefined : 'sudo is not installed here')

export interface Sshd {
  readonly directory: string
  readonly port: number
  /** The target of someone who may log in with a key. */
  readonly target: Target
  stop(): Promise<void>
}

/** Starts a server. `lines` are added to its configuration; they come first, and so they count. */
export async function startSshd(
  lines: readonly string[] = [],
  keep?: { directory: string; port: number },
): Promise<Sshd> {
  if (isRoot) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const directory = keep?.directory ?? mkdtempSync(join(tmpdir(), 'tsplay-sshd-'))
  const port = keep?.port ?? (await freePort())
  if (!keep) {
    for (const name of ['host', 'user']) newKey(join(directory, name))
    writeFileSync(join(directory, 'authorized_keys'), readFileSync(join(directory, 'user.pub')), { mode: 0o644 })
    execFileSync('chmod', ['755', directory])
  }
  const settings = [
    ...lines,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${directory}/host`,
    `AuthorizedKeysFile ${directory}/authorized_keys`,
    'StrictModes no',
    'PidFile none',
    `UsePAM ${isRoot ? 'yes' : 'no'}`,
    'PermitRootLogin yes',
    'MaxStartups 100',
    'PrintMotd no',
  ]
  writeFileSync(join(directory, 'config'), `${settings.join('\n')}\n`)
  const server = spawn(program, ['-D', '-e', '-f', join(directory, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  await listening(server)
  return {
    directory,
    port,
    target: {
      name: 'web1',
      transport: 'ssh',
      address: '127.0.0.1',
      port,
      user: userInfo().username,
      privateKeys: [join(directory, 'user')],
      knownHosts: join(directory, 'known_hosts'),
      hostKeys: 'accept-new',
      connectTimeout: 10,
    },
    async stop() {
      server.kill()
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export function newKey(path: string, passphrase = '', type = 'ed25519'): void {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-f', path])
}

async function listening(server: ChildProcess): Promise<void> {
  let log = ''
  server.stderr!.on('data', (chunk) => {
    log = (log + chunk).slice(-5000)
  })
  for (let tries = 0; tries < 200; tries++) {
    if (log.includes('Server listening')) return
    if (server.exitCode !== null) break
    await sleep(25)
  }
  throw new Error(`sshd did not start: ${log}`)
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export interface TemporaryUser {
  readonly name: string
  readonly password: string
  remove(): void
}

/** A user of this machine with a password, and with what `sudoers` says of it. */
export function temporaryUser(sudoers?: (name: string) => string): TemporaryUser {
  const name = `tsp${randomBytes(4).toString('hex')}`
  const password = `pass '${randomBytes(6).toString('hex')}' "ü$`
  execFileSync('useradd', ['-m', '-s', '/bin/sh', name])
  execFileSync('chpasswd', { input: `${name}:${password}\n` })
  const rules = `/etc/sudoers.d/${name}`
  if (sudoers) writeFileSync(rules, `${sudoers(name)}\n`, { mode: 0o440 })
  return {
    name,
    password,
    remove() {
      rmSync(rules, { force: true })
      execFileSync('userdel', ['-r', name], { stdio: 'ignore' })
    },
  }
}
