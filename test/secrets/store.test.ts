import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { withLock } from '../../engine/secrets/lock.ts'
import { fileStore } from '../../engine/secrets/store.ts'

const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'tsplay-store-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return join(dir, 'store')
}

const make = (value: Record<string, string>) => async () => value
const keep = async (present: Readonly<Record<string, string>> | undefined) => present ?? { '.txt': 'new' }

describe('the store', () => {
  it('keeps values as files that only their owner can read (B29)', async () => {
    const dir = folder()
    await fileStore(dir, { check: false }).update('pki/k8s/etcd', make({ '.pem': 'C\n', '-key.pem': 'K\n' }))
    expect(readFileSync(join(dir, 'pki/k8s/etcd-key.pem'), 'utf8')).toBe('K\n')
    expect(statSync(join(dir, 'pki/k8s/etcd-key.pem')).mode & 0o777).toBe(0o600)
    expect(statSync(join(dir, 'pki/k8s')).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(dir, 'pki/k8s')).sort()).toEqual(['etcd-key.pem', 'etcd.pem'])
  })

  it('gives back what another run wrote', async () => {
    const dir = folder()
    await fileStore(dir, { check: false }).update('a', make({ '.txt': 'one' }))
    expect(await fileStore(dir, { check: false }).update('a', keep)).toEqual({ '.txt': 'one' })
  })

  it('does not mistake a longer name’s files for a shorter name’s', async () => {
    const dir = folder()
    const store = fileStore(dir, { check: false })
    await store.update('node1.example', make({ '.pem': 'long' }))
    await store.update('node1-peer', make({ '.pem': 'peer' }))
    expect(await store.update('node1', keep)).toEqual({ '.txt': 'new' })
  })

  it('writes nothing in a check, and remembers new values for all hosts of the run', async () => {
    const dir = folder()
    const store = fileStore(dir, { check: true })
    await store.update('a', make({ '.txt': 'planned' }))
    expect(await store.update('a', keep)).toEqual({ '.txt': 'planned' })
    expect(existsSync(dir)).toBe(false)
    // whoever shows it says that the run will make another
    expect([store.isProvisional?.('a'), store.isProvisional?.('b')]).toEqual([true, false])
  })

  it('asks one at a time for each name', async () => {
    const store = fileStore(folder(), { check: false })
    let made = 0
    const values = await Promise.all(
      Array.from({ length: 5 }, () => store.update('a', async (present) => present ?? { '.txt': String(++made) })),
    )
    expect(values.map((value) => value['.txt'])).toEqual(['1', '1', '1', '1', '1'])
  })

  it('lets the quicker of two runs win', async () => {
    const dir = folder()
    const stores = [fileStore(dir, { check: false }), fileStore(dir, { check: false })]
    const values = await Promise.all(
      stores.map((store, index) => store.update('a', async (present) => present ?? { '.txt': `${index}` })),
    )
    expect(values[0]).toEqual(values[1])
  })

  it('goes on after a caller that failed', async () => {
    const store = fileStore(folder(), { check: false })
    await expect(store.update('a', async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await store.update('a', keep)).toEqual({ '.txt': 'new' })
  })

  it('takes over the lock of a process that is dead', async () => {
    const dir = folder()
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const { pid } = spawnSync('true')
    writeFileSync(join(dir, '.a.lock'), `${pid} ${hostname()}\n`)
    await fileStore(dir, { check: false }).update('a', keep)
    expect(readdirSync(dir)).toEqual(['a.txt'])
  })

  it('waits for a lock whose process lives, and names it when patience ends', async () => {
    const dir = folder()
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    writeFileSync(join(dir, '.a.lock'), `${process.ppid} ${hostname()}\n`)
    await expect(withLock(join(dir, 'a'), async () => 1, 120)).rejects.toThrow(`locked by process ${process.ppid}`)
    expect(readdirSync(dir)).toEqual(['.a.lock'])
  })

  it.each(['../a', '/etc/a', 'a/../b', '', '.a', '-a', 'a b', 'a\n', 'a/', 'x-key', "a'; touch /pwned"])(
    'refuses the name %j',
    (name) => {
      expect(() => fileStore(folder(), { check: false }).update(name, keep)).toThrow(/cannot be a name/)
    },
  )

  it('says that it cannot be written, and where', async () => {
    const dir = folder()
    mkdirSync(join(dir, '..'), { recursive: true })
    writeFileSync(dir, 'a file, not a folder')
    await expect(fileStore(dir, { check: false }).update('a', keep)).rejects.toThrow(/the store cannot be .*ENOTDIR/)
  })
})

describe('what a store holds', () => {
  it('is listed by name, sorted, without what is hidden or of no value', async () => {
    const dir = folder()
    const store = fileStore(dir, { check: false })
    for (const name of ['secrets/token', 'pki/k8s/etcd', 'pki/k8s/ca', 'pki/k8s.old/ca', 'pki/k8s/node1.example'])
      await store.update(name, make({ '.pem': 'C', '-key.pem': 'K' }))
    mkdirSync(join(dir, 'facts'))
    writeFileSync(join(dir, 'facts/w1.json'), '{}')
    writeFileSync(join(dir, 'pki/k8s/README'), '')
    await store.update('pki/k8s/gone', keep)
    await store.remove('pki/k8s/gone')
    const all = ['pki/k8s.old/ca', 'pki/k8s/ca', 'pki/k8s/etcd', 'pki/k8s/node1.example', 'secrets/token']
    expect(await store.list()).toEqual(all)
    expect(await store.list('pki/k8s/')).toEqual(all.slice(1, 4))
    expect(await store.list('pki/k8s/e')).toEqual(['pki/k8s/etcd'])
    expect(await store.list('pki/none/')).toEqual([])
    expect(await store.list('../')).toEqual([])
  })

  it('is what it would be, in a check', async () => {
    const dir = folder()
    await fileStore(dir, { check: false }).update('a', keep)
    const store = fileStore(dir, { check: true })
    await store.update('b', keep)
    await store.remove('a')
    expect([await store.list(), await store.read('a')]).toEqual([['b'], undefined])
    expect(await fileStore(dir, { check: false }).list()).toEqual(['a'])
  })

  it('is kept aside when it is taken out', async () => {
    const dir = folder()
    const store = fileStore(dir, { check: false })
    await store.update('pki/k8s/etcd', make({ '.pem': 'C', '-key.pem': 'K' }))
    await store.remove('pki/k8s/etcd')
    expect(await store.read('pki/k8s/etcd')).toBeUndefined()
    const [key, certificate] = readdirSync(join(dir, 'pki/k8s/.old'))
    expect(key).toMatch(/^etcd@\d{8}T\d{6}.*-key\.pem$/)
    expect(readFileSync(join(dir, 'pki/k8s/.old', certificate!), 'utf8')).toBe('C')
    await store.remove('pki/k8s/etcd') // there is none any more: nothing to do
  })
})
