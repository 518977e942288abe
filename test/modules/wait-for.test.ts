import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
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
    [{ port: 1, state: 'present' }, /'started' or 'stopped'/],
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
