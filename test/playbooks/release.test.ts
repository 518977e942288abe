import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkParams } from '../../engine/module.ts'
import { release } from '../../playbooks/roles/etcd/release.ts'
import { runLocally } from '../support/local-host.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release test '))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** An archive as projects publish them: one top folder with the programs. */
function archive(version: string, programs: readonly string[] = ['etcd', 'etcdctl']) {
  const top = join(folder, `etcd-v${version}`)
  mkdirSync(top)
  for (const name of programs) writeFileSync(join(top, name), `#!/bin/sh\necho ${name} ${version}\n`)
  const file = join(folder, `etcd-v${version}.tar.gz`)
  execFileSync('tar', ['-czf', file, '-C', folder, `etcd-v${version}`])
  return {
    url: `file://${encodeURI(file)}`,
    sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
    dir: join(folder, 'opt etcd'),
    programs: ['etcd', 'etcdctl'],
  }
}

const says = (dir: string, name: string): string =>
  execFileSync(join(dir, 'bin', name))
    .toString()
    .trim()

describe('a release archive', () => {
  test('is installed once: programs run, and a second pass finds nothing to do', async () => {
    const params = archive('3.4.9')
    const first = await runLocally(release(params))
    expect(first.output).toMatchObject({ code: 0, stderr: '' })
    expect([says(params.dir, 'etcd'), says(params.dir, 'etcdctl')]).toEqual(['etcd 3.4.9', 'etcdctl 3.4.9'])
    expect(statSync(join(params.dir, 'bin', 'etcd')).mode & 0o777).toBe(0o755)
    expect(readdirSync(join(params.dir, 'releases'))).toEqual([params.sha256])
    expect((await runLocally(release(params))).differences).toEqual([])
  })

  test('with another checksum is refused, and nothing of it stays (B16)', async () => {
    const params = { ...archive('3.4.9'), sha256: '0'.repeat(64) }
    const { output } = await runLocally(release(params))
    expect(output?.code).not.toBe(0)
    expect(output?.stderr).toContain('has another checksum')
    expect(readdirSync(join(params.dir, 'releases'))).toEqual([])
    expect(readdirSync(join(params.dir, 'bin'))).toEqual([])
  })

  test('without one of the programs is refused, and the one before stays in use', async () => {
    const before = archive('3.4.9')
    await runLocally(release(before))
    const { output } = await runLocally(release(archive('3.4.10', ['etcd'])))
    expect(output?.code).not.toBe(0)
    expect(output?.stderr).toContain('there is no etcdctl')
    expect(says(before.dir, 'etcd')).toBe('etcd 3.4.9')
    expect(readdirSync(join(before.dir, 'releases'))).toEqual([before.sha256])
  })

  test('of another version takes the place of the one before, which stays to go back to without a download', async () => {
    const [before, after] = [archive('3.4.9'), archive('3.4.10')]
    await runLocally(release(before))
    await runLocally(release(after))
    expect(says(after.dir, 'etcdctl')).toBe('etcdctl 3.4.10')
    rmSync(join(folder, 'etcd-v3.4.9.tar.gz'))
    expect((await runLocally(release(before))).output).toMatchObject({ code: 0 })
    expect(readlinkSync(join(before.dir, 'bin', 'etcd'))).toContain(before.sha256)
  })

  test('whose program was deleted from the host is installed again', async () => {
    const params = archive('3.4.9')
    await runLocally(release(params))
    rmSync(join(params.dir, 'releases', params.sha256, 'etcd'))
    expect((await runLocally(release(params), { check: true })).differences).toHaveLength(1)
    await runLocally(release(params))
    expect(says(params.dir, 'etcd')).toBe('etcd 3.4.9')
  })

  test('cannot be asked for without a checksum', () => {
    const { sha256, ...rest } = archive('3.4.9')
    expect(sha256).toHaveLength(64)
    expect(() => checkParams(release.module, rest)).toThrow(/sha256/)
    expect(() => checkParams(release.module, { ...rest, sha256: 'abc' })).toThrow(/64 hex digits/)
  })
})
