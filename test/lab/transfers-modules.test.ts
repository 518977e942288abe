import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type LabSpec, machineLacks } from '../../engine/lab/lab.ts'
import type { Action } from '../../engine/module.ts'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import {
  archive,
  type FindResult,
  find,
  getUrl,
  type SlurpResult,
  type StatResult,
  slurp,
  stat,
  synchronize,
  tempfile,
  type UriResult,
  unarchive,
  uri,
} from '../../modules/index.ts'
import { httpHere } from '../support/http-here.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec: LabSpec = { name: 'mtransfers', subnet: '10.92.0.0/24', hosts: [{ name: 'one', address: '10.92.0.11' }] }
const { folder, run, converge } = oneHost(spec, lacks)
/** This machine, as the host reaches it. */
const gateway = '10.92.0.1'

const ok = { output: { code: 0 } }
const nothing = { changed: [] }
const bytes = randomBytes(400_000)
const sha256 = createHash('sha256').update(bytes).digest('hex')

const seen = async <T extends object>(action: Action<T>): Promise<T> => {
  const { changed, result } = await converge(action)
  expect(changed).toEqual([])
  return result as T
}

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'cache'))
})

describe(lacks ? `transfers on a real host (skipped: ${lacks})` : 'transfers on a real host', () => {
  here('stat, slurp and find tell what the host has (M07)', async () => {
    const passwd = (await run(sh`cat /etc/passwd`)).stdout
    const found: StatResult = await seen(stat({ path: '/etc/passwd' }))
    expect(found).toMatchObject({ exists: true, type: 'file', mode: '0644', owner: 'root', readable: true })
    const slurped: SlurpResult = await seen(slurp({ path: '/etc/passwd' }))
    expect([slurped.text?.trim(), slurped.sha256]).toEqual([passwd, found.sha256])
    const { files }: FindResult = await seen(find({ paths: '/etc', patterns: '*.conf', recurse: true, sha256: true }))
    const listed = (await run(sh`find /etc -type f -name '[!.]*.conf' | sort`)).stdout.split('\n')
    expect(files.map((file) => file.path).sort()).toEqual([...listed].sort())
    expect((await run(sh`sha256sum ${files.map((file) => file.path)} | cut -c1-64`)).stdout.split('\n')).toEqual(
      files.map((file) => file.sha256),
    )
    await expect(converge(slurp({ path: '/etc/nothing' }))).rejects.toThrow('does not exist')
  })

  here('tempfile makes what its owner alone may read, and another each time (M07)', async () => {
    const made = async (): Promise<string> => {
      const { result } = await converge(tempfile({ state: 'directory', suffix: '.d' }), { settles: false })
      return (result as { path: string }).path
    }
    const paths = [await made(), await made()]
    expect((await run(sh`stat -c '%a %U %F' ${paths}; rmdir ${paths}`)).stdout).toBe(
      '700 root directory\n700 root directory',
    )
    expect(paths[0]).not.toBe(paths[1])
  })

  here(
    'getUrl downloads by the host and by way of the control side, and nothing else than its digest says (M07)',
    async () => {
      const { url, asked } = await httpHere({ '/a.bin': bytes, '/SUMS': `${sha256}  a.bin\n` }, gateway)
      const common = { url: `${url}/a.bin`, sha256, mode: '0600' }
      await run(sh`mkdir -p /srv/get`)
      expect(await converge(getUrl({ ...common, dest: '/srv/get/' }))).toMatchObject({
        ...ok,
        result: { dest: '/srv/get/a.bin', sha256 },
      })
      expect(
        await converge(getUrl({ ...common, dest: '/srv/get/two', via: 'control', owner: 'nobody' })),
      ).toMatchObject(ok)
      expect(await converge(getUrl({ ...common, dest: '/srv/get/three', via: 'control' }))).toMatchObject(ok)
      expect(asked).toHaveLength(2)
      const sums = getUrl({ url: common.url, checksum: `sha256:${url}/SUMS`, dest: '/srv/get/four', resume: true })
      expect(await converge(sums)).toMatchObject(ok)
      expect(
        (await run(sh`sha256sum /srv/get/* | cut -c1-64 | sort -u; stat -c '%a %U' /srv/get/two; ls -A /srv/get`))
          .stdout,
      ).toBe(`${sha256}\n600 nobody\na.bin\nfour\nthree\ntwo`)
      const wrong = await converge(getUrl({ url: common.url, sha256: 'a'.repeat(64), dest: '/srv/get/wrong' }))
      expect(wrong.output).toMatchObject({ code: 1 })
      expect((await run(sh`[ ! -e /srv/get/wrong ] && rm -r /srv/get`)).code).toBe(0)
    },
  )

  here('uri asks from the host, with a login that no process shows (M07)', async () => {
    const { url, asked } = await httpHere(
      { '/x': (request, response) => response.writeHead(request.headers.authorization ? 200 : 401).end('{"a":1}') },
      gateway,
    )
    const answer: UriResult = await seen(uri({ url: `${url}/x`, user: 'me', password: secret('pass') }))
    expect(answer).toMatchObject({ status: 200, content: '{"a":1}' })
    expect(await seen(uri({ url: `${url}/x`, statusCode: 401 }))).toMatchObject({ status: 401 })
    const failed = await converge(uri({ url: `${url}/x` }), { settles: false })
    expect(failed.output).toMatchObject({ code: 22, stderr: 'status 401, not 200' })
    const sent = await converge(uri({ url: `${url}/x`, method: 'PUT', user: 'me', body: { deep: [1] } }), {
      settles: false,
    })
    expect(sent).toMatchObject({ ...ok, result: { status: 200 } })
    expect(asked.at(-1)).toMatchObject({ method: 'PUT', body: '{"deep":[1]}' })
  })

  here('archive packs, unarchive unpacks, on the host and from the control side (M07)', async () => {
    const tree = path.join(folder, 'app-1')
    mkdirSync(path.join(tree, 'bin'), { recursive: true })
    writeFileSync(path.join(tree, 'bin/tool'), bytes)
    chmodSync(path.join(tree, 'bin/tool'), 0o755)
    symlinkSync('bin/tool', path.join(tree, 'ünï link'))
    execFileSync('tar', ['-cJf', 'app.tar.xz', 'app-1'], { cwd: folder })
    const unpacked = unarchive({ src: 'app.tar.xz', dest: '/srv/app', stripComponents: 1, owner: 'nobody' })
    expect(await converge(unpacked)).toMatchObject(ok)
    expect(await converge(unpacked)).toMatchObject(nothing)
    const state = sh`cd /srv/app && find . | sort; readlink 'ünï link'; stat -c '%a %U' bin/tool; sha256sum < bin/tool | cut -c1-64`
    const expected = `.\n./bin\n./bin/tool\n./ünï link\nbin/tool\n755 nobody\n${sha256}`
    expect((await run(state)).stdout).toBe(expected)
    const packed = archive({ paths: '/srv/app', dest: '/srv/app.tar.gz' })
    expect(await converge(packed)).toMatchObject(ok)
    expect(await converge(packed)).toMatchObject(nothing)
    await run(sh`rm -r /srv/app/bin`)
    const back = unarchive({ src: '/srv/app.tar.gz', dest: '/srv/app', remoteSrc: true, owner: 'nobody' })
    expect(await converge(back)).toMatchObject({ changed: ['unpacked'], ...ok })
    expect((await run(state)).stdout).toBe(expected)
    expect((await run(sh`rm -r /srv/app /srv/app.tar.gz`)).code).toBe(0)
  })

  here('synchronize makes a folder like another one, and leaves alone what it is told to', async () => {
    const tree = path.join(folder, 'site')
    for (let index = 0; index < 300; index++) {
      mkdirSync(path.join(tree, `d${index % 7}`), { recursive: true })
      writeFileSync(path.join(tree, `d${index % 7}`, `f ${index}`), `${index}\n`)
    }
    const push = synchronize({ src: 'site/', dest: '/srv/site', delete: true, exclude: ['kept'] })
    expect(await converge(push)).toMatchObject(ok)
    await run(sh`cd /srv/site && mkdir -p old/deep && echo x > 'd1/it'"'"'s' && echo x > kept && rm -r d2`)
    expect((await converge(push)).changed).toEqual(expect.arrayContaining(['besides', 'entries./srv/site/d2.type']))
    expect((await run(sh`cd /srv/site && find . -type f | wc -l; ls`)).stdout).toBe(
      '301\nd0\nd1\nd2\nd3\nd4\nd5\nd6\nkept',
    )
    expect((await run(sh`rm -r /srv/site`)).code).toBe(0)
    expect(existsSync(tree) && statSync(tree).isDirectory() && readFileSync(path.join(tree, 'd0/f 0'), 'utf8')).toBe(
      '0\n',
    )
  })
})
