// Several processes at one store at the same time.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { withLock } from '../../engine/secrets/lock.ts'
import { fileStore } from '../../engine/secrets/store.ts'

const folder = (): string => {
  const dir = mkdtempSync(path.join(tmpdir(), 'tsplay-concurrency-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return path.join(dir, 'store')
}

/** Runs `store-child.ts` once for each list of arguments; all begin when the last is ready. */
async function atOnce(children: readonly (readonly string[])[]): Promise<unknown[]> {
  const program = path.join(import.meta.dirname, 'store-child.ts')
  const started = children.map((args) => {
    const child = spawn(process.execPath, ['--import', 'jiti/register', program, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    return { child, lines: linesOf(child) }
  })
  const next = async ({ lines }: (typeof started)[number]): Promise<string> => String((await lines.next()).value)
  expect(await Promise.all(started.map(next))).toEqual(children.map(() => 'ready'))
  for (const { child } of started) child.stdin.end('go\n')
  return Promise.all(started.map(async (each) => JSON.parse(await next(each))))
}

const linesOf = (child: ChildProcess): AsyncIterator<string> =>
  createInterface({ input: child.stdout! })[Symbol.asyncIterator]()

describe('processes at one store', { timeout: 120_000 }, () => {
  it('make one value of a name, all eight of them (M18)', async () => {
    const dir = folder()
    const names = Array.from({ length: 8 }, (_, index) => `process ${index}`)
    const answers = (await atOnce(names.map((text) => ['make', dir, 'pki/k8s/etcd', text]))) as {
      value: Record<string, string>
    }[]
    const [first] = answers
    expect(names).toContain(first!.value['.pem'])
    for (const { value } of answers) expect(value).toEqual(first!.value)
    expect(first!.value['-key.pem']).toBe(first!.value['.pem'])
    expect(await fileStore(dir, { check: false }).read('pki/k8s/etcd')).toEqual(first!.value)
    // nothing was replaced on the way, and nothing is left lying about
    expect(readdirSync(path.join(dir, 'pki/k8s')).sort()).toEqual(['etcd-key.pem', 'etcd.pem'])
  })

  it('lose none of each other’s changes, though a lock of a dead process was in their way', async () => {
    const dir = folder()
    mkdirSync(dir, { mode: 0o700 })
    writeFileSync(path.join(dir, '.a.lock'), `${spawnSync('true').pid} ${hostname()} left\n`)
    await atOnce(Array.from({ length: 6 }, () => ['count', dir, 'a']))
    expect(await fileStore(dir, { check: false }).read('a')).toEqual({ '.txt': '60' })
    expect(readdirSync(dir).sort()).toEqual(['.old', 'a.txt'])
    expect(readdirSync(path.join(dir, '.old'))).toHaveLength(59)
  })

  it('cannot create two CAs: whoever is later takes the one that is there (M18)', async () => {
    const dir = folder()
    const answers = (await atOnce(Array.from({ length: 4 }, () => ['authority', dir, 'k8s', 'kubernetes']))) as {
      fingerprint: string
      issued: boolean
    }[]
    expect(new Set(answers.map(({ fingerprint }) => fingerprint)).size).toBe(1)
    expect(answers.filter(({ issued }) => issued)).toHaveLength(1)
    expect(readdirSync(path.join(dir, 'pki/k8s')).sort()).toEqual(['ca-key.pem', 'ca.pem'])
  })
})

describe('a lock', () => {
  it('is one owner’s at a time, though many find it left by the dead', async () => {
    const dir = folder()
    mkdirSync(dir, { mode: 0o700 })
    const dead = `${spawnSync('true').pid} ${hostname()}`
    let [inside, most, times] = [0, 0, 0]
    for (let round = 0; round < 5; round++) {
      writeFileSync(path.join(dir, '.a.lock'), `${dead} ${round}\n`)
      await Promise.all(
        Array.from({ length: 8 }, () =>
          withLock(path.join(dir, 'a'), async () => {
            most = Math.max(most, ++inside)
            await new Promise((resolve) => setTimeout(resolve, 2))
            inside--
            times++
          }),
        ),
      )
    }
    expect([most, times]).toEqual([1, 40])
    expect(readdirSync(dir)).toEqual([])
  })

  it('is taken over where its process’s number is another process’s by now', async () => {
    const dir = folder()
    mkdirSync(dir, { mode: 0o700 })
    // this very process, but one that began at another time, as after a restart of the machine
    writeFileSync(path.join(dir, '.a.lock'), `${process.pid} ${hostname()} 17 left\n`)
    expect(await withLock(path.join(dir, 'a'), async () => 'done', 5_000)).toBe('done')
    const owner = await withLock(path.join(dir, 'a'), async () => readFileSync(path.join(dir, '.a.lock'), 'utf8'))
    expect(owner).toMatch(new RegExp(`^${process.pid} `))
    writeFileSync(path.join(dir, '.a.lock'), owner)
    await expect(withLock(path.join(dir, 'a'), async () => 'done', 100)).rejects.toThrow('is locked by process')
  })

  it('whose taking over was interrupted is taken over as well', async () => {
    const dir = folder()
    mkdirSync(dir, { mode: 0o700 })
    const dead = `${spawnSync('true').pid} ${hostname()}`
    writeFileSync(path.join(dir, '.a.lock'), `${dead} 1\n`)
    writeFileSync(path.join(dir, '.a.lock.takeover'), `${dead} 2\n`)
    expect(await withLock(path.join(dir, 'a'), async () => 'done', 5_000)).toBe('done')
    expect(readdirSync(dir)).toEqual([])
  })

  it('of a process on another machine is never taken over: nobody here knows whether it lives', async () => {
    const dir = folder()
    mkdirSync(dir, { mode: 0o700 })
    const lock = path.join(dir, '.a.lock')
    writeFileSync(lock, `${spawnSync('true').pid} elsewhere.test 1\n`)
    await expect(withLock(path.join(dir, 'a'), async () => 1, 100)).rejects.toMatchObject({
      message: expect.stringMatching(/locked by process \d+ of elsewhere.test$/),
      place: { file: lock },
      hint: expect.stringContaining('remove'),
    })
    expect(readFileSync(lock, 'utf8')).toContain('elsewhere.test')
  })
})
