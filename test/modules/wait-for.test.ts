import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, connect as open } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { procAddresses } from '../../modules/common/connections.ts'
import { type WaitForParams, waitFor } from '../../modules/wait-for.ts'
import { shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { askLocally, runScript } from '../support/local-host.ts'

const { module } = waitFor
const applied = (params: WaitForParams, shell?: readonly string[]) =>
  runScript(module.apply(params, { from: { holds: false }, to: { holds: true }, has: () => true }), shell)

const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'tsplay-wait-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

// in a process of its own would be truer, but a server answers connections from the kernel's queue all the same
async function listening(host: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A server that says two pieces of a line and goes on. In a process of its own: the test waits for the shell. */
async function talking(): Promise<number> {
  const server = spawn(process.execPath, [
    '-e',
    `require('net').createServer((s) => { s.on('error', () => {}); s.write('220 mail.test'); setTimeout(() => s.write(' ESMTP ready'), 300) }).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`,
  ])
  onTestFinished(() => void server.kill())
  return Number(String((await once(server.stdout, 'data'))[0]))
}

/** What tells how a port is on hosts without bash. */
const listeners: readonly [string, readonly string[]][] = [
  ...(spawnSync('socat', ['-V']).status === 0 ? [['socat', ['socat']] as [string, string[]]] : []),
  ['nc of busybox', ['nc']],
]

const ownAddress = Object.values(networkInterfaces())
  .flat()
  .find((each) => each && !each.internal && each.family === 'IPv4')?.address

describe('waitFor (M17)', () => {
  it.each(shells)('sees what listens on the loopback (%s)', async (...shell) => {
    for (const host of ['127.0.0.1', '0.0.0.0']) {
      const port = await listening(host)
      expect(await askLocally(module.probe({ port }), shell)).toEqual({ holds: true })
      expect(await askLocally(module.probe({ port, state: 'stopped' }), shell)).toEqual({ holds: false })
    }
    const port = await closedPort()
    expect(await askLocally(module.probe({ port }), shell)).toEqual({ holds: false })
    expect(await askLocally(module.probe({ port, state: 'stopped' }), shell)).toEqual({ holds: true })
  })

  it.skipIf(!ownAddress)(
    'does not take a port of another address for one of the loopback (skipped without a network)',
    async () => {
      const port = await listening(ownAddress!)
      expect(await askLocally(module.probe({ port }))).toEqual({ holds: false })
      expect(await askLocally(module.probe({ port, host: ownAddress! }))).toEqual({ holds: true })
      expect(await askLocally(module.probe({ port, host: ownAddress!, state: 'stopped' }))).toEqual({ holds: false })
    },
  )

  it.each(shells)('waits for a path to come and to go (%s)', async (...shell) => {
    const path = join(folder(), "a 'b'; touch pwned\n")
    expect(await askLocally(module.probe({ path }), shell)).toEqual({ holds: false })
    expect(await askLocally(module.probe({ path, state: 'absent' }), shell)).toEqual({ holds: true })
    expect(await applied({ path, state: 'absent' }, shell)).toMatchObject({ code: 0 })
    writeFileSync(path, '')
    expect(await askLocally(module.probe({ path }), shell)).toEqual({ holds: true })
    expect(await applied({ path }, shell)).toMatchObject({ code: 0 })
  })

  it.each(shells)('fails when the time is over, and says what it waited for (%s)', async (...shell) => {
    const port = await closedPort()
    expect(await applied({ port, timeout: 1, interval: 0.2 }, shell)).toMatchObject({
      code: 1,
      stderr: `127.0.0.1:${port} is not started after 1 s\n`,
    })
    expect(await applied({ path: '/nowhere', timeout: 0, message: 'no $(id) here' }, shell)).toMatchObject({
      code: 1,
      stderr: 'no $(id) here\n',
    })
  })

  it.each(shells)('waits for a line in a file, in the file as it is by then (%s)', async (...shell) => {
    const path = join(folder(), '-log file')
    const asked = { path, searchRegex: /^state: (?:ready|synced)\b/i }
    expect(await askLocally(module.probe(asked), shell)).toEqual({ holds: false })
    writeFileSync(path, 'a\nSTATE: readying\n')
    expect(await askLocally(module.probe(asked), shell)).toEqual({ holds: false })
    expect(await applied({ ...asked, timeout: 0 }, shell)).toMatchObject({
      code: 1,
      stderr: `${path} does not say /^state: (?:ready|synced)\\b/i after 0 s\n`,
    })
    writeFileSync(path, 'a\nState: Ready now')
    expect(await askLocally(module.probe(asked), shell)).toEqual({ holds: true })
    expect(await askLocally(module.probe({ path, searchRegex: "'; touch /pwned; '" }), shell)).toEqual({ holds: false })
  })

  it.each(shells)('listens to what a port says, without waiting for its end (%s)', async (...shell) => {
    const port = await talking()
    const begin = Date.now()
    expect(await askLocally(module.probe({ port, searchRegex: '^220 .* ready$' }), shell)).toEqual({ holds: true })
    expect(Date.now() - begin).toBeLessThan(4000)
    expect(await askLocally(module.probe({ port, searchRegex: '^250 ', connectTimeout: 0.8 }), shell)).toEqual({
      holds: false,
    })
  })

  it.each(listeners)('listens with %s as well', async (_name, tools) => {
    const bin = folder()
    for (const tool of ['sh', 'timeout', 'grep', 'sleep', 'cat', ...tools]) {
      const found = spawnSync('sh', ['-c', 'command -v "$0"', tool]).stdout.toString().trim()
      symlinkSync(found === '' ? '/usr/bin/busybox' : found, join(bin, tool))
    }
    const port = await talking()
    const shell = ['env', `PATH=${bin}`, '/bin/sh']
    const says = (searchRegex: string) => askLocally(module.probe({ port, searchRegex, connectTimeout: 1.5 }), shell)
    expect(await says('^220 .* ready')).toEqual({ holds: true })
    expect(await says('^250 ')).toEqual({ holds: false })
    const nothing = module.probe({ port, host: 'a.test', searchRegex: 'x' })
    rmSync(join(bin, 'timeout'))
    await expect(askLocally(nothing, shell)).rejects.toThrow('the host has no timeout')
  })

  it.each(shells)('sees whether anybody is connected (%s)', async (...shell) => {
    const server = createServer((socket) => socket.on('error', () => {}))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const drained = { port, state: 'drained' } as const
    const holds = async (params: Partial<WaitForParams> = {}) =>
      (await askLocally(module.probe({ ...drained, ...params }), shell)).holds
    expect(await holds()).toBe(true)
    const client = open(port, '127.0.0.1')
    await once(client, 'connect')
    expect(await holds()).toBe(false)
    expect(await holds({ host: '127.0.0.1' })).toBe(false)
    expect(await holds({ host: '192.0.2.1' })).toBe(true)
    expect(await holds({ excludeHosts: ['192.0.2.9'] })).toBe(false)
    expect(await holds({ excludeHosts: ['192.0.2.9', '127.0.0.1'] })).toBe(true)
    expect(await holds({ activeConnectionStates: ['SYN_SENT'] })).toBe(true)
    expect(await applied({ ...drained, timeout: 0 }, shell)).toMatchObject({ code: 1 })
    client.resetAndDestroy()
    await new Promise((resolve) => server.close(resolve))
    expect(await applied({ ...drained, timeout: 3, interval: 0.1 }, shell)).toMatchObject({ code: 0 })
  })

  it('looks only after the delay', async () => {
    expect(module.probe({ port: 1, delay: 2 }).questions).toEqual([])
    expect(await askLocally(module.probe({ port: 1, delay: 2 }))).toEqual({ holds: null })
  })

  it('is never a change, but nothing that was known before holds afterwards', () => {
    expect(module.waits).toBe(true)
    expect(module.touches).toBeUndefined()
    expectSettles(module, { port: 1 }, { holds: false })
  })

  it.each([
    [{}, /either a port or a path/],
    [{ port: 1, path: '/a' }, /either a port or a path/],
    [{ port: 0 }, /port/],
    [{ port: 1, state: 'present' }, /'started', 'stopped' or 'drained'/],
    [{ path: '/a', state: 'drained' }, /'present' or 'absent'/],
    [{ path: '/a', state: 'absent', searchRegex: 'x' }, /nothing can be read/],
    [{ path: '/a', searchRegex: '(?=a)b' }, /parameter 'searchRegex': .*grep -E/],
    [{ port: 1, excludeHosts: ['127.0.0.1'] }, /are for 'drained'/],
    [{ port: 1, state: 'drained', excludeHosts: ['a.test'] }, /excludeHosts.*no name/],
    [{ port: 1, state: 'drained', host: 'a.test' }, /no name/],
    [{ port: 1, state: 'drained', activeConnectionStates: ['LISTEN'] }, /activeConnectionStates/],
    [{ path: '/a', state: 'started' }, /'present' or 'absent'/],
    [{ path: 'a' }, /not an absolute path/],
    [{ path: '/a', host: 'x' }, /on the host itself/],
    [{ port: 1, host: '-x' }, /an address or a name/],
    [{ port: 1, host: "a'; touch /pwned" }, /an address or a name/],
    [{ port: 1, host: 'a\nb' }, /an address or a name/],
  ])('refuses %j', (params, message) => {
    expect(() => waitFor(params as WaitForParams)).toThrow(message)
  })
})

describe('procAddresses', () => {
  it('writes addresses as a little-endian and as a big-endian kernel does', () => {
    expect(procAddresses('127.0.0.1')).toEqual([
      '7F000001',
      '00000000000000000000FFFF7F000001',
      '0000000000000000FFFF00007F000001',
      '0100007F',
      '00000000000000000000FFFF0100007F',
      '0000000000000000FFFF00000100007F',
    ])
    expect(procAddresses('::1')).toEqual([`${'0'.repeat(24)}00000001`, `${'0'.repeat(24)}01000000`])
    expect(procAddresses('2001:db8::ff')[1]).toBe('B80D01200000000000000000FF000000')
  })
})
